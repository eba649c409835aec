import type { LogEntryId, RunId, SessionId, Store } from '../store/contract.ts';

interface LateChange {
  readonly rowId: LogEntryId;
  readonly runId: RunId;
  /** The newest row of the store when the change took effect. */
  readonly settledAfter: LogEntryId;
}

/**
 * Changes that took effect after rows with higher ids existed: an edit that waited for a person. A run whose last look
 * lies between must still hear of them (ENG-50). Kept on the rows (`attrs.settledAfter`), looked up once a session.
 */
export class LateChanges {
  readonly #store: Store;
  readonly #bySession = new Map<SessionId, LateChange[]>();

  constructor(store: Store) {
    this.#store = store;
  }

  note(sessionId: SessionId, change: LateChange): void {
    this.#of(sessionId).push(change);
  }

  /** Rows of other runs that were written up to `cursor` and took effect after it. */
  since(sessionId: SessionId, runId: RunId, cursor: LogEntryId): readonly LogEntryId[] {
    return this.#of(sessionId)
      .filter(change => change.runId !== runId && change.rowId <= cursor && change.settledAfter >= cursor)
      .map(change => change.rowId);
  }

  #of(sessionId: SessionId): LateChange[] {
    const known = this.#bySession.get(sessionId);
    if (known !== undefined) return known;
    const loaded: LateChange[] = [];
    for (const proposal of this.#store.proposals.list(sessionId)) {
      if (proposal.decision !== 'accept') continue;
      const settledAfter = this.#store.log.get(proposal.logEntryId)?.attrs.settledAfter;
      if (typeof settledAfter !== 'number') continue;
      loaded.push({ rowId: proposal.logEntryId, runId: proposal.runId, settledAfter: settledAfter as LogEntryId });
    }
    this.#bySession.set(sessionId, loaded);
    return loaded;
  }
}
