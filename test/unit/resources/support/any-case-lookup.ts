import { lstat, readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { PathLookup } from '../../../../server/src/workspace/path-lookup.ts';

/** Names as a disk that ignores case answers about them (APFS, NTFS), over one that does not. */
export class AnyCaseLookup implements PathLookup {
  async realpath(file: string): Promise<string> {
    return realpath(await this.#onDisk(file));
  }

  async kind(file: string): Promise<'link' | 'other' | null> {
    try {
      return (await lstat(await this.#onDisk(file))).isSymbolicLink() ? 'link' : 'other';
    } catch {
      return null;
    }
  }

  ignoresCase(): boolean {
    return true;
  }

  /** Every part of the path as it is spelled on disk; what is not there stays as written. */
  async #onDisk(file: string): Promise<string> {
    let at = path.parse(file).root;
    for (const part of file.slice(at.length).split(path.sep)) {
      const names: readonly string[] = await readdir(at).catch(() => []);
      const name = names.includes(part) ? part : names.find(one => one.toLowerCase() === part.toLowerCase());
      at = path.join(at, name ?? part);
    }
    return at;
  }
}
