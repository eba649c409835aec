/** Which files exist for a session: repos, then `pick`, `view` and `hide` (RES-60). */
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { isGlob, type PathGlob, pathGlob } from '../content/path-glob.ts';
import type { Constraint } from './contract.ts';
import type { Git } from './git.ts';
import { DEFAULT_EXCLUDES, type Listing, listPicked, listRepo } from './listing.ts';
import { compareText, relativeTo } from './paths.ts';

export interface Members {
  /** Workspace-relative, ascending. */
  readonly paths: readonly string[];
  readonly has: (path: string) => boolean;
  /** The member that a path names: itself, or where the disk ignores case the one spelled differently; null: none. */
  readonly spelled: (path: string) => string | null;
  /** Read-only by a `view` rule; holds for paths that do not exist yet, too. */
  readonly isView: (path: string) => boolean;
  readonly isHidden: (path: string) => boolean;
  readonly hidden: readonly string[];
  /** Absolute folders whose files can be members; the first is the workspace root. */
  readonly roots: readonly string[];
}

export interface MembershipRequest {
  readonly root: string;
  readonly constraints: readonly Constraint[];
  readonly excludes: readonly string[];
  readonly git: Git | null;
  readonly now: () => number;
  /** False: the root lists no files by itself, only declared repos and picks do (`PLURNK_GIT_AUTO=0`). */
  readonly listsRoot?: boolean;
  /** The disk takes names that differ in case only for one. */
  readonly anyCase: boolean;
}

function declaresRoot({ root, constraints }: MembershipRequest): boolean {
  return constraints.some(({ effect, glob }) => effect === 'repo' && path.resolve(root, glob) === root);
}

/** A rule covers what its glob matches, and everything below a folder it matches; in any case where the disk ignores it. */
function covers(constraints: readonly Constraint[], effect: Constraint['effect'], anyCase: boolean): PathGlob {
  const spelled = (text: string): string => (anyCase ? text.toLowerCase() : text);
  const globs = constraints
    .filter(constraint => constraint.effect === effect)
    .map(({ glob }) => spelled(glob.replace(/^\/+/, '')))
    .flatMap(glob => [pathGlob(glob), pathGlob(`${glob.replace(/\/+$/, '')}/**`)]);
  return globs.length === 0 ? () => false : name => globs.some(glob => glob(spelled(name)));
}

export function declaredRoots(root: string, constraints: readonly Constraint[]): string[] {
  const repos = constraints.filter(({ effect }) => effect === 'repo').map(({ glob }) => path.resolve(root, glob));
  return [...new Set([root, ...repos])];
}

/** The part of a glob before its first wildcard, as a folder. */
function fixedFolder(glob: string): string {
  const segments = glob.replace(/^\/+/, '').split('/');
  const first = segments.findIndex(segment => isGlob(segment));
  return segments.slice(0, first === -1 ? segments.length - 1 : first).join('/');
}

function speller(members: ReadonlySet<string>, anyCase: boolean): Members['spelled'] {
  let folded: Map<string, string> | null = null;
  return file => {
    if (members.has(file)) return file;
    if (!anyCase) return null;
    folded ??= new Map([...members].map(member => [member.toLowerCase(), member]));
    return folded.get(file.toLowerCase()) ?? null;
  };
}

const rulesOf = (request: MembershipRequest): string =>
  JSON.stringify([request.root, request.constraints, request.excludes, request.git !== null, request.anyCase]);

/** Listings of one session; only what no longer holds is made again. */
export class Membership {
  readonly #listings = new Map<string, Listing>();
  #rules = '';
  #members: Members | null = null;
  #last: Promise<unknown> = Promise.resolve();

  /** The last answer if it was made under the same rules and has this file; the disk was not asked again. */
  recent(request: MembershipRequest, file: string): Members | null {
    return this.#members?.has(file) && rulesOf(request) === this.#rules ? this.#members : null;
  }

  /** One at a time: listings are brought up to date in place. */
  members(request: MembershipRequest): Promise<Members> {
    const turn = this.#last.then(() => this.#current(request));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #current(request: MembershipRequest): Promise<Members> {
    const rules = rulesOf(request);
    const known = rules === this.#rules && [...this.#listings.values()].every(listing => listing.holds());
    if (known && this.#members !== null) return this.#members;
    if (rules !== this.#rules) this.#listings.clear();
    this.#rules = rules;
    this.#members = await this.#build(request);
    return this.#members;
  }

  async #listing(key: string, make: () => Promise<Listing>): Promise<Listing> {
    const old = this.#listings.get(key);
    if (old?.holds() || (await old?.refresh?.())) return old as Listing;
    const made = await make();
    this.#listings.set(key, made);
    return made;
  }

  async #build(request: MembershipRequest): Promise<Members> {
    const { root, constraints, now, anyCase } = request;
    const roots = declaredRoots(root, constraints);
    const excludes = request.excludes.length > 0 ? request.excludes : DEFAULT_EXCLUDES;
    const found = new Set<string>();
    const links = new Map<string, string>();
    const add = (listing: Listing, prefix: string): void => {
      for (const file of listing.paths) found.add(prefix + file);
      for (const [link, target] of listing.links) links.set(prefix + link, target);
    };
    for (const repo of roots) {
      if (repo === root && request.listsRoot === false && !declaresRoot(request)) continue;
      const listing = await this.#listing(`repo ${repo}`, () =>
        listRepo({ root: repo, git: request.git, excludes, now, anyCase }),
      );
      add(listing, repo === root ? '' : `${relativeTo(root, repo)}/`);
    }
    for (const { effect, glob } of constraints) {
      if (effect !== 'pick') continue;
      const accepts = covers([{ effect, glob }], 'pick', anyCase);
      add(await this.#listing(`pick ${glob}`, () => listPicked(root, fixedFolder(glob), accepts, now())), '');
    }
    const isHidden = covers(constraints, 'hide', anyCase);
    const isView = covers(constraints, 'view', anyCase);
    const realRoot = await realpath(root).catch(() => root);
    for (const [link, target] of links) {
      const file = relativeTo(realRoot, target);
      if (found.has(file) && !isHidden(file)) found.add(link);
    }
    const all = [...found].sort(compareText);
    const members = new Set(all.filter(file => !isHidden(file)));
    return {
      paths: [...members],
      has: file => members.has(file),
      spelled: speller(members, anyCase),
      isView,
      isHidden,
      hidden: all.filter(isHidden),
      roots,
    };
  }
}
