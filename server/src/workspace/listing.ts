/** The files of one declared repo: tracked, and untracked but not ignored; without Git what the excludes leave (RES-60). */
import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { type PathGlob, pathGlob } from '../content/path-glob.ts';
import { type Git, nulSeparated } from './git.ts';
import { compareText } from './paths.ts';
import { Stamps } from './stamps.ts';

export interface Listing {
  /** Relative to the repo's folder, forward slashes, ascending. */
  readonly paths: readonly string[];
  /** Links, which are not among `paths`, and the real file each leads to, absolute. */
  readonly links: ReadonlyMap<string, string>;
  /** Whether Git answered. */
  readonly git: boolean;
  /** False as soon as a file was made or removed, or what decides about membership changed. */
  holds(): boolean;
}

export interface ListingRequest {
  readonly root: string;
  /** null: do not ask Git (untrusted workspace). */
  readonly git: Git | null;
  /** Globs of the workspace's own exclude settings, used without Git. */
  readonly excludes: readonly string[];
  readonly now: () => number;
}

export const DEFAULT_EXCLUDES = [
  '**/.git',
  '**/.svn',
  '**/.hg',
  '**/.DS_Store',
  '**/Thumbs.db',
  '**/node_modules',
  '**/bower_components',
];

const MAX_FILES = 500_000;
const PARALLEL = 32;

async function eachLimited<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const drain = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL, items.length) }, drain));
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
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

interface Walk {
  readonly files: string[];
  readonly links: Map<string, string>;
  /** Folders without a listed file, relative. */
  readonly folders: string[];
}

/** Reads the given folders; `keep` says which of their files and subfolders count. */
async function readFolders(
  root: string,
  folders: readonly string[],
  stamps: Stamps,
  now: number,
  keep: { file(path: string): boolean; folder(path: string): boolean },
): Promise<Walk> {
  const walk: Walk = { files: [], links: new Map(), folders: [] };
  await eachLimited(folders, async folder => {
    const absolute = path.join(root, folder);
    stamps.take(absolute, now);
    for (const entry of await entriesOf(absolute)) {
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

function parentsOf(paths: readonly string[]): Set<string> {
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

async function notIgnored(git: Git, root: string, folders: readonly string[]): Promise<string[]> {
  if (folders.length === 0) return [];
  const answer = await git.run(
    root,
    ['check-ignore', '-z', '--stdin'],
    `${folders.map(folder => `${folder}/`).join('\0')}\0`,
  );
  const ignored = new Set(nulSeparated(answer.stdout).map(folder => folder.replace(/\/$/, '')));
  return folders.filter(folder => !ignored.has(folder));
}

/** Folders without members are watched too, so that a first file in them is noticed. */
async function watchEmpty(
  git: Git,
  root: string,
  folders: readonly string[],
  stamps: Stamps,
  now: number,
): Promise<void> {
  let open = await notIgnored(git, root, folders);
  while (open.length > 0) {
    const inside = await readFolders(root, open, stamps, now, { file: () => false, folder: () => true });
    open = await notIgnored(git, root, inside.folders);
  }
}

async function steeringFiles(git: Git, root: string): Promise<string[]> {
  const names = ['--git-path', 'index', '--git-path', 'info/exclude'];
  const answer = await git.run(root, ['rev-parse', '--show-cdup', ...names]);
  const lines = answer.stdout.toString('utf8').split('\n');
  const up = lines[0] ?? '';
  const above =
    up === ''
      ? []
      : Array.from({ length: up.split('/').length - 1 }, (_, depth) => `${'../'.repeat(depth + 1)}.gitignore`);
  return [...lines.slice(1).filter(line => line !== ''), ...above].map(file => path.resolve(root, file));
}

interface Found {
  readonly files: string[];
  readonly links: Map<string, string>;
}

async function listGit(request: ListingRequest, git: Git, stamps: Stamps): Promise<Found | null> {
  const { root } = request;
  const now = request.now();
  const [answer, steering] = await Promise.all([
    git.run(root, ['ls-files', '-z', '--cached', '--others', '--exclude-standard']),
    steeringFiles(git, root),
  ]);
  if (answer.code !== 0) return null;
  for (const file of steering) stamps.take(file, now);
  const listed = nulSeparated(answer.stdout);
  const wanted = new Set(listed);
  const folders = parentsOf(listed);
  const walk = await readFolders(root, [...folders], stamps, now, {
    file: name => wanted.has(name),
    folder: name => !folders.has(name),
  });
  for (const file of walk.files) if (file.endsWith('.gitignore')) stamps.take(path.join(root, file), now);
  const submodules = walk.folders.filter(folder => wanted.has(folder));
  await watchEmpty(
    git,
    root,
    walk.folders.filter(folder => !wanted.has(folder)),
    stamps,
    now,
  );
  for (const submodule of submodules) await listSubmodule(request, git, submodule, stamps, walk);
  return walk;
}

async function listSubmodule(
  request: ListingRequest,
  git: Git,
  folder: string,
  stamps: Stamps,
  into: Found,
): Promise<void> {
  const root = path.join(request.root, folder);
  stamps.take(root, request.now());
  const inside = (await entriesOf(root)).some(entry => entry.name === '.git');
  const found = inside ? await listGit({ ...request, root }, git, stamps) : null;
  for (const file of found?.files ?? []) into.files.push(`${folder}/${file}`);
  for (const [link, target] of found?.links ?? []) into.links.set(`${folder}/${link}`, target);
}

/** Walks down from a folder. */
async function walkDown(
  root: string,
  from: string,
  stamps: Stamps,
  now: number,
  keep: { file(path: string): boolean; folder(path: string): boolean },
): Promise<Found> {
  const found: Found = { files: [], links: new Map() };
  for (let open = [from]; open.length > 0 && found.files.length < MAX_FILES; ) {
    const walk = await readFolders(root, open, stamps, now, keep);
    for (const file of walk.files) found.files.push(file);
    for (const [link, target] of walk.links) found.links.set(link, target);
    open = walk.folders;
  }
  return found;
}

function listPlain(request: ListingRequest, stamps: Stamps): Promise<Found> {
  const excluded: readonly PathGlob[] = request.excludes.map(glob => pathGlob(glob));
  const keep = (name: string): boolean => !excluded.some(glob => glob(name));
  return walkDown(request.root, '', stamps, request.now(), { file: keep, folder: keep });
}

const listing = (found: Found, git: boolean, stamps: Stamps): Listing => ({
  paths: found.files.sort(compareText),
  links: found.links,
  git,
  holds: () => stamps.hold(),
});

export async function listRepo(request: ListingRequest): Promise<Listing> {
  const stamps = new Stamps();
  stamps.take(path.join(request.root, '.git'), request.now());
  const tracked = request.git === null ? null : await listGit(request, request.git, stamps);
  return listing(tracked ?? (await listPlain(request, stamps)), tracked !== null, stamps);
}

/** Files below `folder` that a `pick` rule may add although Git ignores them. */
export async function listPicked(root: string, folder: string, accepts: PathGlob, now: number): Promise<Listing> {
  const stamps = new Stamps();
  const found = await walkDown(root, folder, stamps, now, { file: accepts, folder: () => true });
  return listing(found, false, stamps);
}
