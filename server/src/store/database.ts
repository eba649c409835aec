import { randomUUID } from 'node:crypto';
import type { StoreAssets } from './assets.ts';
import type { StoreHealth } from './contract.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { HealthMonitor } from './health.ts';
import { Journal } from './journal.ts';
import { encodeRecord, type JournalStatement, type SqlValue } from './journal-format.ts';
import { migrations as productMigrations } from './migrations/index.ts';
import type { Migration } from './migrations/migration.ts';
import { type OpenedStorage, openStorage } from './open-storage.ts';
import type { OwnerLock } from './owner-lock.ts';
import { appliedSchema } from './recovery.ts';
import type { SnapshotBuilder } from './snapshot-build.ts';
import { type SnapshotLimits, Snapshotter } from './snapshotter.ts';
import type { Row, SqlEngine } from './sql-engine.ts';
import { type After, after } from './timers.ts';
import { workerSnapshots } from './worker-snapshots.ts';
import { assertReading, WriteRecorder } from './write-recorder.ts';

export interface DatabaseOptions {
  /** Storage folder; created when absent. Holds snapshots, the journal and the owner lock. */
  readonly folder: string;
  readonly assets: StoreAssets;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly system?: FileSystem;
  readonly after?: After;
  /** Unique per acquisition of the owner lock. */
  readonly token?: () => string;
  readonly migrations?: readonly Migration[];
  readonly snapshots?: SnapshotBuilder;
  readonly limits?: Partial<SnapshotLimits>;
}

/** Bytes. */
export interface DatabaseSizes {
  readonly memory: number;
  readonly journal: number;
  readonly disk: number;
}

/**
 * sql.js in memory, made durable by a journal of commits and snapshots (RL-1). One writer: everything is synchronous
 * in memory; `durable()` says when it is on disk. Statements must be deterministic: values come in as parameters.
 */
export class Database {
  readonly #options: DatabaseOptions;
  readonly #engine: SqlEngine;
  readonly #writes: WriteRecorder;
  readonly #journal: Journal;
  readonly #snapshotter: Snapshotter;
  readonly #health: HealthMonitor;
  readonly #storage: OpenedStorage;
  #seq: number;
  #closing: Promise<void> | null = null;

  /** Rejects with StoreError `held` or `schema-too-new`; whatever else is wrong with the storage degrades it (RL-3). */
  static async open(options: DatabaseOptions): Promise<Database> {
    const migrations = options.migrations ?? productMigrations;
    const storage = await openStorage({
      folder: options.folder,
      wasm: options.assets.wasm,
      system: options.system ?? nodeFileSystem,
      after: options.after ?? after,
      now: options.now,
      token: options.token ?? randomUUID,
      schema: newest(migrations),
    });
    const database = new Database(options, storage, newest(migrations));
    try {
      database.#migrate(migrations);
    } catch (error) {
      await database.#abandon();
      throw error;
    }
    await database.durable();
    return database;
  }

  private constructor(options: DatabaseOptions, storage: OpenedStorage, schema: number) {
    const { recovered, system } = storage;
    this.#options = options;
    this.#storage = storage;
    this.#engine = recovered.engine;
    this.#writes = new WriteRecorder(this.#engine);
    this.#seq = recovered.seq;
    this.#health = new HealthMonitor(options.folder, recovered.notices);
    this.#snapshotter = new Snapshotter({
      system,
      folder: options.folder,
      schema,
      engine: this.#engine,
      after: options.after ?? after,
      build: options.snapshots ?? workerSnapshots(options.assets),
      limits: options.limits ?? {},
      recovered,
      seq: () => this.#seq,
      failed: cause => this.#health.note(`A snapshot could not be made (${cause}); the journal keeps everything.`),
    });
    this.#journal = new Journal({
      system,
      folder: options.folder,
      lastSegment: recovered.lastSegment,
      lastSeq: recovered.seq,
      after: options.after ?? after,
      hooks: {
        failed: cause => this.#health.degrade(cause),
        resumed: () => this.#health.recover(),
        reclaim: () => storage.reclaim(this.#snapshotter.chain(this.#journal.segments), this.#journal.lastSegment),
        snapshotAll: () => this.#snapshotter.snapshotAll(),
      },
    });
    this.#snapshotter.attach(this.#journal);
    storage.onLost(() => this.#journal.interrupt('another process owns the storage folder now'));
    if (storage.trouble !== null) this.#journal.startDegraded(storage.trouble);
  }

  /** The lock on the folder, to publish the server's endpoint in; null while the storage cannot be written. */
  get lock(): OwnerLock | null {
    return this.#storage.lock();
  }

  /** Last commit in memory. */
  get seq(): number {
    return this.#seq;
  }

  /** Counts outermost transactions, undone ones too. */
  get serial(): number {
    return this.#writes.serial;
  }

  all(sql: string, params: readonly SqlValue[] = []): Row[] {
    assertReading(sql);
    return this.#engine.all(sql, params);
  }

  get(sql: string, params: readonly SqlValue[] = []): Row | null {
    assertReading(sql);
    return this.#engine.get(sql, params);
  }

  /** Runs one writing statement, in the open transaction or in one of its own. Returns how many rows changed. */
  run(sql: string, params: readonly SqlValue[] = []): number {
    if (this.#writes.inTransaction) return this.#writes.run(sql, params);
    const { result, written } = this.#writes.single(sql, params);
    this.#record(written);
    return result;
  }

  /** Several writes of one operation: in the open transaction, or in one of their own. Cheaper than nesting. */
  together<T>(work: () => T): T {
    return this.#writes.inTransaction ? work() : this.transaction(work);
  }

  /** All or nothing in memory; its writes become one journal record. A nested call joins, and undoes itself on a throw. */
  transaction<T>(work: () => T): T {
    const { result, written } = this.#writes.transaction(work);
    if (written !== null) this.#record(written);
    return result;
  }

  /** Resolves when everything committed up to this call is flushed, or at once while saving fails (RL-3). */
  durable(): Promise<void> {
    return this.#journal.durable();
  }

  async commit<T>(work: () => T): Promise<T> {
    const result = this.transaction(work);
    await this.durable();
    return result;
  }

  /** Called after a transaction (or a nested one) was undone. */
  onUndone(listener: () => void): void {
    this.#writes.onUndone(listener);
  }

  onHealth(listener: (health: StoreHealth) => void): { dispose(): void } {
    return this.#health.listen(listener);
  }

  health(): StoreHealth {
    return this.#health.current();
  }

  /** Makes a snapshot now; `compact` also gives back free pages. Resolves when it is in place or has failed. */
  snapshot(options: { readonly compact: boolean } = { compact: false }): Promise<void> {
    return this.#snapshotter.take(options.compact);
  }

  /** Tries to save at once instead of at the next retry. */
  retrySaving(): Promise<void> {
    return this.#journal.retryNow();
  }

  sizes(): DatabaseSizes {
    return {
      memory: this.#engine.size(),
      journal: this.#journal.bytes,
      disk: this.#storage.diskBytes(),
    };
  }

  /** Nothing may be asked any more. */
  get isClosing(): boolean {
    return this.#closing !== null;
  }

  /** Flushes, snapshots when that is worth it, lets go of the folder. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Lets go of everything after a failed start, without a snapshot. */
  async #abandon(): Promise<void> {
    this.#snapshotter.dispose();
    await this.#journal.close();
    this.#storage.lock()?.release();
    this.#engine.close();
  }

  async #close(): Promise<void> {
    await this.durable();
    await this.#snapshotter.close();
    await this.#journal.close();
    this.#storage.lock()?.release();
    this.#engine.close();
  }

  #record(statements: readonly JournalStatement[]): void {
    if (statements.length === 0) return;
    this.#seq++;
    this.#journal.append(this.#seq, encodeRecord({ seq: this.#seq, statements }));
    this.#snapshotter.committed();
  }

  #migrate(migrations: readonly Migration[]): void {
    const applied = appliedSchema(this.#engine);
    for (const migration of migrations) {
      if (migration.number <= applied) continue;
      this.transaction(() => {
        migration.up((sql, params) => this.run(sql, params));
        this.run('INSERT INTO migration (number, name, at) VALUES (?, ?, ?)', [
          migration.number,
          migration.name,
          this.#options.now(),
        ]);
      });
    }
  }
}

function newest(migrations: readonly Migration[]): number {
  return Math.max(0, ...migrations.map(migration => migration.number));
}
