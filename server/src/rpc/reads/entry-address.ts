import { parsePath } from '@plurnk/plurnk-grammar';
import type { EntryRow, RunId, SessionId } from '../../store/contract.ts';
import { invalid } from '../failure.ts';
import type { RpcServices } from '../services.ts';

/** The entry at an address, of a run's streams where `owner` is given; null when there is none. Authority folds into the path, but for `run` (RES-2). */
export function entryAt(
  services: RpcServices,
  sessionId: SessionId,
  address: string,
  owner: RunId | null = null,
): EntryRow | null {
  const { store } = services;
  const target = parse(address);
  if (target === null || target.kind === 'regex') throw invalid('target', 'is not the address of one entry');
  if (target.kind === 'local') {
    const path = decoded(target.raw.replace(/^\.\//, ''));
    return first([path, `/${path}`], pathname => find(null, pathname, null));
  }
  if (target.scheme === 'run') return inScratch(target.hostname ?? '', decoded(target.pathname ?? ''));
  if (target.scheme === 'file') {
    const path = decoded(target.pathname ?? '').replace(/^\//, '');
    return first([path, `/${path}`], pathname => find(null, pathname, null));
  }
  const authority = target.hostname === null ? '' : `/${target.hostname}`;
  const pathname = decoded(`${authority}${target.pathname ?? ''}`);
  const rooted = pathname.startsWith('/') ? pathname : `/${pathname}`;
  const { scheme } = target;
  return first(
    [rooted, rooted.slice(1)],
    path => find(scheme, path, owner) ?? find(scheme, path, null) ?? ofAnyRun(path),
  );

  /** A stream belongs to the run that started it; a client that names none means its own, else the newest (ENG-3). */
  function ofAnyRun(path: string): EntryRow | null {
    if (owner !== null || !/^\/?\d+\/\d+\/\d+$/.test(path)) return null;
    const own = services.caller.attachment?.runId;
    const runs = store.runs.list(sessionId).map(run => run.id);
    return first(own === undefined ? runs : [own, ...runs], runId => find(scheme, path, runId));
  }

  function find(scheme: string | null, pathname: string, runId: RunId | null): EntryRow | null {
    return store.entries.find({ sessionId, scope: runId === null ? 'session' : 'run', runId, scheme, pathname });
  }

  function inScratch(owner: string, pathname: string): EntryRow | null {
    const own = services.caller.attachment?.runId ?? null;
    const runId = owner === 'self' ? own : (store.runs.byName(sessionId, decoded(owner))?.id ?? null);
    return runId === null ? null : find('run', pathname, runId);
  }
}

function parse(address: string) {
  try {
    return parsePath(address);
  } catch (error) {
    throw invalid('target', error instanceof Error ? error.message : 'is not an address');
  }
}

function first<Candidate, T>(candidates: readonly Candidate[], look: (candidate: Candidate) => T | null): T | null {
  for (const candidate of candidates) {
    const found = look(candidate);
    if (found !== null) return found;
  }
  return null;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
