/** Writes that leave the old file or the new one, whatever happens (RES-63). */
import { randomBytes } from 'node:crypto';
import { link, mkdir, open, rename, stat, unlink } from 'node:fs/promises';
import path from 'node:path';

export interface AtomicWrite {
  readonly absolute: string;
  readonly bytes: Uint8Array;
  /** Permission bits of the file that is replaced; null for a new one. */
  readonly mode: number | null;
  /** Last look before the swap; false gives up. */
  stillExpected(): Promise<boolean>;
}

async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // Some systems cannot open or flush folders; the rename itself is atomic all the same.
  }
}

async function writeTemporary(file: string, write: AtomicWrite): Promise<void> {
  const handle = await open(file, 'wx', write.mode ?? 0o666);
  try {
    await handle.writeFile(write.bytes);
    if (write.mode !== null) await handle.chmod(write.mode & 0o7777);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Puts a new file in place only if none has appeared; true when it did. */
async function placeNew(temporary: string, absolute: string): Promise<boolean> {
  try {
    await link(temporary, absolute);
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'EEXIST') return false;
    const present = await stat(absolute).then(
      () => true,
      () => false,
    );
    if (present) return false;
    await rename(temporary, absolute);
    return true;
  }
}

/** false: the target is not what was expected any more, and nothing was written. */
export async function writeAtomic(write: AtomicWrite): Promise<boolean> {
  const folder = path.dirname(write.absolute);
  await mkdir(folder, { recursive: true });
  const temporary = path.join(
    folder,
    `.${path.basename(write.absolute).slice(0, 100)}.${randomBytes(6).toString('hex')}.tmp`,
  );
  try {
    await writeTemporary(temporary, write);
    if (!(await write.stillExpected())) return false;
    if (write.mode === null) {
      if (!(await placeNew(temporary, write.absolute))) return false;
    } else await rename(temporary, write.absolute);
    await syncFolder(folder);
    return true;
  } finally {
    await unlink(temporary).catch(() => undefined);
  }
}
