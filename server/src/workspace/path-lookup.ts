/** How the file system answers about names. The boundary at which a test puts one that ignores case (RL-13). */
import { type BigIntStats, statSync } from 'node:fs';
import { lstat, realpath } from 'node:fs/promises';
import path from 'node:path';

export interface PathLookup {
  /** Links resolved, every name as it is on disk. Throws when there is nothing. */
  realpath(path: string): Promise<string>;
  /** What stands there, a link not followed; null: nothing. */
  kind(path: string): Promise<'link' | 'other' | null>;
  /** Whether names that differ in case only are one name in this folder. Absolute path of a folder that exists. */
  ignoresCase(folder: string): boolean;
}

function statOf(file: string): BigIntStats | null {
  try {
    return statSync(file, { bigint: true, throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}

const swapCase = (text: string): string =>
  text.replace(/./gu, char => (char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase()));

/** Asks for the folder, or for the nearest above it that has letters in its name, by its name in the other case. */
function probe(folder: string): boolean {
  const name = path.basename(folder);
  const up = path.dirname(folder);
  const other = swapCase(name);
  if (other === name) return up !== folder && probe(up);
  const [one, two] = [statOf(folder), statOf(path.join(up, other))];
  return one !== null && two !== null && one.ino === two.ino && one.dev === two.dev;
}

class SystemLookup implements PathLookup {
  readonly #probed = new Map<string, boolean>();

  realpath(file: string): Promise<string> {
    return realpath(file);
  }

  async kind(file: string): Promise<'link' | 'other' | null> {
    try {
      return (await lstat(file)).isSymbolicLink() ? 'link' : 'other';
    } catch {
      return null;
    }
  }

  ignoresCase(folder: string): boolean {
    const known = this.#probed.get(folder);
    if (known !== undefined) return known;
    const answer = probe(folder);
    this.#probed.set(folder, answer);
    return answer;
  }
}

export const createSystemLookup = (): PathLookup => new SystemLookup();
