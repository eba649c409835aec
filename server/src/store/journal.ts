import type { FileSystem, StoreFile } from './file-system.ts';
import { removeQuietly, writeFully } from './file-system.ts';
import { FlushPace } from './flush-pace.ts';
import { encodeSegmentHeader, SEGMENT_HEADER_BYTES } from './journal-format.ts';
import { type Segment, segmentPath } from './recovery.ts';
import { errorCode } from './store-error.ts';
import type { After } from './timers.ts';

export interface JournalHooks {
  /** Saving failed, for a person to know at once; called again only when the cause changes. */
  failed(cause: string): void;
  /** Everything is on disk again. */
  resumed(): void;
  /**
   * Called before saving resumes after a failure: re-claims the storage and says whether the files that the journal
   * builds on are still there. Throws when the storage cannot be used yet.
   */
  reclaim(): boolean;
  /** Writes the whole database as a snapshot; returns the last commit in it. */
  snapshotAll(): Promise<number>;
}

export interface JournalOptions {
  readonly system: FileSystem;
  readonly folder: string;
  readonly lastSegment: number;
  readonly lastSeq: number;
  readonly after: After;
  readonly hooks: JournalHooks;
}

interface Queued {
  readonly seq: number;
  readonly frame: Uint8Array;
}

interface Waiter {
  readonly seq: number;
  readonly done: () => void;
}

/** Written ahead as zeros, so that a flush seldom has to change the file's size (which costs the disk a second write). */
const AHEAD_BYTES = 256 << 10;
const ZEROS = new Uint8Array(AHEAD_BYTES);
/** More than this unsaved in memory: the next save is a snapshot instead. */
const MAX_QUEUED_BYTES = 64 << 20;
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5000;

/**
 * The append-only log of commits. One flush serves every caller that waits (group commit). A failing disk never
 * throws at a caller: records wait in memory, listeners are told, and a new segment takes over when the disk is back
 * (RL-3) — a new one, because after a failed flush nobody can say what the old file holds.
 */
export class Journal {
  readonly #options: JournalOptions;
  #queue: Queued[] = [];
  #queuedBytes = 0;
  #waiters: Waiter[] = [];
  #queuedSeq: number;
  #flushedSeq: number;
  #segmentNumber: number;
  #file: StoreFile | null = null;
  #segment: Segment | null = null;
  #segments: Segment[] = [];
  #end = 0;
  #allocated = 0;
  #bytes = 0;
  #rotations: ((seq: number) => void)[] = [];
  #running: Promise<void> | null = null;
  #kicked = false;
  #cause: string | null = null;
  #overflowed = false;
  #mislaid = false;
  readonly #pace = new FlushPace();
  #retryMs = FIRST_RETRY_MS;
  #cancelRetry: (() => void) | null = null;
  #closed = false;

  constructor(options: JournalOptions) {
    this.#options = options;
    this.#segmentNumber = options.lastSegment;
    this.#queuedSeq = options.lastSeq;
    this.#flushedSeq = options.lastSeq;
  }

  /** Last commit that is on disk. */
  get flushedSeq(): number {
    return this.#flushedSeq;
  }

  /** Bytes written since the journal was opened or `forget` was called. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Number of the newest segment this process knows. */
  get lastSegment(): number {
    return this.#segmentNumber;
  }

  /** Why saving fails; null while it works. */
  get cause(): string | null {
    return this.#cause;
  }

  /** Segments written by this process that a recovery may need. */
  get segments(): readonly Segment[] {
    return this.#segment === null ? this.#segments : [...this.#segments, this.#segment];
  }

  /** Begins without being able to write: everything waits in memory for the first retry that succeeds. */
  startDegraded(cause: string): void {
    this.#fail(cause);
  }

  /** Stops writing because the folder is no longer ours; what was flushed stays valid. */
  interrupt(cause: string): void {
    if (this.#cause === null && !this.#closed) this.#fail(cause);
  }

  append(seq: number, frame: Uint8Array): void {
    this.#queuedSeq = seq;
    if (!this.#overflowed) {
      this.#queue.push({ seq, frame });
      this.#queuedBytes += frame.length;
    }
    if (this.#cause !== null && this.#running === null && this.#queuedBytes > MAX_QUEUED_BYTES) this.#overflow();
    this.#kick();
  }

  /** Resolves when everything appended so far is flushed, or at once while saving fails. */
  durable(): Promise<void> {
    if (this.#flushedSeq >= this.#queuedSeq || this.#cause !== null) return Promise.resolve();
    const seq = this.#queuedSeq;
    const flushed = new Promise<void>(done => this.#waiters.push({ seq, done }));
    void this.#start();
    return flushed;
  }

  /** Closes the segment behind the last flushed commit, which it returns; the next commit starts a new one. */
  rotate(): Promise<number> {
    if (this.#cause !== null) return Promise.resolve(this.#flushedSeq);
    const rotated = new Promise<number>(done => this.#rotations.push(done));
    void this.#start();
    return rotated;
  }

  /** Drops the bookkeeping of segments that snapshots made superfluous. */
  forget(untilSeq: number): void {
    const all = this.segments;
    this.#segments = this.#segments.filter((_, index) => {
      const next = all[index + 1];
      return next === undefined || next.firstSeq > untilSeq + 1;
    });
  }

  /** While a snapshot is written, no flush holds up the server. */
  diskBusy(busy: boolean): void {
    this.#pace.busy = busy;
  }

  resetBytes(): void {
    this.#bytes = 0;
  }

  /** Tries again at once instead of at the next retry. */
  retryNow(): Promise<void> {
    if (this.#cause === null) return Promise.resolve();
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    return this.#start();
  }

  async close(): Promise<void> {
    await this.durable();
    await this.rotate();
    this.#closed = true;
    this.#cancelRetry?.();
  }

  #kick(): void {
    if (this.#kicked || this.#cause !== null) return;
    this.#kicked = true;
    // Commits nobody waits for are flushed at the end of this turn of the event loop, together.
    setImmediate(() => {
      this.#kicked = false;
      if (this.#cause === null && this.#queue.length > 0) void this.#start();
    });
  }

  #start(): Promise<void> {
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
      // What came in after the loop looked for the last time.
      if (this.#cause === null && (this.#queue.length > 0 || this.#rotations.length > 0)) void this.#start();
    });
    return this.#running;
  }

  #finishRotations(): void {
    if (this.#rotations.length === 0) return;
    this.#retire();
    const rotations = this.#rotations;
    this.#rotations = [];
    for (const done of rotations) done(this.#flushedSeq);
  }

  async #run(): Promise<void> {
    try {
      // What else is committed in this turn of the event loop joins the flush.
      await null;
      if (this.#cause !== null) await this.#resume();
      while (this.#queue.length > 0 || this.#rotations.length > 0) {
        const first = this.#queue[0];
        if (first !== undefined) {
          // Every wait costs a commit time: there is none when the disk is quick.
          const file = this.#file ?? (await this.#openSegment(first.seq));
          const flushing = this.#flush(file, first);
          if (flushing !== null) await flushing;
        }
        this.#finishRotations();
      }
      if (this.#cause !== null) this.#recovered();
    } catch (error) {
      this.#fail(errorCode(error));
    }
  }

  /** Takes everything that waits by now. Null: it is done already. */
  #flush(file: StoreFile, first: Queued): Promise<void> | null {
    const batch = this.#queue.slice();
    const bytes = batch.length === 1 ? first.frame : Buffer.concat(batch.map(queued => queued.frame));
    this.#allocate(file, bytes.length);
    writeFully(file, bytes, this.#end);
    const away = this.#pace.sync(file);
    if (away !== null) return away.then(() => this.#flushed(file, batch, bytes.length));
    this.#flushed(file, batch, bytes.length);
    return null;
  }

  #flushed(file: StoreFile, batch: readonly Queued[], bytes: number): void {
    this.#assertPresent(file);
    this.#end += bytes;
    this.#bytes += bytes;
    this.#queue = this.#queue.slice(batch.length);
    this.#queuedBytes -= bytes;
    this.#acknowledge(batch.at(-1)?.seq ?? 0);
  }

  #acknowledge(seq: number): void {
    this.#flushedSeq = Math.max(this.#flushedSeq, seq);
    const waiting = this.#waiters;
    this.#waiters = waiting.filter(waiter => waiter.seq > this.#flushedSeq);
    for (const waiter of waiting) if (waiter.seq <= this.#flushedSeq) waiter.done();
  }

  async #openSegment(firstSeq: number): Promise<StoreFile> {
    const { system, folder } = this.#options;
    const number = this.#segmentNumber + 1;
    const path = segmentPath(folder, number);
    this.#segmentNumber = number;
    const file = system.open(path, 'create');
    this.#file = file;
    this.#segment = { number, firstSeq, path };
    this.#end = SEGMENT_HEADER_BYTES;
    this.#allocated = SEGMENT_HEADER_BYTES;
    writeFully(file, encodeSegmentHeader({ number, firstSeq }), 0);
    this.#allocate(file, 0);
    await file.sync();
    system.syncFolder(folder);
    return file;
  }

  #allocate(file: StoreFile, needed: number): void {
    if (this.#end + needed < this.#allocated) return;
    const from = this.#end + needed;
    try {
      writeFully(file, ZEROS, from);
      this.#allocated = from + AHEAD_BYTES;
    } catch {
      // Only a convenience: on a nearly full disk the record itself may still fit.
    }
  }

  /** A removed or replaced folder takes writes without an error: they would be lost. */
  #assertPresent(file: StoreFile): void {
    const place = file.place();
    if (place === 'here') return;
    // What was flushed since somebody put another folder there is in none of its files.
    if (place === 'replaced') this.#mislaid = true;
    throw Object.assign(new Error('The storage folder was removed.'), { code: 'ENOENT' });
  }

  async #resume(): Promise<void> {
    const { hooks } = this.#options;
    const intact = hooks.reclaim();
    if (intact && !this.#overflowed && !this.#mislaid) return;
    const overflowed = this.#overflowed;
    // The snapshot takes its content before it first awaits: commits from here on are queued behind it.
    this.#overflowed = false;
    try {
      const seq = await hooks.snapshotAll();
      this.#mislaid = false;
      this.#queue = this.#queue.filter(queued => queued.seq > seq);
      this.#queuedBytes = this.#queue.reduce((sum, queued) => sum + queued.frame.length, 0);
      this.#acknowledge(seq);
    } catch (error) {
      if (overflowed) this.#overflow();
      throw error;
    }
  }

  #recovered(): void {
    this.#cause = null;
    this.#retryMs = FIRST_RETRY_MS;
    this.#options.hooks.resumed();
  }

  #overflow(): void {
    this.#overflowed = true;
    this.#queue = [];
    this.#queuedBytes = 0;
  }

  #fail(cause: string): void {
    const changed = this.#cause !== cause;
    this.#cause = cause;
    this.#abandon();
    const waiting = this.#waiters;
    this.#waiters = [];
    if (changed) this.#options.hooks.failed(cause);
    this.#finishRotations();
    for (const waiter of waiting) waiter.done();
    if (this.#closed) return;
    this.#cancelRetry = this.#options.after(this.#retryMs, () => void this.retryNow());
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
  }

  /** Lets go of a segment whose last write failed. What was flushed into it before stays valid. */
  #abandon(): void {
    const segment = this.#segment;
    const empty = this.#end <= SEGMENT_HEADER_BYTES;
    this.#retire();
    if (segment === null || !empty) return;
    this.#segments = this.#segments.filter(kept => kept !== segment);
    removeQuietly(this.#options.system, segment.path);
  }

  #retire(): void {
    if (this.#segment !== null) this.#segments.push(this.#segment);
    const file = this.#file;
    const end = this.#end;
    this.#segment = null;
    this.#file = null;
    this.#end = 0;
    try {
      if (this.#cause === null) file?.truncate(end);
      file?.close();
    } catch {
      // Nothing more can be asked of this file; zeros behind its last record mean nothing.
    }
  }
}
