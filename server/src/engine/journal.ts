import { DEFAULT_FLAGS } from '@plurnk/protocol';
import { entryTarget } from '../packet/address.ts';
import { boundCounter } from '../packet/token-counter.ts';
import type { LogRow, LoopRow, RowTarget, RunRow, SessionId } from '../store/contract.ts';
import type { FileChange } from '../workspace/contract.ts';
import { changedSpan } from './changed-span.ts';
import { type Core, isList, sessionOf, sessionSetting } from './core.ts';
import { executeStatement } from './execute.ts';
import { moveLoop, toAttrs } from './loop-state.ts';
import { own } from './statements.ts';
import { TurnLog } from './turn-log.ts';

export const JOURNAL_RUN = 'plurnk';

type JournalCore = Pick<
  Core,
  'store' | 'clock' | 'events' | 'secrets' | 'operations' | 'proposals' | 'defect' | 'scopes' | 'settings'
>;

/**
 * The reserved `plurnk` run of a session, in which the runtime does its own work as ordinary ops (ENG-4): documents it
 * writes, files that changed on disk, runs that ended. Other runs hear of these from its rows (2.8).
 */
export class Journal {
  readonly #core: JournalCore;
  readonly #logs = new Map<SessionId, TurnLog>();
  readonly #documents = new Map<SessionId, Promise<void>>();

  constructor(core: JournalCore) {
    this.#core = core;
  }

  run(sessionId: SessionId): RunRow {
    const { store, clock } = this.#core;
    return (
      store.runs.byName(sessionId, JOURNAL_RUN) ??
      store.runs.create({ sessionId, name: JOURNAL_RUN, origin: 'plurnk', parentRunId: null, at: clock.now() })
    );
  }

  /** ENG-51: no death is silent. */
  runEnded(run: RunRow, loop: LoopRow, message: string): void {
    this.#log(run.sessionId).append({
      op: 'SEND',
      origin: 'plurnk',
      source: `run://${run.name}`,
      status: loop.status,
      tx: { body: { raw: message, json: null } },
      attrs: { endedRun: run.id, endedLoop: loop.id, reason: loop.reason },
      expanded: loop.status >= 200 && loop.status < 300,
    });
  }

  /** A file changed on disk, not through an op (ENG-50). */
  fileChanged(sessionId: SessionId, change: FileChange): void {
    this.#log(sessionId).append({
      op: change.after === null ? 'KILL' : 'EDIT',
      origin: 'plurnk',
      source: 'file',
      status: change.before === null ? 201 : 200,
      target: entryTarget(null, change.path),
      rx: change.after === null ? null : changedSpan(change.before?.text ?? null, change.after.text),
      mimetypeRx: change.after?.mimetype ?? null,
      expanded: false,
    });
  }

  /** An accepted change was undone: whoever saw the change hears of its end (ENG-67). */
  reverted(row: LogRow, sessionId: SessionId, by: string): void {
    const target: RowTarget = { ...entryTarget(row.scheme, row.pathname ?? ''), hostname: row.hostname };
    this.#log(sessionId).append({
      op: 'EDIT',
      origin: 'plurnk',
      source: 'file',
      status: 200,
      target,
      rx: 'The reviewer undid this change: the file is as it was before it.',
      mimetypeRx: 'text/plain',
      attrs: { reverts: row.id, by },
      expanded: false,
    });
  }

  /** Operator documents are entries before the first turn reads them. */
  ensureDocuments(sessionId: SessionId): Promise<void> {
    const known = this.#documents.get(sessionId);
    if (known !== undefined) return known;
    const writing = this.#writeDocuments(sessionId);
    this.#documents.set(sessionId, writing);
    return writing;
  }

  /** Operator documents of part 5: `mdDocs` of the session and of the operator. */
  operatorDocuments(sessionId: SessionId): readonly { readonly path: string; readonly content: string }[] {
    const own = sessionSetting(sessionOf(this.#core, sessionId), 'mdDocs', isList) ?? [];
    const documents = [...this.#core.settings().mdDocs, ...(own as unknown as { alias: string; content: string }[])];
    return documents.map(({ alias, content }) => ({
      path: `plurnk:///operator/${encodeURIComponent(alias)}.md`,
      content,
    }));
  }

  close(): void {
    for (const log of this.#logs.values()) {
      this.#core.store.turns.update(log.turn.id, { status: 200, endedAt: this.#core.clock.now() });
      moveLoop(this.#core, log.loop.id, 200);
    }
    this.#logs.clear();
  }

  async #writeDocuments(sessionId: SessionId): Promise<void> {
    for (const document of this.operatorDocuments(sessionId)) await this.#writeDocument(sessionId, document);
  }

  async #writeDocument(sessionId: SessionId, page: { path: string; content: string }): Promise<void> {
    const { store, scopes } = this.#core;
    const pathname = page.path.slice('plurnk://'.length);
    const entry = store.entries.find({ sessionId, scope: 'session', runId: null, scheme: 'plurnk', pathname });
    const channel = entry === null ? undefined : store.entries.channels(entry.id)[0];
    if (entry !== null && channel !== undefined && store.entries.content(entry.id, channel.name) === page.content)
      return;
    const log = this.#log(sessionId);
    const session = sessionOf(this.#core, sessionId);
    await executeStatement(
      this.#core,
      own.edit(page.path, page.content),
      log,
      {
        sessionId,
        projectRoot: session.projectRoot,
        runId: log.run.id,
        runName: log.run.name,
        loopId: log.loop.id,
        turnId: log.turn.id,
        writer: 'plurnk',
        flags: DEFAULT_FLAGS,
        signal: scopes.of(log.run.id).signal,
      },
      { expanded: false },
    );
  }

  /** One loop and one turn a process; rows are appended as things happen. */
  #log(sessionId: SessionId): TurnLog {
    const open = this.#logs.get(sessionId);
    if (open !== undefined) return open;
    const { store, clock } = this.#core;
    const log = store.transaction(() => {
      const run = this.run(sessionId);
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
      if (loop === null) throw new Error('the journal has no loop');
      return new TurnLog(
        this.#core,
        { run, loop, turn: store.turns.open({ loopId: loop.id, runId: run.id, at }) },
        boundCounter,
      );
    });
    this.#logs.set(sessionId, log);
    return log;
  }
}
