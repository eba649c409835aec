import { join } from 'node:path';
import type { FileSystem } from './file-system.ts';
import {
  decodeSegmentHeader,
  type JournalRecord,
  SEGMENT_HEADER_BYTES,
  type SegmentHeader,
  scanRecords,
} from './journal-format.ts';
import { type LoadedSnapshot, readSnapshot, snapshotGeneration, snapshotPath } from './snapshot.ts';
import { SqlEngine, withHeadroom } from './sql-engine.ts';
import { errorCode, StoreError } from './store-error.ts';

export interface Segment extends SegmentHeader {
  readonly path: string;
}

/** A tail that was not a whole record. */
export interface CutTail {
  readonly path: string;
  readonly end: number;
  readonly bytes: number;
}

export interface RecoveryOptions {
  readonly system: FileSystem;
  readonly folder: string;
  readonly wasm: Uint8Array;
  /** Newest schema this product knows. */
  readonly schema: number;
  /** Stop after this commit (a snapshot under construction). */
  readonly untilSeq?: number;
  /** Spare bytes behind the opened database. */
  readonly headroom?: number;
}

export interface Recovered {
  readonly engine: SqlEngine;
  /** The array that the engine lives in, when it came from a snapshot. */
  readonly loaded: LoadedSnapshot | null;
  /** Last commit in the engine. */
  readonly seq: number;
  readonly snapshotSeq: number;
  readonly segments: readonly Segment[];
  readonly lastSegment: number;
  readonly lastGeneration: number;
  /** Bytes of journal that were replayed. */
  readonly replayedBytes: number;
  readonly replayedRecords: number;
  readonly cut: readonly CutTail[];
  /** Sentences for a person. */
  readonly notices: readonly string[];
  /** Something that was acknowledged once could not be read back. */
  readonly damaged: boolean;
}

const SEGMENT_NAME = /^journal-(\d{10})\.log$/;
/** Room to grow without a copy. Memory that is not used costs address space only. */
const MIN_HEADROOM = 16 << 20;
const BATCH = 1000;

export function segmentPath(folder: string, number: number): string {
  return join(folder, `journal-${String(number).padStart(10, '0')}.log`);
}

export function segmentNumber(name: string): number | null {
  const found = SEGMENT_NAME.exec(name);
  return found === null ? null : Number(found[1]);
}

function numbersOf(names: readonly string[], parse: (name: string) => number | null): number[] {
  return names
    .map(parse)
    .filter(number => number !== null)
    .sort((a, b) => a - b);
}

interface Opened {
  readonly engine: SqlEngine;
  readonly loaded: LoadedSnapshot | null;
}

async function openSnapshot(options: RecoveryOptions, path: string): Promise<Opened | string> {
  let loaded: LoadedSnapshot | null;
  try {
    const headroom = options.headroom ?? MIN_HEADROOM + Math.floor(options.system.size(path) / 4);
    loaded = readSnapshot(options.system, path, headroom);
  } catch (error) {
    return errorCode(error);
  }
  if (loaded === null) return 'its checksum does not match';
  refuseNewer(loaded.meta.schema, options.schema);
  try {
    return { engine: await SqlEngine.open(options.wasm, withHeadroom(loaded.bytes, loaded.size)), loaded };
  } catch (error) {
    return errorCode(error);
  }
}

function refuseNewer(found: number, known: number): void {
  if (found <= known) return;
  throw new StoreError(
    'schema-too-new',
    `The database has schema version ${found}, this version of Plurnk knows up to ${known}. Update Plurnk to open it.`,
  );
}

async function openNewest(
  options: RecoveryOptions,
  generations: readonly number[],
  notices: string[],
): Promise<Opened> {
  for (const generation of generations.toReversed()) {
    const path = snapshotPath(options.folder, generation);
    const opened = await openSnapshot(options, path);
    if (typeof opened !== 'string') return opened;
    notices.push(`Snapshot ${generation} cannot be used (${opened}); an earlier one was taken instead.`);
  }
  return { engine: await SqlEngine.open(options.wasm), loaded: null };
}

/** Segments in order; one whose header is not intact is told in `unreadable`, unless it was never begun. */
function readSegments(
  options: RecoveryOptions,
  numbers: readonly number[],
): { readonly segments: readonly Segment[]; readonly unreadable: readonly string[] } {
  const segments: Segment[] = [];
  const unreadable: string[] = [];
  for (const number of numbers) {
    const path = segmentPath(options.folder, number);
    const { bytes } = options.system.read(path);
    const header = decodeSegmentHeader(bytes.subarray(0, SEGMENT_HEADER_BYTES));
    if (header !== null && header.number === number) segments.push({ ...header, path });
    else if (bytes.subarray(SEGMENT_HEADER_BYTES).some(byte => byte !== 0)) unreadable.push(path);
  }
  return { segments, unreadable };
}

/** Applies records to an engine in few SQLite transactions; a record is applied whole or not at all. */
class Replayer {
  readonly #engine: SqlEngine;
  #batch: JournalRecord[] = [];
  failure: string | null = null;
  applied = 0;

  constructor(engine: SqlEngine) {
    this.#engine = engine;
  }

  add(record: JournalRecord): void {
    this.#batch.push(record);
    if (this.#batch.length >= BATCH) this.flush();
  }

  flush(): void {
    const batch = this.#batch;
    this.#batch = [];
    if (batch.length === 0 || this.failure !== null) return;
    if (this.#apply(batch) === null) return;
    for (const record of batch) {
      const problem = this.#apply([record]);
      if (problem === null) continue;
      this.failure = `commit ${record.seq}: ${problem}`;
      return;
    }
  }

  #apply(records: readonly JournalRecord[]): string | null {
    this.#engine.exec('BEGIN');
    try {
      for (const record of records) {
        for (const { sql, params } of record.statements) this.#engine.run(sql, params);
      }
      this.#engine.exec('COMMIT');
      this.applied += records.length;
      return null;
    } catch (error) {
      this.#engine.exec('ROLLBACK');
      return errorCode(error);
    }
  }
}

interface Replay {
  seq: number;
  bytes: number;
  readonly cut: CutTail[];
  gap: boolean;
}

function replaySegment(
  options: RecoveryOptions,
  segment: Segment,
  supersededFrom: number,
  state: Replay,
  replayer: Replayer,
): void {
  const file = options.system.read(segment.path);
  const limit = Math.min(options.untilSeq ?? Number.MAX_SAFE_INTEGER, supersededFrom - 1);
  const { end, clean } = scanRecords(file.bytes, file.size, record => {
    if (record.seq <= state.seq) return true;
    if (record.seq > limit) return false;
    if (record.seq !== state.seq + 1) {
      state.gap = true;
      return false;
    }
    state.seq = record.seq;
    replayer.add(record);
    return true;
  });
  state.bytes += end;
  if (!clean && supersededFrom > state.seq + 1) state.cut.push({ path: segment.path, end, bytes: file.size - end });
}

/** The newest intact snapshot plus every whole record after it (RL-2). Changes nothing on disk. */
export async function recover(options: RecoveryOptions): Promise<Recovered> {
  const { system, folder } = options;
  const notices: string[] = [];
  const names = system.list(folder);
  const generations = numbersOf(names, snapshotGeneration);
  const numbers = numbersOf(names, segmentNumber);
  const { engine, loaded } = await openNewest(options, generations, notices);
  const { segments, unreadable } = readSegments(options, numbers);
  for (const path of unreadable) notices.push(`${path} has a damaged header; its commits cannot be used.`);
  const state: Replay = { seq: loaded?.meta.seq ?? 0, bytes: 0, cut: [], gap: false };
  const snapshotSeq = state.seq;
  const replayer = new Replayer(engine);
  for (const [index, segment] of segments.entries()) {
    const supersededFrom = Math.min(Number.MAX_SAFE_INTEGER, ...segments.slice(index + 1).map(later => later.firstSeq));
    if (supersededFrom <= state.seq + 1) continue;
    if (state.gap || segment.firstSeq > (options.untilSeq ?? Number.MAX_SAFE_INTEGER)) break;
    if (segment.firstSeq > state.seq + 1) state.gap = true;
    else replaySegment(options, segment, supersededFrom, state, replayer);
  }
  replayer.flush();
  describe(state, replayer, notices);
  refuseNewer(appliedSchema(engine), options.schema);
  return {
    engine,
    loaded,
    seq: replayer.failure === null ? state.seq : snapshotSeq + replayer.applied,
    snapshotSeq,
    segments,
    lastSegment: numbers.at(-1) ?? 0,
    lastGeneration: generations.at(-1) ?? 0,
    replayedBytes: state.bytes,
    replayedRecords: replayer.applied,
    cut: state.cut,
    notices,
    damaged:
      unreadable.length > 0 ||
      state.gap ||
      replayer.failure !== null ||
      (loaded === null && generations.length > 0 && state.seq === 0),
  };
}

function describe(state: Replay, replayer: Replayer, notices: string[]): void {
  for (const cut of state.cut) {
    notices.push(`${cut.bytes} bytes at the end of ${cut.path} were no whole record and were cut.`);
  }
  if (state.gap) notices.push(`The journal has no record after commit ${state.seq}; later ones cannot be used.`);
  if (replayer.failure !== null) notices.push(`The journal could not be replayed further (${replayer.failure}).`);
}

/** Number of the newest migration in a database, 0 for an empty one. */
export function appliedSchema(engine: Pick<SqlEngine, 'get'>): number {
  const table = engine.get("SELECT 1 AS found FROM sqlite_schema WHERE type = 'table' AND name = 'migration'");
  if (table === null) return 0;
  return Number(engine.get('SELECT coalesce(max(number), 0) AS number FROM migration')?.number ?? 0);
}
