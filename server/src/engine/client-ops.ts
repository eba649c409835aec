import type { Statement } from '@plurnk/plurnk-grammar';
import { DEFAULT_FLAGS } from '@plurnk/protocol';
import { boundCounter } from '../packet/token-counter.ts';
import type { LogRow, LoopId, LoopRow, RunId, RunRow, SessionId, TurnId } from '../store/contract.ts';
import { type Core, runOf, sessionOf } from './core.ts';
import { executeStatement, type OpScope } from './execute.ts';
import { moveLoop, toAttrs } from './loop-state.ts';
import { TurnLog } from './turn-log.ts';

/** A person's own ops: one turn each in the loop of their client run (ENG-4, part 5). */
export class ClientOps {
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  /** `request` aborts when nobody waits any more: what the op waits for ends with it, a proposal as cancelled. */
  async dispatch(
    sessionId: SessionId,
    runId: RunId,
    statement: Statement,
    request: AbortSignal,
  ): Promise<readonly LogRow[]> {
    const { store, clock } = this.#core;
    const run = runOf(this.#core, runId);
    if (run.sessionId !== sessionId) throw new Error(`run ${runId} belongs to another session`);
    const loop = this.#loop(run);
    const turn = store.turns.open({ loopId: loop.id, runId, at: clock.now() });
    const log = new TurnLog(this.#core, { run, loop, turn }, boundCounter);
    const rows = await executeStatement(this.#core, statement, log, this.#scope(run, loop.id, turn.id, request));
    store.turns.update(turn.id, { status: rows.at(-1)?.statusRx ?? 200, endedAt: clock.now() });
    return rows;
  }

  /** A READ that leaves no turn, no row and no notification. */
  async look(
    sessionId: SessionId,
    runId: RunId,
    statement: Statement,
    request: AbortSignal,
  ): Promise<{ status: number; rx: string | null; mimetypeRx: string | null }> {
    const run = runOf(this.#core, runId);
    if (run.sessionId !== sessionId) throw new Error(`run ${runId} belongs to another session`);
    if (statement.op !== 'READ') return { status: 501, rx: 'Only READ can be looked at.', mimetypeRx: 'text/plain' };
    const at = { loopSeq: 0, turnSeq: 0, sequence: 0 };
    const context = { ...this.#scope(run, 0 as LoopId, 0 as TurnId, request), at };
    const refusal = this.#core.operations.refusal(statement, context);
    const outcome =
      refusal === null
        ? await this.#core.operations.execute(statement, context)
        : { kind: 'rows' as const, rows: [refusal] };
    if (outcome.kind !== 'rows') return { status: 200, rx: null, mimetypeRx: null };
    const first = outcome.rows[0];
    const bodies = outcome.rows.flatMap(row => (row.rx === undefined || row.rx === null ? [] : [row.rx]));
    return {
      status: first?.status ?? 204,
      rx: bodies.length === 0 ? null : bodies.join('\n'),
      mimetypeRx: first?.mimetypeRx ?? null,
    };
  }

  /** The peer left: what it did is done (RPC-4). */
  close(runId: RunId): void {
    const loop = this.#core.store.loops.active(runId);
    if (loop !== null) moveLoop(this.#core, loop.id, 200);
  }

  #loop(run: RunRow): LoopRow {
    const { store, clock } = this.#core;
    const open = store.loops.active(run.id);
    if (open !== null) return open;
    return store.transaction(() => {
      const at = clock.now();
      store.loops.enqueue({
        runId: run.id,
        prompt: '',
        flags: DEFAULT_FLAGS,
        alias: null,
        maxTurns: -1,
        attrs: toAttrs({ delivered: 1 }),
        at,
      });
      const loop = store.loops.claim(run.id, at);
      if (loop === null) throw new Error('the client run has no loop');
      return loop;
    });
  }

  #scope(run: RunRow, loopId: LoopId, turnId: TurnId, request: AbortSignal): OpScope {
    return {
      sessionId: run.sessionId,
      projectRoot: sessionOf(this.#core, run.sessionId).projectRoot,
      runId: run.id,
      runName: run.name,
      loopId,
      turnId,
      writer: 'client',
      flags: DEFAULT_FLAGS,
      signal: AbortSignal.any([this.#core.scopes.of(run.id).begin(), request]),
    };
  }
}
