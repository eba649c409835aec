import type { Engine, EngineEvent } from '../../../server/src/engine/contract.ts';
import { loopAttrs } from '../../../server/src/engine/loop-state.ts';
import type { LoopRow, RunRow } from '../../../server/src/store/contract.ts';
import type { SimServer } from './sim-server.ts';

function assertThat(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

/** What can be seen from the notifications alone. */
export class EventChecks {
  turns = 0;
  #openTurns = new Map<number, number>();
  readonly #settled = new Set<number>();
  readonly #ended = new Set<number>();
  #violation: string | null = null;
  #incarnation = 0;

  watch(engine: Engine): void {
    const incarnation = this.#incarnation;
    engine.onEvent(event => {
      if (incarnation === this.#incarnation) this.#see(event);
    });
  }

  /** The watched process is gone; what it still says does not count. */
  forget(): void {
    this.#incarnation += 1;
  }

  restart(): void {
    this.#openTurns = new Map();
  }

  assert(): void {
    if (this.#violation !== null) throw new Error(this.#violation);
  }

  #see(event: EngineEvent): void {
    if (event.name === 'turn/started') this.#started(event.payload);
    if (event.name === 'turn/finished') this.#openTurns.delete(event.payload.runId);
    if (event.name === 'proposal/resolved') {
      if (this.#settled.has(event.payload.logEntryId))
        this.#violation ??= `proposal ${event.payload.logEntryId} was settled twice`;
      this.#settled.add(event.payload.logEntryId);
    }
    if (event.name === 'loop/terminated') {
      if (this.#ended.has(event.payload.loopId)) this.#violation ??= `loop ${event.payload.loopId} ended twice`;
      this.#ended.add(event.payload.loopId);
    }
    if (
      event.name === 'log/entry' &&
      this.#ended.has(event.payload.entry.loop_id) &&
      event.payload.entry.status_rx === 102
    ) {
      this.#violation ??= `row ${event.payload.entry.id} was told after the end of its loop`;
    }
  }

  #started(turn: { readonly runId: number; readonly turnId: number }): void {
    this.turns += 1;
    const open = this.#openTurns.get(turn.runId);
    if (open !== undefined) this.#violation ??= `run ${turn.runId} has two turns at once: ${open} and ${turn.turnId}`;
    this.#openTurns.set(turn.runId, turn.turnId);
  }
}

/** Holds after every step. */
export function checkAlways(server: SimServer, checks: EventChecks): void {
  checks.assert();
  assertThat(
    server.defects.length === 0,
    `a defect: ${String((server.defects[0] as Error)?.stack ?? server.defects[0])}`,
  );
  for (const run of server.runs()) {
    const loops = server.store.loops.list(run.id);
    assertThat(loops.filter(loop => loop.status === 102).length <= 1, `run ${run.name} has two running loops`);
    assertThat(loops.filter(loop => loop.status === 202).length <= 1, `run ${run.name} has two parked loops`);
  }
  for (const process of server.streams.live_.values()) {
    const loop = server.store.loops.latest(process.runId);
    const mayLive = loop !== null && (loop.status < 200 || loop.status === 200 || loop.status === 202);
    assertThat(mayLive, `stream ${process.id} outlives its run, whose loop ended ${loop?.status}`);
  }
}

/** Holds when nothing can happen by itself any more. */
export function checkAtRest(server: SimServer, checks: EventChecks): void {
  checkAlways(server, checks);
  assertThat(server.streams.live_.size === 0, 'a stream is left');
  for (const run of server.runs()) {
    for (const loop of server.store.loops.list(run.id)) {
      assertThat(
        loop.status !== 100 && loop.status !== 102,
        `loop ${loop.seq} of ${run.name} is stranded at ${loop.status}`,
      );
      if (loop.status === 202) checkParked(server, run, loop);
    }
    checkOrder(server, run);
    checkCeiling(server, run);
  }
  for (const proposal of server.store.proposals.list(server.sessionId)) {
    assertThat(proposal.decision !== null, `proposal ${proposal.logEntryId} is undecided`);
    const state = server.store.log.get(proposal.logEntryId)?.state;
    assertThat(state !== 'proposed', `the row of proposal ${proposal.logEntryId} still waits`);
  }
}

/** Every wake edge was used: no undelivered prompt, no remembered wake, no child that concluded unseen. */
function checkParked(server: SimServer, run: RunRow, loop: LoopRow): void {
  const attrs = loopAttrs(loop);
  assertThat(attrs.delivered === attrs.injected.length + 1, `the parked loop of ${run.name} has an undelivered prompt`);
  if (server.parkedByCrash.has(loop.id)) return;
  assertThat(
    server.store.runs.get(run.id)?.pendingWake === false,
    `the parked loop of ${run.name} has a remembered wake`,
  );
  const last = server.store.turns.latest({ runId: run.id });
  const looked = Number(last?.meta.lookedAt ?? 0);
  const journal = server.store.runs.byName(server.sessionId, 'plurnk');
  const unseen = journal === null ? [] : server.store.log.list(journal.id, { sinceId: looked as never });
  for (const row of unseen) {
    const child = server.runs().find(one => one.id === row.attrs.endedRun);
    const ended =
      child === undefined ? null : server.store.loops.list(child.id).find(one => one.id === row.attrs.endedLoop);
    const mine = ended !== null && ended !== undefined && loopAttrs(ended).delegatedBy === run.id;
    assertThat(!mine, `${run.name} is parked although its child ${child?.name} concluded since it looked`);
  }
  const streams = server.store.subscriptions.unseen(run.id).filter(one => one.state !== 'active');
  assertThat(streams.length === 0, `${run.name} is parked although a stream of it ended since it looked`);
}

/** The log's order is the order of events. */
function checkOrder(server: SimServer, run: RunRow): void {
  const rows = server.store.log.list(run.id);
  for (const [index, row] of rows.entries()) {
    const before = rows[index - 1];
    if (before === undefined) continue;
    assertThat(before.id < row.id, `rows ${before.id} and ${row.id} of ${run.name} are out of order`);
    const follows =
      row.turnId === before.turnId
        ? row.sequence > before.sequence
        : row.loopSeq > before.loopSeq || row.turnSeq > before.turnSeq;
    assertThat(follows, `the coordinates of row ${row.id} of ${run.name} do not follow`);
  }
}

/** Delivered packets are never over the ceiling (ENG-44). */
function checkCeiling(server: SimServer, run: RunRow): void {
  for (const turn of server.store.turns.listRun(run.id)) {
    const { ceiling, measuredTokens } = turn.meta;
    if (turn.emission === null || typeof ceiling !== 'number' || typeof measuredTokens !== 'number') continue;
    assertThat(
      measuredTokens <= ceiling,
      `turn ${turn.id} delivered ${measuredTokens} tokens over the ceiling ${ceiling}`,
    );
  }
}
