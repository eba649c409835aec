/** Reading many folders at once, with their stamps. */
import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileStamp, RACY, settledStamp } from './stamps.ts';

const PARALLEL = 32;

/** Stamps of folders by path relative to a root. */
export class FolderStamps {
  readonly #root: string;
  readonly #taken = new Map<string, string>();

  constructor(root: string) {
    this.#root = root;
  }

  take(folder: string, now: number): void {
    this.#taken.set(folder, settledStamp(path.join(this.#root, folder), now));
  }

  has(folder: string): boolean {
    return this.#taken.has(folder);
  }

  /** Folders that are, or may be, not as they were. */
  changed(): string[] {
    const changed: string[] = [];
    for (const [folder, stamp] of this.#taken) {
      if (stamp === RACY || fileStamp(this.#root === '' ? folder : `${this.#root}/${folder}`) !== stamp)
        changed.push(folder);
    }
    return changed;
  }

  hold(): boolean {
    for (const [folder, stamp] of this.#taken) {
      if (stamp === RACY || fileStamp(`${this.#root}/${folder}`) !== stamp) return false;
    }
    return true;
  }

  /** The folder and everything below it. */
  forget(folder: string): void {
    for (const one of this.#taken.keys()) if (one === folder || one.startsWith(`${folder}/`)) this.#taken.delete(one);
  }
}

/** Files, and links with the real file each leads to (absolute). */
export interface Found {
  readonly files: string[];
  readonly links: Map<string, string>;
}

export interface Walk extends Found {
  /** Subfolders that were kept. */
  readonly folders: string[];
}

/** Which files and subfolders count. */
export interface Keep {
  file(path: string): boolean;
  folder(path: string): boolean;
}

async function eachLimited<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const drain = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL, items.length) }, drain));
}

/** Empty when there is no such folder. */
export async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** Where a link leads if that is a file; null otherwise. */
async function linkedFile(link: string): Promise<string | null> {
  try {
    const target = await realpath(link);
    return (await stat(target)).isFile() ? target : null;
  } catch {
    return null;
  }
}

/** Reads the given folders. Git's own folder is never one of the subfolders. */
export async function readFolders(
  root: string,
  folders: readonly string[],
  stamps: FolderStamps,
  now: number,
  keep: Keep,
): Promise<Walk> {
  const walk: Walk = { files: [], links: new Map(), folders: [] };
  await eachLimited(folders, async folder => {
    stamps.take(folder, now);
    for (const entry of await entriesOf(path.join(root, folder))) {
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (entry.name !== '.git' && keep.folder(name)) walk.folders.push(name);
      } else if (entry.isFile() && keep.file(name)) {
        walk.files.push(name);
      } else if (entry.isSymbolicLink() && keep.file(name)) {
        const target = await linkedFile(path.join(root, name));
        if (target !== null) walk.links.set(name, target);
      }
    }
  });
  return walk;
}

/** Every folder on the way to one of the paths, the root (``) included. */
export function parentsOf(paths: Iterable<string>): Set<string> {
  const folders = new Set(['']);
  for (const file of paths) {
    for (let cut = file.lastIndexOf('/'); cut > 0; cut = file.lastIndexOf('/', cut - 1)) {
      const folder = file.slice(0, cut);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  }
  return folders;
}

export const folderOf = (file: string): string => file.slice(0, Math.max(0, file.lastIndexOf('/')));
