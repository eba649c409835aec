import type { Op } from './ast.ts';
import type { Failure } from './slot.ts';

/** Words that models write for an op, and the op they mean (LNG-17). */
const MEANT: { readonly [word: string]: Op } = {
  CLOSE: 'FOLD',
  HIDE: 'FOLD',
  COLLAPSE: 'FOLD',
  SHOW: 'OPEN',
  EXPAND: 'OPEN',
  DELETE: 'KILL',
  REMOVE: 'KILL',
  DROP: 'KILL',
  GET: 'READ',
  FETCH: 'READ',
  CAT: 'READ',
  WRITE: 'EDIT',
  CREATE: 'EDIT',
  UPDATE: 'EDIT',
  SET: 'EDIT',
  LIST: 'FIND',
  SEARCH: 'FIND',
  GREP: 'FIND',
  QUERY: 'FIND',
  RUN: 'EXEC',
  SHELL: 'EXEC',
  SPAWN: 'COPY',
  FORK: 'COPY',
};

/** The words that are near misses of an op, for completion and quick fixes. */
export const NEAR_MISSES: ReadonlyMap<string, Op> = new Map(Object.entries(MEANT));

/** Warnings for `<<Word … :Word` in a run of prose that starts at `base`. */
export function nearMisses(prose: string, base: number): readonly Failure[] {
  if (!prose.includes('<<')) return [];
  const closes = lastCloses(prose);
  const warnings: Failure[] = [];
  for (const match of prose.matchAll(/<<([A-Z]+)(?!\w)/g)) {
    const word = match[1] ?? '';
    const op = NEAR_MISSES.get(word);
    if (op === undefined || (closes.get(word) ?? -1) < match.index) continue;
    const at = base + match.index;
    warnings.push({ at, end: at + 2 + word.length, source: 'parser', message: didYouMean(word, op) });
  }
  return warnings;
}

/** Where each `:WORD` last stands in the prose. */
function lastCloses(prose: string): ReadonlyMap<string, number> {
  const closes = new Map<string, number>();
  for (const match of prose.matchAll(/:([A-Z]+)(?!\w)/g)) closes.set(match[1] ?? '', match.index);
  return closes;
}

function didYouMean(word: string, op: Op): string {
  const how = op === 'COPY' ? '`<<COPY(run://name)`' : `\`<<${op}\``;
  return `\`<<${word}\` is not an op and was read as text; did you mean ${how}?`;
}
