import { join } from 'node:path';
import { type FileSystem, removeQuietly } from './file-system.ts';
import { appliedSchema, type Recovered, recover, type Segment, segmentPath } from './recovery.ts';
import { snapshotGeneration, snapshotPath, writeSnapshot } from './snapshot.ts';
import type { SqlEngine } from './sql-engine.ts';

export interface SnapshotRequest {
  readonly folder: string;
  readonly generation: number;
  /** The snapshot covers exactly the commits up to this one; all of them are flushed in closed segments. */
  readonly untilSeq: number;
  /** Newest schema this product knows. */
  readonly schema: number;
  /** Bytes of journal to replay, for the room the copy needs. */
  readonly journalBytes: number;
  /** Rewrite the file without its free pages and with a merged search index. */
  readonly compact: boolean;
}

export interface SnapshotResult {
  readonly bytes: number;
}

/**
 * Makes the next snapshot from what is on disk. Rejects with what went wrong; the older generations then stay. After an
 * abort it rejects once nothing of it touches the folder any more.
 */
export type SnapshotBuilder = (request: SnapshotRequest, signal: AbortSignal) => Promise<SnapshotResult>;

const PROBE_OFFSET = 60;

/**
 * Loads the previous snapshot, replays the journal over it, proves the result and writes it: it reads only files, so it
 * runs beside the server (in a worker), and every snapshot is a rehearsal of recovery.
 */
export async function buildSnapshot(
  system: FileSystem,
  wasm: Uint8Array,
  request: SnapshotRequest,
): Promise<SnapshotResult> {
  const { folder, generation, untilSeq, schema } = request;
  const recovered = await recover({
    system,
    folder,
    wasm,
    schema,
    untilSeq,
    headroom: (16 << 20) + request.journalBytes * 4,
  });
  const { engine } = recovered;
  try {
    if (recovered.seq !== untilSeq || recovered.damaged) {
      throw new Error(`Replay ended at commit ${recovered.seq} instead of ${untilSeq}. ${recovered.notices.join(' ')}`);
    }
    if (request.compact) compact(engine);
    prove(engine);
    const content = contentOf(recovered, generation);
    await writeSnapshot(system, folder, { generation, seq: untilSeq, schema: appliedSchema(engine) }, content);
    prune(system, folder, generation, recovered);
    return { bytes: content.length };
  } finally {
    engine.close();
  }
}

function compact(engine: SqlEngine): void {
  const indexes = engine.all("SELECT name FROM sqlite_schema WHERE sql LIKE 'CREATE VIRTUAL TABLE%USING fts4%'");
  for (const { name } of indexes) engine.exec(`INSERT INTO "${String(name)}"("${String(name)}") VALUES ('optimize')`);
  engine.exec('VACUUM');
}

function prove(engine: SqlEngine): void {
  const verdict = engine.get('PRAGMA quick_check(1)')?.quick_check;
  if (verdict !== 'ok') throw new Error(`The database does not pass its check: ${String(verdict)}`);
}

/** The database's bytes: in place when the engine still lives in the array that was loaded, else a copy. */
function contentOf({ engine, loaded }: Recovered, generation: number): Uint8Array {
  const mark = generation % 0x7fffffff;
  engine.exec(`PRAGMA user_version = ${mark}`);
  const size = engine.size();
  if (loaded !== null && size <= loaded.bytes.length) {
    const view = new DataView(loaded.bytes.buffer, loaded.bytes.byteOffset);
    if (view.getUint32(PROBE_OFFSET) === mark && mark !== 0) return loaded.bytes.subarray(0, size);
  }
  return engine.export();
}

/** Keeps the new snapshot, the one it was built from, and every record after that one. */
function prune(system: FileSystem, folder: string, generation: number, recovered: Recovered): void {
  const previous = recovered.loaded?.meta;
  for (const name of system.list(folder)) {
    const found = snapshotGeneration(name);
    if (found !== null && found !== generation && found !== previous?.generation && found < generation) {
      removeQuietly(system, snapshotPath(folder, found));
    }
    if (/^snapshot-\d+\.db\.tmp$/.test(name)) removeQuietly(system, join(folder, name));
  }
  for (const segment of superfluous(recovered.segments, previous?.seq ?? 0)) {
    removeQuietly(system, segmentPath(folder, segment.number));
    removeQuietly(system, `${segmentPath(folder, segment.number)}.cut`);
  }
  system.syncFolder(folder);
}

/** Segments whose records are all covered by commit `seq`. */
export function superfluous(segments: readonly Segment[], seq: number): readonly Segment[] {
  return segments.filter((_, index) => segments.slice(index + 1).some(later => later.firstSeq <= seq + 1));
}
