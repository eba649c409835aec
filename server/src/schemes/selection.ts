/** Which entries and which places in them an op addresses: target, tags, matcher, marks (RES-14 … RES-17). */
import type { Matcher, Target } from '@plurnk/plurnk-grammar';
import type { Candidate, MatchedSpan, Matching } from '../content/contract.ts';
import { globCost, isGlob, pathGlob } from '../content/path-glob.ts';
import { type Address, addressOf } from './address.ts';
import type { OpContext } from './contract.ts';
import type { Registry } from './registry.ts';
import { type Failure, fail, type Item, isFailed, type Scheme } from './scheme.ts';

export interface Selection {
  readonly scheme: Scheme;
  /** null for a `#regex#` target. */
  readonly address: Address | null;
  /** The target names a set of entries and not one. */
  readonly many: boolean;
  readonly items: readonly Item[];
}

/** Whether an address selects a set: a glob, or a folder. */
export const isSet = (address: Address, scheme: Scheme): boolean =>
  scheme.isSet?.(address) ??
  (isGlob(address.path) || address.path === '' || address.path.endsWith('/') || address.path === '.');

const hasTags = (item: Item, tags: readonly string[] | null): boolean =>
  (tags ?? []).every(tag => item.tags.includes(tag));

const withTags = (items: readonly Item[], tags: readonly string[] | null): readonly Item[] =>
  tags === null || tags.length === 0 ? items : items.filter(item => hasTags(item, tags));

/** Characters of a glob times paths: what the main thread does for one target. More goes to a worker (RES-42). */
const MOST_WORK = 1_000_000;

/** A glob of a target, relative to where the scheme's paths begin. */
function scopeOf(glob: string): string {
  const path = glob.replace(/^(?:\.\/+)+/, '').replace(/^\.$/, '');
  return path === '' || path === '/' ? '**' : path;
}

async function inScope(
  items: readonly Item[],
  glob: string,
  matching: Matching,
  signal: AbortSignal,
): Promise<readonly Item[] | Failure> {
  const scope = scopeOf(glob);
  if (scope === '**') return items;
  if (globCost(scope) * items.length <= MOST_WORK) {
    const accepts = pathGlob(scope);
    return items.filter(item => accepts(item.path));
  }
  const paths = items.map(item => item.path);
  const answer = await matching.matchGlob(scope, paths, signal);
  if (answer.status !== 200) return fail(answer.status, answer.reason);
  return answer.found.flatMap(at => items[at] ?? []);
}

async function byPattern(
  registry: Registry,
  matching: Matching,
  target: Extract<Target, { kind: 'regex' }>,
  context: OpContext,
): Promise<Selection | Failure> {
  const scheme = registry.require('file');
  const everything: Address = { scheme: 'file', path: '**', authority: '', channel: null, params: {}, raw: target.raw };
  const all = (await scheme.list?.(everything, context)) ?? [];
  if (isFailed(all)) return all;
  const found = await matching.matchPaths(
    target.pattern,
    target.flags,
    all.map(item => item.path),
    context.signal,
  );
  if (found.status !== 200) return fail(found.status, found.reason);
  const chosen = new Set(found.paths);
  return { scheme, address: null, many: true, items: all.filter(item => chosen.has(item.path)) };
}

/** Entries that a target and tags select. An exact address wins over its reading as a glob. */
export async function select(
  registry: Registry,
  matching: Matching,
  target: Target | null,
  tags: readonly string[] | null,
  context: OpContext,
): Promise<Selection | Failure> {
  if (target?.kind === 'regex') {
    const found = await byPattern(registry, matching, target, context);
    return isFailed(found) ? found : { ...found, items: withTags(found.items, tags) };
  }
  const address = target === null ? null : addressOf(target);
  if (address === null) return fail(400, 'A target is missing: say where, for example (src/**) or (known:///**).');
  const scheme = registry.find(address.scheme);
  if (scheme === null) return registry.unknown(address.scheme);
  const several = isSet(address, scheme) && (address.path.endsWith('/') || address.path.includes('*'));
  const exact = several ? null : ((await scheme.item?.(address, context)) ?? null);
  if (exact !== null && !isFailed(exact)) {
    return { scheme, address, many: false, items: hasTags(exact, tags) ? [exact] : [] };
  }
  if (!isSet(address, scheme)) return exact ?? { scheme, address, many: false, items: [] };
  if (scheme.list === undefined) return fail(501, `${scheme.info.name} addresses cannot be listed.`);
  const all = await scheme.list(address, context);
  if (isFailed(all)) return all;
  const chosen = await scoped(all, scheme.scopeGlob?.(address, context) ?? address.path, matching, context.signal);
  return isFailed(chosen) ? chosen : { scheme, address, many: true, items: withTags(chosen, tags) };
}

/** Items of a glob. Names with brackets are common in paths: where the set matches nothing, it is taken as written. */
async function scoped(
  items: readonly Item[],
  glob: string,
  matching: Matching,
  signal: AbortSignal,
): Promise<readonly Item[] | Failure> {
  const found = await inScope(items, glob, matching, signal);
  if (isFailed(found) || found.length > 0 || !glob.includes('[')) return found;
  return inScope(items, glob.replaceAll('[', '\\['), matching, signal);
}

export interface Place {
  readonly item: Item;
  readonly candidate: Candidate;
  readonly span: MatchedSpan;
  /** 203 when the content was matched as text only. */
  readonly status: number;
  readonly reason?: string;
}

export interface Places {
  readonly places: readonly Place[];
  /** Items the dialect makes no sense for, or that could not be searched. */
  readonly refused: readonly { readonly item: Item; readonly status: number; readonly reason: string }[];
}

const sameSpan = (a: MatchedSpan, b: MatchedSpan): boolean => a.lineStart === b.lineStart && a.lineEnd === b.lineEnd;

/** Identical spans once, in the order of position. */
function tidy(spans: readonly MatchedSpan[]): readonly MatchedSpan[] {
  if (spans.length < 2) return spans;
  const sorted = [...spans].sort((a, b) => a.lineStart - b.lineStart || a.lineEnd - b.lineEnd);
  return sorted.filter((span, index) => {
    const previous = sorted[index - 1];
    return previous === undefined || !sameSpan(previous, span);
  });
}

/** Runs a matcher over the items; path ascending, then position, for `~` by score (RES-15). */
export async function locate(
  matching: Matching,
  matcher: Matcher,
  items: readonly Item[],
  signal: AbortSignal,
): Promise<Places | Failure> {
  const searched: Item[] = [];
  const candidates: Candidate[] = [];
  for (const item of items) {
    const candidate = item.candidate();
    if (candidate === null) continue;
    searched.push(item);
    candidates.push(candidate);
  }
  const answer = await matching.matchMany(matcher, candidates, signal);
  if (answer.status !== 200) return fail(answer.status, answer.reason ?? 'The matcher could not be used here.');
  const places: Place[] = [];
  const refused: { item: Item; status: number; reason: string }[] = [];
  for (const { at, result } of answer.results) {
    const [item, candidate] = [searched[at], candidates[at]];
    if (item === undefined || candidate === undefined) continue;
    if (result.status >= 400) refused.push({ item, status: result.status, reason: result.reason ?? '' });
    const because = result.reason === undefined ? {} : { reason: result.reason };
    for (const span of tidy(result.spans)) places.push({ item, candidate, span, status: result.status, ...because });
  }
  if (matcher.dialect === 'semantic') places.sort((a, b) => (b.span.score ?? 0) - (a.span.score ?? 0));
  return { places, refused };
}
