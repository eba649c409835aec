/** What a marker `<…>` selects in line text, and how an edit splices there (RES-10, RES-13). */
import type { LineSpan } from './contract.ts';
import { splitLines } from './lines.ts';

export interface MarkerFailure {
  readonly status: 400 | 416;
  readonly message: string;
}

/** Where an edit goes: items `from` to `to` (0-based, `to` exclusive) are replaced. */
export interface Splice {
  readonly from: number;
  readonly to: number;
}

export const isFailure = (value: object): value is MarkerFailure => 'status' in value;

const written = (marks: readonly number[]): string => `<${marks.join(',')}>`;

function outside(marks: readonly number[], count: number, unit: string): MarkerFailure {
  const has = count === 0 ? `there are no ${unit}s` : `there ${count === 1 ? `is 1 ${unit}` : `are ${count} ${unit}s`}`;
  return { status: 416, message: `${written(marks)} is outside the content: ${has}.` };
}

function malformed(marks: readonly number[]): MarkerFailure {
  return {
    status: 400,
    message: `${written(marks)} is no marker for this: use <N>, <N,M>, <N,-1>, <0>, <-1> or <2.5>.`,
  };
}

const fromEnd = (mark: number, count: number): number => (mark < 0 ? count + 1 + mark : mark);

/** A slice to read: 1-based and inclusive. `lineEnd` beyond the end is cut; a start beyond it is 416. */
export function selectRead(marks: readonly number[], count: number, unit = 'line'): LineSpan | MarkerFailure {
  const [first, last = first] = marks;
  if (first === undefined || last === undefined || marks.length > 2) return malformed(marks);
  if (!Number.isInteger(first) || !Number.isInteger(last)) return malformed(marks);
  const whole = first === 1 && last === -1;
  if (whole && count === 0) return { lineStart: 1, lineEnd: 0 };
  const lineStart = first === 0 && marks.length === 2 ? 1 : fromEnd(first, count);
  const lineEnd = Math.min(fromEnd(last, count), count);
  if (lineStart < 1 || lineStart > count) return outside(marks, count, unit);
  if (lineEnd < lineStart) return malformed(marks);
  return { lineStart, lineEnd };
}

/** The place of an edit among `count` items. On empty content every whole marker means "here". */
export function selectSplice(marks: readonly number[], count: number, unit = 'line'): Splice | MarkerFailure {
  const [first, last] = marks;
  if (first === undefined || marks.length > 2) return malformed(marks);
  if (last === undefined) {
    if (first === 0) return { from: 0, to: 0 };
    if (first === -1) return { from: count, to: count };
    if (!Number.isInteger(first)) {
      const after = Math.floor(first);
      return after < 0 || after > count ? outside(marks, count, unit) : { from: after, to: after };
    }
  }
  if (!Number.isInteger(first) || (last !== undefined && !Number.isInteger(last))) return malformed(marks);
  if (count === 0 && (first === 1 || first === 0)) return { from: 0, to: 0 };
  const span = selectRead(marks, count, unit);
  return isFailure(span) ? span : { from: span.lineStart - 1, to: span.lineEnd };
}

export interface Spliced {
  readonly text: string;
  /** The lines that now stand where the edit went; empty (end before start) after a deletion. */
  readonly span: LineSpan;
}

/**
 * Replaces the selected lines by those of `body`. One final LF of the body ends its last line; whether the text as a
 * whole ends with LF stays as it was (RES-63).
 */
export function spliceLines(text: string, marks: readonly number[], body: string | null): Spliced | MarkerFailure {
  const lines = splitLines(text);
  const place = selectSplice(marks, lines.length);
  if (isFailure(place)) return place;
  const added = body === null ? [] : splitLines(body === '\n' ? '\n' : body);
  const finalNewline = text === '' ? (body ?? '').endsWith('\n') : text.endsWith('\n');
  const next = [...lines.slice(0, place.from), ...added, ...lines.slice(place.to)];
  return {
    text: next.join('\n') + (finalNewline && next.length > 0 ? '\n' : ''),
    span: { lineStart: place.from + 1, lineEnd: place.from + added.length },
  };
}

/** The selected lines as text, without a final LF. */
export function sliceLines(text: string, marks: readonly number[]): { text: string; span: LineSpan } | MarkerFailure {
  const lines = splitLines(text);
  const span = selectRead(marks, lines.length);
  if (isFailure(span)) return span;
  return { text: lines.slice(span.lineStart - 1, span.lineEnd).join('\n'), span };
}
