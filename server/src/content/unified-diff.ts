/** Unified diffs with three lines of context, for proposals and their review. */
import { structuredPatch } from 'diff';
import { splitLines } from './lines.ts';
import { type Hunk, hunksOfPatch } from './review/hunks.ts';

export interface FileDiff {
  /** Unified diff with file headers; empty when nothing differs. */
  readonly body: string;
  readonly added: number;
  readonly removed: number;
  /** The same changes without context: what is decided one by one (UI-21). */
  readonly hunks: readonly Hunk[];
}

const CONTEXT = 3;
/** Beyond this many edits the exact diff is not worth its time: the changed middle is shown as one block. */
const MAX_EDITS = 4000;

const header = (path: string, before: string | null, after: string | null): string =>
  `--- ${before === null ? '/dev/null' : `a/${path}`}\n+++ ${after === null ? '/dev/null' : `b/${path}`}\n`;

export function unifiedDiff(path: string, before: string | null, after: string | null): FileDiff {
  const from = before ?? '';
  const to = after ?? '';
  if (from === to && before !== null && after !== null) return { body: '', added: 0, removed: 0, hunks: [] };
  const patch = structuredPatch(path, path, from, to, undefined, undefined, {
    context: CONTEXT,
    maxEditLength: MAX_EDITS,
  });
  const hunks = patch === undefined ? [blockHunk(from, to)] : patch.hunks;
  const lines = hunks.flatMap(hunk => [range(hunk), ...hunk.lines]);
  const count = (lead: string): number => lines.filter(line => line.startsWith(lead)).length;
  return {
    body: header(path, before, after) + lines.map(line => `${line}\n`).join(''),
    added: count('+'),
    removed: count('-'),
    hunks: hunksOfPatch(hunks),
  };
}

interface HunkRange {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
}

/** An empty range is named by the line before it. */
const part = (start: number, count: number): string =>
  count === 0 ? `${start - 1},0` : count === 1 ? `${start}` : `${start},${count}`;
const range = (hunk: HunkRange): string =>
  `@@ -${part(hunk.oldStart, hunk.oldLines)} +${part(hunk.newStart, hunk.newLines)} @@`;

/** One hunk from the first to the last difference. */
function blockHunk(from: string, to: string): HunkRange & { readonly lines: readonly string[] } {
  const [old, fresh] = [splitLines(from), splitLines(to)];
  const shorter = Math.min(old.length, fresh.length);
  let head = 0;
  while (head < shorter && old[head] === fresh[head]) head++;
  let tail = 0;
  while (tail < shorter - head && old[old.length - 1 - tail] === fresh[fresh.length - 1 - tail]) tail++;
  const lead = old.slice(Math.max(0, head - CONTEXT), head);
  const trail = old.slice(old.length - tail, old.length - tail + CONTEXT);
  const removed = old.slice(head, old.length - tail);
  const added = fresh.slice(head, fresh.length - tail);
  const start = head - lead.length + 1;
  const size = lead.length + trail.length;
  const lines = [
    ...lead.map(line => ` ${line}`),
    ...removed.map(line => `-${line}`),
    ...added.map(line => `+${line}`),
    ...trail.map(line => ` ${line}`),
  ];
  return {
    oldStart: start,
    oldLines: size + removed.length,
    newStart: start,
    newLines: size + added.length,
    lines,
  };
}
