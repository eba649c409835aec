import fs from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

/** An open file of the store. */
export interface StoreFile {
  /** Writes at a position and returns how many bytes went in (may be fewer than given). */
  write(bytes: Uint8Array, position: number): number;
  /** Resolves when everything written is on the disk (fdatasync). */
  sync(): Promise<void>;
  /** The same, holding up the caller meanwhile: on a fast disk that is quicker than another thread's turn. */
  syncNow(): void;
  truncate(size: number): void;
  /**
   * Whether the path it was opened by still leads to this file: what is written into another one is lost. `replaced` is
   * noticed up to a tenth of a second late.
   */
  place(): 'here' | 'gone' | 'replaced';
  close(): void;
}

/** The file layer under the store, injected so that tests can make it fail. All methods throw system errors. */
export interface FileSystem {
  /** `create` fails when the path exists; `modify` fails when it does not. */
  open(path: string, mode: 'create' | 'modify'): StoreFile;
  /** Reads the whole file into a new array with `headroom` spare bytes behind the content. */
  read(path: string, headroom?: number): { bytes: Uint8Array; size: number };
  /** Writes a small file in one go, replacing what is there. */
  writeFile(path: string, bytes: Uint8Array): void;
  size(path: string): number;
  exists(path: string): boolean;
  list(folder: string): string[];
  makeFolder(path: string): void;
  rename(from: string, to: string): void;
  link(from: string, to: string): void;
  remove(path: string): void;
  /** Makes creations, renames and removals in a folder durable. A no-op where the system has no such thing. */
  syncFolder(path: string): void;
}

const fdatasync = promisify(fs.fdatasync);
const READ_CHUNK = 64 << 20;

function openFile(path: string, mode: 'create' | 'modify'): StoreFile {
  const fd = fs.openSync(path, mode === 'create' ? 'wx' : 'r+', 0o600);
  return {
    write: (bytes, position) => fs.writeSync(fd, bytes, 0, bytes.length, position),
    sync: () => fdatasync(fd),
    syncNow: () => fs.fdatasyncSync(fd),
    truncate: size => fs.ftruncateSync(fd, size),
    place: watchPlace(fd, path),
    close: () => fs.closeSync(fd),
  };
}

/** Milliseconds between two looks at which file it is. */
const IDENTITY_MS = 100;

/**
 * That something is there is seen each time; whether it is this very file, seldom: Linux gives a file whose times were
 * asked for (`stat`) a new time at the next write, and that makes its flush a third slower.
 */
function watchPlace(fd: number, path: string): StoreFile['place'] {
  let looked = performance.now();
  return () => {
    if (!fs.existsSync(path)) return 'gone';
    if (performance.now() - looked < IDENTITY_MS) return 'here';
    looked = performance.now();
    const same = identityOf(fs.statSync(path, { throwIfNoEntry: false })) === identityOf(fs.fstatSync(fd));
    return same ? 'here' : 'replaced';
  };
}

function identityOf(stat: fs.Stats | undefined): string | null {
  return stat === undefined ? null : `${stat.dev}:${stat.ino}`;
}

function readWhole(path: string, headroom: number): { bytes: Uint8Array; size: number } {
  const fd = fs.openSync(path, 'r');
  try {
    const size = fs.fstatSync(fd).size;
    const bytes = new Uint8Array(size + headroom);
    let at = 0;
    while (at < size) {
      const got = fs.readSync(fd, bytes, at, Math.min(READ_CHUNK, size - at), at);
      if (got === 0) break;
      at += got;
    }
    return { bytes, size: at };
  } finally {
    fs.closeSync(fd);
  }
}

function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const fd = fs.openSync(path, 'r');
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

/** The real disk. */
export const nodeFileSystem: FileSystem = {
  open: openFile,
  read: (path, headroom = 0) => readWhole(path, headroom),
  writeFile: (path, bytes) => fs.writeFileSync(path, bytes, { mode: 0o600 }),
  size: path => fs.statSync(path).size,
  exists: path => fs.existsSync(path),
  list: folder => fs.readdirSync(folder),
  makeFolder: path => {
    fs.mkdirSync(path, { recursive: true, mode: 0o700 });
  },
  rename: (from, to) => fs.renameSync(from, to),
  link: (from, to) => fs.linkSync(from, to),
  remove: path => fs.rmSync(path, { force: true }),
  syncFolder,
};

/** Writes all bytes from a position on, whatever the size of each write. */
export function writeFully(file: StoreFile, bytes: Uint8Array, position: number): void {
  let done = 0;
  while (done < bytes.length) {
    const wrote = file.write(done === 0 ? bytes : bytes.subarray(done), position + done);
    if (wrote <= 0) throw Object.assign(new Error('The disk took no bytes.'), { code: 'EIO' });
    done += wrote;
  }
}

/** Writes a file aside, flushes it and renames it into place: afterwards the old or the new content is there, whole. */
export async function replaceFile(system: FileSystem, path: string, pieces: readonly Uint8Array[]): Promise<void> {
  const aside = `${path}.tmp`;
  system.remove(aside);
  const file = system.open(aside, 'create');
  try {
    let position = 0;
    for (const piece of pieces) {
      writeFully(file, piece, position);
      position += piece.length;
    }
    await file.sync();
  } catch (error) {
    file.close();
    removeQuietly(system, aside);
    throw error;
  }
  file.close();
  system.rename(aside, path);
  system.syncFolder(dirname(path));
}

export function removeQuietly(system: FileSystem, path: string): void {
  try {
    system.remove(path);
  } catch {
    // What cannot be removed now is garbage that the next start ignores and removes.
  }
}
