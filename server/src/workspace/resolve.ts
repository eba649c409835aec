/** From a written path to a member, or the reason why not (RES-3, RES-60). */
import path from 'node:path';
import type { FileFailure } from './contract.ts';
import type { Members } from './membership.ts';
import type { PathLookup } from './path-lookup.ts';
import { isInside, refusedPath, relativeTo } from './paths.ts';

export interface Resolved {
  /** Workspace-relative, forward slashes. */
  readonly path: string;
  readonly absolute: string;
  readonly exists: boolean;
}

const forbidden = (message: string): FileFailure => ({ status: 403, message, outcome: 'forbidden' });
const absent = (raw: string): FileFailure => ({
  status: 404,
  message: `${raw} is not among the workspace's files. FIND lists them.`,
});

/** The real path of the nearest ancestor that exists, with the rest appended. */
async function realAncestor(absolute: string, lookup: PathLookup): Promise<string> {
  for (let [at, rest] = [absolute, '']; ; ) {
    try {
      return path.join(await lookup.realpath(at), rest);
    } catch {
      if ((await lookup.kind(at)) === 'link') return path.join(path.parse(at).root, '\0dangling');
      rest = path.join(path.basename(at), rest);
      const up = path.dirname(at);
      if (up === at) return absolute;
      at = up;
    }
  }
}

/** Member path of a real file: its own, or the one that another spelling (case, link) leads to. */
function memberPath(members: Members, root: string, written: string, real: string): string | null {
  const target = members.spelled(relativeTo(root, real));
  return target !== null && members.has(written) ? written : target;
}

/** What every answer about a path rests on. */
export interface Known {
  readonly members: Members;
  readonly lookup: PathLookup;
}

export async function resolvePath(
  { members, lookup }: Known,
  raw: string,
  forWriting: boolean,
): Promise<Resolved | FileFailure> {
  const root = members.roots[0] ?? '';
  const refused = refusedPath(raw);
  if (refused !== null) return forbidden(refused);
  const absolute = path.resolve(root, raw);
  const written = relativeTo(root, absolute);
  if (!members.roots.some(one => isInside(one, absolute))) return forbidden(`${raw} is outside the workspace.`);
  const realRoots = await Promise.all(members.roots.map(one => lookup.realpath(one).catch(() => one)));
  const real = await realAncestor(absolute, lookup);
  if (!realRoots.some(one => isInside(one, real)))
    return forbidden(`${raw} leads outside the workspace through a link.`);
  const at = { raw, forWriting, root, realRoot: realRoots[0] ?? root, absolute, written, real };
  if ((await lookup.kind(absolute)) !== null) return present(members, at);
  return forWriting ? creatable(members, at, lookup) : absent(raw);
}

/** A path that is free. Rules hold for the place it really is in, too, whatever links and spellings lead there. */
function creatable(members: Members, at: Presence, lookup: PathLookup): Resolved | FileFailure {
  const { raw, root, written } = at;
  const real = relativeTo(at.realRoot, at.real);
  if (members.isHidden(written) || members.isHidden(real))
    return forbidden(`${raw} is hidden from this session by a hide rule.`);
  if (members.isView(written) || members.isView(real))
    return forbidden(`${raw} is read-only in this session (view rule).`);
  const respelled = real !== written && lookup.ignoresCase(root) && real.toLowerCase() === written.toLowerCase();
  const name = respelled ? real : written;
  return { path: name, absolute: path.resolve(root, name), exists: false };
}

interface Presence {
  readonly raw: string;
  readonly forWriting: boolean;
  readonly root: string;
  readonly realRoot: string;
  readonly absolute: string;
  readonly written: string;
  readonly real: string;
}

function present(members: Members, at: Presence): Resolved | FileFailure {
  const repo = members.roots.find((one, index) => index > 0 && isInside(one, at.absolute));
  const member =
    repo === undefined
      ? memberPath(members, at.realRoot, at.written, at.real)
      : members.has(at.written)
        ? at.written
        : null;
  if (member === null) {
    return at.forWriting
      ? forbidden(`${at.raw} exists but is not among the workspace's files, so it cannot be changed.`)
      : absent(at.raw);
  }
  const target = relativeTo(at.realRoot, at.real);
  if (at.forWriting && (members.isView(member) || members.isView(target))) {
    return forbidden(`${at.raw} is read-only in this session (view rule).`);
  }
  return { path: member, absolute: path.resolve(at.root, member), exists: true };
}
