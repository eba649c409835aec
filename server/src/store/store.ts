import { SqlBlobStore } from './blob-store.ts';
import { ChannelStore } from './channel-store.ts';
import { SqlConstraintStore } from './constraint-store.ts';
import type { SessionId, Store, StoreHealth } from './contract.ts';
import { Database, type DatabaseOptions } from './database.ts';
import { SqlEntryStore } from './entry-store.ts';
import { SqlFactStore } from './fact-store.ts';
import { Ids } from './ids.ts';
import { SqlLogStore } from './log-store.ts';
import { SqlLoopStore } from './loop-store.ts';
import { Maintenance } from './maintenance.ts';
import { SqlProposalStore } from './proposal-store.ts';
import { SqlRunStore } from './run-store.ts';
import { SearchIndexer } from './search-indexer.ts';
import { SqlSearchStore } from './search-store.ts';
import { SqlSessionStore } from './session-store.ts';
import { exportSession, type ImportOptions, importSession } from './session-transfer.ts';
import type { StorageTools } from './storage-tools.ts';
import { SqlSubscriptionStore } from './subscription-store.ts';
import { after } from './timers.ts';
import { SqlTurnStore } from './turn-store.ts';

/** The store over one database. */
export class SqlStore implements Store, StorageTools {
  readonly #indexer: SearchIndexer;
  readonly database: Database;
  readonly blobs: SqlBlobStore;
  readonly sessions: SqlSessionStore;
  readonly runs: SqlRunStore;
  readonly loops: SqlLoopStore;
  readonly turns: SqlTurnStore;
  readonly log: SqlLogStore;
  readonly entries: SqlEntryStore;
  readonly proposals: SqlProposalStore;
  readonly subscriptions: SqlSubscriptionStore;
  readonly constraints: SqlConstraintStore;
  readonly search: SqlSearchStore;
  readonly facts: SqlFactStore;

  readonly maintenance: Maintenance;
  readonly #ids: Ids;

  constructor(database: Database, options: Pick<DatabaseOptions, 'after'> = {}) {
    const ids = new Ids(database);
    this.#ids = ids;
    this.database = database;
    this.blobs = new SqlBlobStore(database);
    this.#indexer = new SearchIndexer(database, options.after ?? after);
    this.log = new SqlLogStore(database, ids, this.blobs, this.#indexer);
    this.sessions = new SqlSessionStore(database, ids, id => this.log.removing(id));
    this.runs = new SqlRunStore(database, ids);
    this.loops = new SqlLoopStore(database, ids);
    this.turns = new SqlTurnStore(database, ids, this.blobs);
    this.entries = new SqlEntryStore(database, ids, new ChannelStore(database, ids, this.blobs, this.#indexer));
    this.proposals = new SqlProposalStore(database);
    this.subscriptions = new SqlSubscriptionStore(database, ids);
    this.constraints = new SqlConstraintStore(database, ids);
    this.search = new SqlSearchStore(database, this.#indexer);
    this.facts = new SqlFactStore(database);
    this.maintenance = new Maintenance(database, this.blobs, this.sessions);
  }

  /** A session as JSON lines. */
  exportSession(id: SessionId, clean?: (text: string) => string): Iterable<string> {
    return exportSession(this.database, id, clean);
  }

  /** A new session from exported lines, under a name that is free. Nothing in it runs or waits. */
  importSession(lines: Iterable<string>, options: ImportOptions): SessionId {
    const id = importSession(this.database, this.#ids, this.blobs, lines, options);
    this.#indexer.schedule();
    return id;
  }

  transaction<T>(work: () => T): T {
    return this.database.transaction(work);
  }

  durable(): Promise<void> {
    return this.database.durable();
  }

  onHealth(listener: (health: StoreHealth) => void): { dispose(): void } {
    return this.database.onHealth(listener);
  }

  health(): StoreHealth {
    return this.database.health();
  }

  close(): Promise<void> {
    this.#indexer.dispose();
    return this.database.close();
  }
}

/** Opens the storage folder. Rejects with StorageHeldError when another server owns it (RL-4). */
export async function openStore(options: DatabaseOptions): Promise<SqlStore> {
  return new SqlStore(await Database.open(options), options);
}
