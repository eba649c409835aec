/** Globs over paths: wildcards within a segment, `**` over segments, `{a,b}` alternatives. Linear, no extglobs (RES-42). */
import { type Wildcard, wildcard } from './wildcard.ts';

export type PathGlob = (path: string) => boolean;

/** Whether a target names a set of paths rather than one. */
export const isGlob = (target: string): boolean => /[*?[{]/.test(target);

const MAX_ALTERNATIVES = 256;

/** Parts of `{a,b,{c,d}}` at the top level, or null when there is no whole pair of braces. */
function braces(pattern: string): { before: string; parts: string[]; after: string } | null {
  const open = pattern.indexOf('{');
  if (open === -1) return null;
  const parts: string[] = [];
  let [depth, start] = [0, open + 1];
  for (let at = open; at < pattern.length; at++) {
    const char = pattern.charAt(at);
    if (char === '{') depth++;
    if (char === '}') depth--;
    if (depth === 0 || (char === ',' && depth === 1)) {
      parts.push(pattern.slice(start, at));
      start = at + 1;
    }
    if (depth === 0) return { before: pattern.slice(0, open), parts, after: pattern.slice(at + 1) };
  }
  return null;
}

function expand(pattern: string): string[] {
  let open = [pattern];
  const done: string[] = [];
  while (open.length > 0) {
    const next: string[] = [];
    for (const one of open) {
      const found = braces(one);
      if (found === null || found.parts.length < 2) done.push(one);
      else next.push(...found.parts.map(part => found.before + part + found.after));
    }
    if (next.length + done.length > MAX_ALTERNATIVES) return [pattern];
    open = next;
  }
  return done;
}

type Segment = '**' | Wildcard;

/** Star of stars: reachable pattern positions, segment by segment. */
function matches(pattern: readonly Segment[], path: readonly string[]): boolean {
  let reach = new Set([0]);
  const close = (positions: Set<number>): Set<number> => {
    for (const at of positions) if (pattern[at] === '**') positions.add(at + 1);
    return positions;
  };
  reach = close(reach);
  for (const name of path) {
    const next = new Set<number>();
    for (const at of reach) {
      const segment = pattern[at];
      if (segment === '**') next.add(at);
      else if (segment?.(name)) next.add(at + 1);
    }
    if (next.size === 0) return false;
    reach = close(next);
  }
  return reach.has(pattern.length);
}

const split = (path: string): string[] => path.split('/').filter(part => part !== '');

function compileOne(pattern: string): PathGlob {
  const segments = split(pattern).map((part): Segment => (part === '**' ? '**' : wildcard(part)));
  return path => matches(segments, split(path));
}

/** How much looking at one path costs, in characters of the pattern with its alternatives written out. */
export const globCost = (pattern: string): number => expand(pattern).reduce((sum, one) => sum + one.length, 0);

/**
 * A glob of a target. A trailing `/` means everything below. With `anywhere`, a pattern without a slash matches the
 * name at any depth (as exclude settings and constraints do).
 */
export function pathGlob(pattern: string, options: { readonly anywhere?: boolean } = {}): PathGlob {
  const below = pattern.endsWith('/') ? `${pattern}**` : pattern;
  const rooted = options.anywhere === true && !below.includes('/') ? `**/${below}` : below;
  if (rooted === '**') return () => true;
  const globs = expand(rooted).map(compileOne);
  return path => globs.some(glob => glob(path));
}
