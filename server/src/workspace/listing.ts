/** The files of one declared repo, and of a `pick` rule (RES-60). */
import path from 'node:path';
import { type PathGlob, pathGlob } from '../content/path-glob.ts';
import { FolderStamps, type Found, type Keep, readFolders } from './folders.ts';
import type { Git } from './git.ts';
import { GitListing } from './git-listing.ts';
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
  /** Looks again only where something changed; false when it has to be made anew. */
  refresh?(): Promise<boolean>;
}

export interface ListingRequest {
  readonly root: string;
  /** null: do not ask Git (untrusted workspace). */
  readonly git: Git | null;
  /** Globs of the workspace's own exclude settings, used without Git. */
  readonly excludes: readonly string[];
  readonly now: () => number;
  /** Git may know a file under a name that differs in case from that on the disk. */
  readonly anyCase?: boolean;
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

/** Everything below a folder that is kept. */
async function walkDown(root: string, from: string, stamps: FolderStamps, now: number, keep: Keep): Promise<Found> {
  const found: Found = { files: [], links: new Map() };
  for (let open = [from]; open.length > 0 && found.files.length < MAX_FILES; ) {
    const walk = await readFolders(root, open, stamps, now, keep);
    for (const file of walk.files) found.files.push(file);
    for (const [link, target] of walk.links) found.links.set(link, target);
    open = walk.folders;
  }
  return found;
}

async function listPlain(request: ListingRequest): Promise<Listing> {
  const { root } = request;
  const now = request.now();
  const excluded: readonly PathGlob[] = request.excludes.map(glob => pathGlob(glob));
  const keep = (name: string): boolean => !excluded.some(glob => glob(name));
  const stamps = new FolderStamps(root);
  const repository = new Stamps();
  repository.take(path.join(root, '.git'), now);
  const { files, links } = await walkDown(root, '', stamps, now, { file: keep, folder: keep });
  return { paths: files.sort(compareText), links, git: false, holds: () => repository.hold() && stamps.hold() };
}

export async function listRepo(request: ListingRequest): Promise<Listing> {
  const tracked =
    request.git === null ? null : await GitListing.make(request.root, request.git, request.now, request.anyCase);
  return tracked ?? listPlain(request);
}

/** Files below `folder` that a `pick` rule may add although Git ignores them. */
export async function listPicked(root: string, folder: string, accepts: PathGlob, now: number): Promise<Listing> {
  const stamps = new FolderStamps(root);
  const { files, links } = await walkDown(root, folder, stamps, now, { file: accepts, folder: () => true });
  return { paths: files.sort(compareText), links, git: false, holds: () => stamps.hold() };
}
