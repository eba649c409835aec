import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { type FileSystem, replaceFile } from './file-system.ts';

/** What a snapshot is and covers: all commits up to and with `seq`. */
export interface SnapshotMeta {
  readonly generation: number;
  readonly seq: number;
  /** Number of the newest migration in it. */
  readonly schema: number;
}

export interface LoadedSnapshot {
  readonly meta: SnapshotMeta;
  /** Database file, then spare room. */
  readonly bytes: Uint8Array;
  /** Length of the database file within `bytes`. */
  readonly size: number;
}

const MAGIC = Buffer.from('PLNKSNP1', 'latin1');
/** Behind the database, so that the file is itself a SQLite database that any tool can read. */
export const TRAILER_BYTES = 64;
const NAME = /^snapshot-(\d{10})\.db$/;

export function snapshotPath(folder: string, generation: number): string {
  return join(folder, `snapshot-${String(generation).padStart(10, '0')}.db`);
}

/** Generation of a snapshot's file name, null for other files. */
export function snapshotGeneration(name: string): number | null {
  const found = NAME.exec(name);
  return found === null ? null : Number(found[1]);
}

function encodeTrailer(meta: SnapshotMeta, content: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(TRAILER_BYTES);
  MAGIC.copy(bytes, 0);
  bytes.writeUIntLE(meta.generation, 8, 6);
  bytes.writeUIntLE(meta.seq, 14, 6);
  bytes.writeUIntLE(content.length, 20, 6);
  bytes.writeUInt32LE(meta.schema, 26);
  bytes.writeUInt32LE(crc32(content), 30);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, TRAILER_BYTES - 4)), TRAILER_BYTES - 4);
  return bytes;
}

/** Writes a snapshot aside, flushes it, renames it into place and reads it back (RL-1). Throws system errors. */
export async function writeSnapshot(
  system: FileSystem,
  folder: string,
  meta: SnapshotMeta,
  content: Uint8Array,
): Promise<void> {
  const path = snapshotPath(folder, meta.generation);
  await replaceFile(system, path, [content, encodeTrailer(meta, content)]);
  if (readSnapshot(system, path, 0) === null) {
    system.remove(path);
    throw Object.assign(new Error('The snapshot does not read back as it was written.'), { code: 'EIO' });
  }
}

/** Null when the file is not a whole, intact snapshot. Throws system errors. */
export function readSnapshot(system: FileSystem, path: string, headroom: number): LoadedSnapshot | null {
  const file = system.read(path, headroom);
  const size = file.size - TRAILER_BYTES;
  if (size < 0) return null;
  const trailer = Buffer.from(file.bytes.slice(size, file.size));
  if (!trailer.subarray(0, 8).equals(MAGIC)) return null;
  if (trailer.readUInt32LE(TRAILER_BYTES - 4) !== crc32(trailer.subarray(0, TRAILER_BYTES - 4))) return null;
  if (trailer.readUIntLE(20, 6) !== size) return null;
  if (trailer.readUInt32LE(30) !== crc32(file.bytes.subarray(0, size))) return null;
  file.bytes.fill(0, size, file.size);
  const meta = {
    generation: trailer.readUIntLE(8, 6),
    seq: trailer.readUIntLE(14, 6),
    schema: trailer.readUInt32LE(26),
  };
  return { meta, bytes: file.bytes, size };
}
