import type { FileSystem } from './file-system.ts';
import type { Journal } from './journal.ts';
import { appliedSchema, type Recovered, type Segment } from './recovery.ts';
import { snapshotPath, writeSnapshot } from './snapshot.ts';
import { type SnapshotBuilder, superfluous } from './snapshot-build.ts';
import type { SqlEngine } from './sql-engine.ts';
import { errorCode } from './store-error.ts';
import type { After } from './timers.ts';

/** When a snapshot is made. Bytes are of journal since the last one, times in milliseconds. */
export interface SnapshotLimits {
  /** While working. Default: an eighth of the database, at least 8 MiB, at most 32 MiB. */
  readonly bytes: number | null;
  /** After this long without a commit … */
  readonly idleMs: number;
  /** … if at least this much journal has gathered. */
  readonly idleBytes: number;
  /** At shutdown, if at least this much has gathered … */
  readonly closeBytes: number;
  /** … and for no longer than this: what is left is replayed at the next start. */
  readonly closeMs: number;
}

export interface SnapshotterOptions {
  readonly system: FileSystem;
  readonly folder: string;
  readonly schema: number;
  readonly engine: SqlEngine;
  readonly after: After;
  readonly build: SnapshotBuilder;
  readonly limits: Partial<SnapshotLimits>;
  readonly recovered: Recovered;
  /** Last commit in memory. */
  readonly seq: () => number;
  failed(cause: string): void;
}

const DEFAULTS: SnapshotLimits = {
  bytes: null,
  idleMs: 30_000,
  idleBytes: 1 << 20,
  closeBytes: 256 << 10,
  closeMs: 5000,
};
const MIN_BYTES = 8 << 20;
const MAX_BYTES = 32 << 20;

/** Decides when the next snapshot is made and keeps count of which files a recovery needs. */
export class Snapshotter {
  readonly #options: SnapshotterOptions;
  readonly #limits: SnapshotLimits;
  readonly #abort = new AbortController();
  #journal: Journal | null = null;
  #generation: number;
  #current: { readonly generation: number; readonly seq: number } | null;
  #earlier: readonly Segment[];
  #carried: number;
  #running: Promise<void> | null = null;
  #notBefore = 0;
  #commits = 0;
  #cancelIdle: (() => void) | null = null;

  constructor(options: SnapshotterOptions) {
    const { recovered } = options;
    this.#options = options;
    this.#limits = { ...DEFAULTS, ...options.limits };
    this.#generation = recovered.lastGeneration;
    this.#current = recovered.loaded === null ? null : recovered.loaded.meta;
    this.#earlier = recovered.segments;
    this.#carried = recovered.replayedBytes;
    this.#watchIdle();
  }

  attach(journal: Journal): void {
    this.#journal = journal;
  }

  /** Files that together hold every flushed commit. */
  chain(segments: readonly Segment[]): readonly string[] {
    const all = [...this.#earlier, ...segments];
    const covered = new Set(superfluous(all, this.#current?.seq ?? 0));
    const paths = all.filter(segment => !covered.has(segment)).map(segment => segment.path);
    return this.#current === null ? paths : [snapshotPath(this.#options.folder, this.#current.generation), ...paths];
  }

  /** Called after each commit. */
  committed(): void {
    this.#commits++;
    if (this.#running !== null) return;
    const gathered = this.#gathered();
    if (gathered >= MIN_BYTES || this.#limits.bytes !== null) {
      if (gathered >= Math.max(this.#threshold(), this.#notBefore)) void this.take(false);
    }
  }

  /** Never rejects: without a snapshot the journal still holds everything. */
  async take(compact: boolean): Promise<void> {
    while (this.#running !== null) await this.#running;
    this.#running = this.#take(compact).finally(() => {
      this.#running = null;
    });
    await this.#running;
  }

  /** The whole database from memory, for when the files on disk are gone. Stalls the caller for a copy. */
  async snapshotAll(): Promise<number> {
    const { system, folder, engine } = this.#options;
    const seq = this.#options.seq();
    const generation = ++this.#generation;
    await writeSnapshot(system, folder, { generation, seq, schema: appliedSchema(engine) }, engine.export());
    this.#current = { generation, seq };
    this.#carried = 0;
    this.#journal?.resetBytes();
    return seq;
  }

  /** No more snapshots by themselves. */
  dispose(): void {
    this.#cancelIdle?.();
  }

  async close(): Promise<void> {
    this.dispose();
    const cancel = this.#options.after(this.#limits.closeMs, () => this.#abort.abort());
    if (this.#running !== null) await this.#running;
    if (this.#gathered() >= this.#limits.closeBytes && !this.#abort.signal.aborted) await this.take(false);
    cancel();
  }

  #gathered(): number {
    return this.#carried + (this.#journal?.bytes ?? 0);
  }

  #threshold(): number {
    return this.#limits.bytes ?? Math.min(MAX_BYTES, Math.max(MIN_BYTES, this.#options.engine.size() / 8));
  }

  async #take(compact: boolean): Promise<void> {
    const journal = this.#journal;
    if (journal === null || journal.cause !== null) return;
    await journal.durable();
    const seq = await journal.rotate();
    if (journal.cause !== null || (seq === (this.#current?.seq ?? 0) && !compact)) return;
    const journalBytes = this.#gathered();
    this.#carried = 0;
    journal.resetBytes();
    const generation = ++this.#generation;
    const { folder, schema, build } = this.#options;
    journal.diskBusy(true);
    try {
      await build({ folder, generation, untilSeq: seq, schema, journalBytes, compact }, this.#abort.signal);
      this.#finished(journal, generation, seq);
    } catch (error) {
      this.#carried += journalBytes;
      this.#notBefore = this.#gathered() + this.#threshold() / 2;
      if (!this.#abort.signal.aborted) this.#options.failed(errorCode(error));
    } finally {
      journal.diskBusy(false);
    }
  }

  #finished(journal: Journal, generation: number, seq: number): void {
    this.#notBefore = 0;
    if (this.#current !== null && this.#current.generation > generation) return;
    const previous = this.#current?.seq ?? 0;
    this.#current = { generation, seq };
    const gone = new Set(superfluous([...this.#earlier, ...journal.segments], previous));
    this.#earlier = this.#earlier.filter(segment => !gone.has(segment));
    journal.forget(previous);
  }

  #watchIdle(): void {
    const seen = this.#commits;
    this.#cancelIdle = this.#options.after(this.#limits.idleMs, () => {
      const idle = seen === this.#commits && this.#running === null;
      if (idle && this.#gathered() >= Math.max(this.#limits.idleBytes, this.#notBefore)) void this.take(false);
      this.#watchIdle();
    });
  }
}
