import type { SqlBlobStore } from './blob-store.ts';
import { sweepBlobs } from './blob-sweep.ts';
import type { SessionId, SessionStore } from './contract.ts';
import type { Database, DatabaseSizes } from './database.ts';

export interface SizeReport extends DatabaseSizes {
  readonly sessions: number;
  readonly runs: number;
  readonly turns: number;
  readonly logRows: number;
  readonly entries: number;
  readonly blobs: number;
}

/** What may be removed by itself. Nothing unless a person asked for it. */
export interface Retention {
  /** Milliseconds since a session was last worked in; null keeps all. */
  readonly maxAgeMs: number | null;
  /** Newest sessions to keep; null keeps all. */
  readonly maxSessions: number | null;
}

export const NO_RETENTION: Retention = { maxAgeMs: null, maxSessions: null };

export interface RemovedSession {
  readonly id: SessionId;
  readonly name: string;
}

/** Sessions in which something runs, waits or was parked. */
const BUSY = [
  `SELECT DISTINCT run.session_id AS id FROM loop INDEXED BY loop_unfinished
    CROSS JOIN run ON run.id = loop.run_id WHERE loop.status IN (100, 102)`,
  `SELECT DISTINCT run.session_id AS id FROM run CROSS JOIN loop ON loop.run_id = run.id WHERE loop.status = 202`,
  `SELECT DISTINCT run.session_id AS id FROM subscription INDEXED BY subscription_active
    CROSS JOIN run ON run.id = subscription.run_id WHERE subscription.state = 'active'`,
  'SELECT DISTINCT session_id AS id FROM proposal INDEXED BY proposal_pending WHERE decision IS NULL',
];

export class Maintenance {
  readonly #database: Database;
  readonly #blobs: SqlBlobStore;
  readonly #sessions: SessionStore;
  #compacting: Promise<number> | null = null;

  constructor(database: Database, blobs: SqlBlobStore, sessions: SessionStore) {
    this.#database = database;
    this.#blobs = blobs;
    this.#sessions = sessions;
  }

  sizes(): SizeReport {
    const count = (table: string) => Number(this.#database.get(`SELECT count(*) AS count FROM ${table}`)?.count ?? 0);
    return {
      ...this.#database.sizes(),
      sessions: count('session'),
      runs: count('run'),
      turns: count('turn'),
      logRows: count('log_row'),
      entries: count('entry'),
      blobs: count('blob'),
    };
  }

  /** Removes what nothing refers to and rewrites the file without its gaps. Resolves with the number of texts removed. */
  compact(): Promise<number> {
    this.#compacting ??= this.#compact().finally(() => {
      this.#compacting = null;
    });
    return this.#compacting;
  }

  /**
   * Deletes the sessions that the rule names and returns them. Never one in which something runs, waits or is parked,
   * one that a person wants kept (`settings.keep`), or one of `inUse`. At most `most`, so that requests get in between.
   */
  applyRetention(
    rule: Retention,
    now: number,
    inUse: ReadonlySet<SessionId> = new Set(),
    most = Number.POSITIVE_INFINITY,
  ): readonly RemovedSession[] {
    if (rule.maxAgeMs === null && rule.maxSessions === null) return [];
    const busy = new Set(BUSY.flatMap(sql => this.#database.all(sql).map(row => Number(row.id))));
    const newestFirst = [...this.#sessions.list()].sort((a, b) => b.updatedAt - a.updatedAt || b.id - a.id);
    const named = newestFirst.filter(
      (session, index) =>
        !busy.has(session.id) &&
        !inUse.has(session.id) &&
        session.settings.keep !== true &&
        ((rule.maxAgeMs !== null && now - session.updatedAt > rule.maxAgeMs) ||
          (rule.maxSessions !== null && index >= rule.maxSessions)),
    );
    const doomed = named.slice(0, most);
    for (const session of doomed) this.#sessions.delete(session.id);
    return doomed.map(({ id, name }) => ({ id, name }));
  }

  async #compact(): Promise<number> {
    const removed = await sweepBlobs(this.#database, this.#blobs);
    await this.#database.snapshot({ compact: true });
    return removed;
  }
}
