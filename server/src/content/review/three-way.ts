/** Merging what two sides made of one text (UI-24): nothing of either side is ever left out. */
import { type ChangeObject, diffArrays } from 'diff';
import { linesWithEnds } from './hunks.ts';

export interface Merged {
  /** Where both sides changed the same lines differently, both are there between conflict markers. */
  readonly text: string;
  readonly conflicts: number;
}

/** Names behind the markers of the three texts. */
export interface MergeLabels {
  readonly ours: string;
  readonly base: string;
  readonly theirs: string;
}

export const MERGE_LABELS: MergeLabels = { ours: 'in the file now', base: 'read by the model', theirs: 'proposed' };

interface Change {
  readonly baseStart: number;
  readonly baseEnd: number;
  readonly start: number;
  readonly end: number;
}

interface Side {
  readonly lines: readonly string[];
  readonly changes: readonly Change[];
}

const MAX_EDITS = 4000;
const MARKERS = ['<<<<<<<', '|||||||', '=======', '>>>>>>>'] as const;

/** Whether a text still holds what {@link mergeThreeWay} leaves to the person. */
export function holdsConflict(text: string): boolean {
  const starts = (marker: string): boolean => text.startsWith(`${marker} `) || text.includes(`\n${marker} `);
  return starts(MARKERS[0]) && starts(MARKERS[3]);
}

export function mergeThreeWay(base: string, ours: string, theirs: string, labels: MergeLabels): Merged {
  if (ours === theirs || base === theirs) return { text: ours, conflicts: 0 };
  if (base === ours) return { text: theirs, conflicts: 0 };
  const baseLines = linesWithEnds(base);
  const parts: string[] = [];
  let [at, conflicts] = [0, 0];
  for (const { start, end, text, conflict } of mergedRegions(baseLines, ours, theirs, labels)) {
    parts.push(...baseLines.slice(at, start), text);
    at = end;
    if (conflict) conflicts++;
  }
  parts.push(...baseLines.slice(at));
  return { text: parts.join(''), conflicts };
}

/**
 * What a person made of a merge, with both sides put back where a conflict is still as the base was: a merge editor
 * begins with the base there, and closing it decides nothing.
 */
export function withUndecided(base: string, ours: string, theirs: string, result: string, labels: MergeLabels): Merged {
  const baseLines = linesWithEnds(base);
  const made = sideOf(baseLines, result);
  const parts: string[] = [];
  let [at, conflicts] = [0, 0];
  for (const { start, end, text, conflict } of mergedRegions(baseLines, ours, theirs, labels)) {
    const touched = made.changes.some(({ baseStart, baseEnd }) => baseStart <= end && baseEnd >= start);
    if (!conflict || touched) continue;
    const shift = made.changes.filter(({ baseEnd }) => baseEnd < start).at(-1);
    const from = start + (shift === undefined ? 0 : shift.end - shift.baseEnd);
    parts.push(...made.lines.slice(at, from), text);
    at = from + (end - start);
    conflicts++;
  }
  parts.push(...made.lines.slice(at));
  return { text: parts.join(''), conflicts };
}

interface MergedRegion {
  /** Lines of the base. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly conflict: boolean;
}

function mergedRegions(base: string[], ours: string, theirs: string, labels: MergeLabels): MergedRegion[] {
  const sides = [sideOf(base, ours), sideOf(base, theirs)] as const;
  return regionsOf(sides).map(region => {
    const { start, end } = region;
    const own = region.ours.length === 0 ? null : textOf(sides[0], region.ours, region);
    const other = region.theirs.length === 0 ? null : textOf(sides[1], region.theirs, region);
    const conflict = own !== null && other !== null && own !== other;
    const text = conflict ? conflictText(own, base.slice(start, end).join(''), other, labels) : (own ?? other ?? '');
    return { start, end, text, conflict };
  });
}

function sideOf(base: string[], text: string): Side {
  const lines = linesWithEnds(text);
  const whole = [
    { value: base, removed: true, added: false, count: base.length },
    { value: lines, removed: false, added: true, count: lines.length },
  ];
  return { lines, changes: changesOf(diffArrays(base, lines, { maxEditLength: MAX_EDITS }) ?? whole) };
}

function changesOf(parts: readonly ChangeObject<string[]>[]): Change[] {
  const changes: Change[] = [];
  let [base, fresh] = [0, 0];
  let open: { baseStart: number; start: number } | null = null;
  const close = (): void => {
    if (open !== null) changes.push({ ...open, baseEnd: base, end: fresh });
    open = null;
  };
  for (const { added, removed, value } of parts) {
    if (added || removed) open ??= { baseStart: base, start: fresh };
    else close();
    if (!added) base += value.length;
    if (!removed) fresh += value.length;
  }
  close();
  return changes;
}

/** Lines of the base that one side or both changed; changes that touch belong to one region. */
interface Region {
  start: number;
  end: number;
  readonly ours: Change[];
  readonly theirs: Change[];
}

function regionsOf([ours, theirs]: readonly [Side, Side]): Region[] {
  const all = [
    ...ours.changes.map(change => ({ change, side: 'ours' as const })),
    ...theirs.changes.map(change => ({ change, side: 'theirs' as const })),
  ].sort((a, b) => a.change.baseStart - b.change.baseStart || a.change.baseEnd - b.change.baseEnd);
  const regions: Region[] = [];
  for (const { change, side } of all) {
    let region = regions.at(-1);
    if (region === undefined || change.baseStart > region.end) {
      region = { start: change.baseStart, end: change.baseEnd, ours: [], theirs: [] };
      regions.push(region);
    }
    region.end = Math.max(region.end, change.baseEnd);
    region[side].push(change);
  }
  return regions;
}

/** What one side made of the lines of a region: its changes, and the lines between them as they were. */
function textOf(side: Side, changes: readonly Change[], region: Region): string {
  const [first, last] = [changes[0], changes.at(-1)];
  if (first === undefined || last === undefined) return '';
  const start = first.start - (first.baseStart - region.start);
  const end = last.end + (region.end - last.baseEnd);
  return side.lines.slice(start, end).join('');
}

function conflictText(ours: string, base: string, theirs: string, labels: MergeLabels): string {
  const whole = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`);
  return [
    `${MARKERS[0]} ${labels.ours}\n${whole(ours)}`,
    `${MARKERS[1]} ${labels.base}\n${whole(base)}`,
    `${MARKERS[2]}\n${whole(theirs)}`,
    `${MARKERS[3]} ${labels.theirs}\n`,
  ].join('');
}
