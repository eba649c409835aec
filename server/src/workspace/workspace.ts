/** The workspace of each session: membership, reading, compare-and-swap writing, what changed on disk. */
import { mkdir, realpath, rename, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { encode, NEW_FILE } from '../content/encoding.ts';
import { mimetypeOf } from '../content/mimetype.ts';
import type { SessionId, Store } from '../store/contract.ts';
import { writeAtomic } from './atomic-write.ts';
import type { EditorBridge, FileChange, FileFailure, FileSnapshot, Workspace } from './contract.ts';
import { createGit, type Git } from './git.ts';
import { gitSummary } from './git-status.ts';
import { KnownFiles } from './known-files.ts';
import { bufferText, MemberPlace } from './member-place.ts';
import { type Members, Membership, type MembershipRequest } from './membership.ts';
import { createSystemLookup, type PathLookup } from './path-lookup.ts';
import { isInside, refusedPath, relativeTo } from './paths.ts';
import { type Resolved, resolvePath } from './resolve.ts';
import {
  binaryFailure,
  bufferSignature,
  type FileOnDisk,
  failureOf,
  isFileFailure,
  readOnDisk,
  sameContent,
} from './snapshots.ts';
import { fileStamp } from './stamps.ts';

export interface WorkspaceDeps {
  readonly store: Pick<Store, 'sessions' | 'entries' | 'constraints' | 'transaction'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly tokens: (text: string) => number;
  /** The attached editor of a session; null when headless. */
  readonly bridge?: (sessionId: SessionId) => EditorBridge | null;
  /** Untrusted: no process, no write (RL-17). */
  readonly trusted?: (sessionId: SessionId) => boolean;
  /** Whether the packet may show Git and runs may ask it. */
  readonly gitAllowed?: (sessionId: SessionId) => boolean;
  /** Whether the root is a declared repo by itself; it is by default (RES-60). */
  readonly listsRoot?: () => boolean;
  /** The workspace's own exclude globs, used without Git. */
  readonly excludes?: (sessionId: SessionId) => readonly string[];
  readonly git?: Git;
  /** The file system's names; the system's own by default. */
  readonly lookup?: PathLookup;
}

const NO_FOLDER: FileFailure = {
  status: 403,
  message: 'This session has no workspace folder.',
  outcome: 'no_workspace',
};
const NOTHING: Members = {
  paths: [],
  has: () => false,
  spelled: () => null,
  isView: () => false,
  isHidden: () => false,
  hidden: [],
  roots: [],
};

const conflict = (name: string, what: string): FileFailure => ({
  status: 409,
  message: `${name} ${what}. Nothing was written. READ it again, then edit what is there now.`,
  outcome: 'write_conflict',
});

class SessionWorkspaces implements Workspace {
  /** Files that are being written right now, as `session:path`. */
  readonly #writing = new Set<string>();
  readonly #deps: WorkspaceDeps;
  readonly #git: Git;
  readonly #lookup: PathLookup;
  readonly #memberships = new Map<SessionId, Membership>();
  readonly #known: KnownFiles;

  constructor(deps: WorkspaceDeps) {
    this.#deps = deps;
    this.#git = deps.git ?? createGit();
    this.#lookup = deps.lookup ?? createSystemLookup();
    this.#known = new KnownFiles(deps);
  }

  async members(sessionId: SessionId): Promise<readonly string[]> {
    return (await this.#members(sessionId)).paths;
  }

  async effects(sessionId: SessionId): ReturnType<Workspace['effects']> {
    const members = await this.#members(sessionId);
    const withEffect = members.paths.map(file => ({
      path: file,
      effect: members.isView(file) ? ('view' as const) : ('member' as const),
    }));
    return { members: withEffect, hidden: members.hidden };
  }

  async resolve(sessionId: SessionId, raw: string, forWriting: boolean): Promise<Resolved | FileFailure> {
    const root = this.#root(sessionId);
    if (root === null) return NO_FOLDER;
    if (forWriting && !this.#trusted(sessionId)) {
      return {
        status: 403,
        message: 'This workspace is not trusted, so nothing can be written.',
        outcome: 'untrusted',
      };
    }
    const members = await this.#membersFor(sessionId, root, raw);
    return resolvePath({ members, lookup: this.#lookup }, raw, forWriting);
  }

  async read(sessionId: SessionId, file: string): Promise<FileSnapshot | FileFailure> {
    const place = await this.resolve(sessionId, file, false);
    return isFileFailure(place) ? place : this.#snapshot(sessionId, place);
  }

  async signature(sessionId: SessionId, file: string): ReturnType<Workspace['signature']> {
    const place = await this.resolve(sessionId, file, false);
    if (isFileFailure(place)) return place;
    const buffer = this.#buffer(sessionId, place.absolute);
    if (buffer !== null) return { signature: bufferSignature(buffer), binary: false };
    const disk = await readOnDisk(place.absolute, place.path);
    return isFileFailure(disk) ? disk : { signature: disk.signature, binary: disk.binary };
  }

  locator(sessionId: SessionId): ReturnType<Workspace['locator']> {
    const root = this.#root(sessionId) ?? '';
    const bridge = this.#deps.bridge?.(sessionId) ?? null;
    const below = root.endsWith(path.sep) ? root : root + path.sep;
    // Names of listings are clean; joining them properly counts when there are tens of thousands.
    const absolute = (file: string): string =>
      path.sep === '/' && !file.startsWith('.') ? below + file : path.join(root, file);
    return file => new MemberPlace(file, absolute(file), bridge);
  }

  known(sessionId: SessionId, path: string): FileSnapshot | null {
    return this.#known.known(sessionId, path);
  }

  remember(sessionId: SessionId, snapshot: FileSnapshot): void {
    this.#known.remember(sessionId, snapshot, this.locator(sessionId)(snapshot.path).absolute);
  }

  async write(
    sessionId: SessionId,
    file: string,
    text: string,
    expected: string | null,
  ): ReturnType<Workspace['write']> {
    const place = await this.resolve(sessionId, file, true);
    if (isFileFailure(place)) return place;
    const writing = `${sessionId}:${place.path}`;
    this.#writing.add(writing);
    try {
      const old = await this.#expected(sessionId, place, expected);
      if (old !== null && isFileFailure(old)) return old;
      if (old?.binary) return binaryFailure(place.path);
      const bridge = this.#deps.bridge?.(sessionId) ?? null;
      const failed =
        bridge === null
          ? await this.#writeDisk(place, text, old)
          : await writeEditor(bridge, place, text, old === null);
      if (failed !== null) return failed;
      return await this.#written(sessionId, place);
    } catch (error) {
      return failureOf(error, file);
    } finally {
      this.#writing.delete(writing);
    }
  }

  async remove(sessionId: SessionId, file: string, expected: string): ReturnType<Workspace['remove']> {
    const place = await this.resolve(sessionId, file, true);
    if (isFileFailure(place)) return place;
    try {
      const old = await this.#expected(sessionId, place, expected);
      if (old !== null && isFileFailure(old)) return old;
      const bridge = this.#deps.bridge?.(sessionId) ?? null;
      const refused = await bridge?.applyEdit({ kind: 'delete', path: place.absolute });
      if (refused !== undefined && !refused.applied) return editorRefused(place.path, refused.reason);
      if (bridge === null) await unlink(place.absolute);
      this.#known.forget(sessionId, place.path);
      return { removed: true };
    } catch (error) {
      return failureOf(error, file);
    }
  }

  async move(sessionId: SessionId, from: string, to: string, expected: string): ReturnType<Workspace['move']> {
    const source = await this.resolve(sessionId, from, true);
    if (isFileFailure(source)) return source;
    const target = await this.resolve(sessionId, to, true);
    if (isFileFailure(target)) return target;
    if (target.exists) return conflict(target.path, 'exists already');
    try {
      const old = await this.#expected(sessionId, source, expected);
      if (old !== null && isFileFailure(old)) return old;
      const bridge = this.#deps.bridge?.(sessionId) ?? null;
      const refused = await bridge?.applyEdit({ kind: 'rename', path: source.absolute, to: target.absolute });
      if (refused !== undefined && !refused.applied) return editorRefused(source.path, refused.reason);
      if (bridge === null) {
        await mkdir(path.dirname(target.absolute), { recursive: true });
        await rename(source.absolute, target.absolute);
      }
      this.#known.forget(sessionId, source.path);
      return await this.#written(sessionId, target);
    } catch (error) {
      return failureOf(error, from);
    }
  }

  async sync(sessionId: SessionId): Promise<readonly FileChange[]> {
    if (this.#root(sessionId) === null) return [];
    const members = await this.#members(sessionId);
    const locate = this.locator(sessionId);
    const writing = (file: string): boolean => this.#writing.has(`${sessionId}:${file}`);
    return this.#known.changes(sessionId, { members, locate, writing, read: file => this.read(sessionId, file) });
  }

  async gitStatus(sessionId: SessionId): Promise<string | null> {
    const root = this.#root(sessionId);
    if (root === null || !this.#trusted(sessionId) || this.#deps.gitAllowed?.(sessionId) === false) return null;
    return gitSummary(this.#git, root);
  }

  constraintsChanged(sessionId: SessionId): void {
    this.#memberships.delete(sessionId);
  }

  async directory(sessionId: SessionId, raw: string | null): Promise<string | FileFailure> {
    const root = this.#root(sessionId);
    if (root === null) return NO_FOLDER;
    const refused = raw === null ? null : refusedPath(raw);
    if (refused !== null) return { status: 403, message: refused, outcome: 'forbidden' };
    const members = await this.#members(sessionId);
    const absolute = path.resolve(root, raw ?? '.');
    try {
      const real = await realpath(absolute);
      const roots = await Promise.all(members.roots.map(one => realpath(one).catch(() => one)));
      if (!roots.some(one => isInside(one, real))) throw new RangeError('outside');
      if ((await stat(real)).isDirectory()) return real;
      return { status: 400, message: `${raw} is no folder.` };
    } catch {
      if (!members.roots.some(one => isInside(one, absolute)) || (await stat(absolute).catch(() => null)) !== null) {
        return {
          status: 403,
          message: `${raw} is outside the workspace. Commands run inside it.`,
          outcome: 'forbidden',
        };
      }
      return { status: 404, message: `The folder ${raw} does not exist.` };
    }
  }

  dispose(): void {
    this.#memberships.clear();
  }

  #root(sessionId: SessionId): string | null {
    return this.#deps.store.sessions.get(sessionId)?.projectRoot ?? null;
  }

  #trusted(sessionId: SessionId): boolean {
    return this.#deps.trusted?.(sessionId) ?? true;
  }

  #buffer(sessionId: SessionId, absolute: string): string | null {
    return bufferText(this.#deps.bridge?.(sessionId) ?? null, absolute);
  }

  #membership(sessionId: SessionId): Membership {
    const membership = this.#memberships.get(sessionId) ?? new Membership();
    this.#memberships.set(sessionId, membership);
    return membership;
  }

  #request(sessionId: SessionId, root: string): MembershipRequest {
    return {
      root,
      constraints: this.#deps.store.constraints.list(sessionId),
      excludes: this.#deps.excludes?.(sessionId) ?? [],
      git: this.#trusted(sessionId) ? this.#git : null,
      now: this.#deps.now,
      listsRoot: this.#deps.listsRoot?.() ?? true,
      anyCase: this.#lookup.ignoresCase(root),
    };
  }

  async #members(sessionId: SessionId): Promise<Members> {
    const root = this.#root(sessionId);
    return root === null ? NOTHING : this.#membership(sessionId).members(this.#request(sessionId, root));
  }

  /** A known member is not worth a look at every folder; anything else is. */
  async #membersFor(sessionId: SessionId, root: string, raw: string): Promise<Members> {
    const request = this.#request(sessionId, root);
    const membership = this.#membership(sessionId);
    return membership.recent(request, relativeTo(root, path.resolve(root, raw))) ?? membership.members(request);
  }

  async #snapshot(sessionId: SessionId, place: Resolved): Promise<FileSnapshot | FileFailure> {
    const mimetype = mimetypeOf(place.path);
    const buffer = this.#buffer(sessionId, place.absolute);
    if (buffer !== null) {
      return { path: place.path, text: buffer, signature: bufferSignature(buffer), fromBuffer: true, mimetype };
    }
    const disk = await readOnDisk(place.absolute, place.path);
    if (isFileFailure(disk)) return disk;
    if (disk.binary) return binaryFailure(place.path);
    return { path: place.path, text: disk.text, signature: disk.signature, fromBuffer: false, mimetype };
  }

  /** What is there now if it is what was expected (null: nothing expected, nothing there), else the conflict. */
  async #expected(
    sessionId: SessionId,
    place: Resolved,
    expected: string | null,
  ): Promise<FileOnDisk | null | FileFailure> {
    if (expected === null) return place.exists ? conflict(place.path, 'has appeared in the meantime') : null;
    if (!place.exists) return conflict(place.path, 'is gone');
    const disk = await readOnDisk(place.absolute, place.path);
    if (isFileFailure(disk)) return disk;
    const buffer = this.#buffer(sessionId, place.absolute);
    const current = buffer === null ? disk : { text: buffer, signature: bufferSignature(buffer) };
    return sameContent(expected, current) ? disk : conflict(place.path, 'has changed in the meantime');
  }

  async #writeDisk(place: Resolved, text: string, old: FileOnDisk | null): Promise<FileFailure | null> {
    const absolute = old === null ? place.absolute : await realpath(place.absolute);
    const stamp = fileStamp(absolute);
    const swapped = await writeAtomic({
      absolute,
      bytes: encode(old?.text ?? '', text, old?.form ?? NEW_FILE),
      mode: old?.mode ?? null,
      stillExpected: async () => fileStamp(absolute) === stamp,
    });
    return swapped ? null : conflict(place.path, 'has changed in the meantime');
  }

  /** After a write: a new file is a member from now on, and the session knows the new content. */
  async #written(sessionId: SessionId, place: Resolved): Promise<{ signature: string } | FileFailure> {
    const members = await this.#members(sessionId);
    if (!members.has(place.path)) {
      this.#deps.store.constraints.add(sessionId, 'pick', place.path, this.#deps.now());
    }
    const snapshot = await this.#snapshot(sessionId, place);
    if (isFileFailure(snapshot)) return snapshot.status === 415 ? { signature: fileStamp(place.absolute) } : snapshot;
    this.remember(sessionId, snapshot);
    return { signature: snapshot.signature };
  }
}

function editorRefused(name: string, reason: string | undefined): FileFailure {
  return {
    status: 409,
    message: `The editor did not apply the change to ${name}${reason === undefined ? '' : `: ${reason}`}.`,
    outcome: 'apply_failed',
  };
}

async function writeEditor(
  bridge: EditorBridge,
  place: Resolved,
  text: string,
  create: boolean,
): Promise<FileFailure | null> {
  const answer = await bridge.applyEdit({ kind: 'write', path: place.absolute, text, create });
  return answer.applied ? null : editorRefused(place.path, answer.reason);
}

export function createWorkspace(deps: WorkspaceDeps): Workspace {
  return new SessionWorkspaces(deps);
}
