/** How results are shown in a row: numbered lines, verbatim documents, the span of an edit (RES-12, RES-13). */
import type { LineSpan } from '../content/contract.ts';
import { isJsonText, sliceItems } from '../content/json-items.ts';
import { isFailure, type MarkerFailure, sliceLines } from '../content/line-marker.ts';
import { numberLines, splitLines } from '../content/lines.ts';
import { isJson, isVerbatim } from '../content/mimetype.ts';

export interface Shown {
  readonly rx: string;
  readonly mimetypeRx: string;
  readonly lineMarker: { readonly marks: readonly number[] } | null;
}

const PLAIN = 'text/plain';
const CONTEXT = 2;

/** JSON that does not parse (with comments, say) is shown and edited as lines. */
export const byItem = (text: string, mimetype: string): boolean => isJson(mimetype) && isJsonText(text);

const keepsForm = (text: string, mimetype: string): boolean =>
  isVerbatim(mimetype) && (!isJson(mimetype) || isJsonText(text));

/** A whole text, or what `marks` select of it. */
export function showText(
  text: string,
  mimetype: string,
  marks: readonly number[] | null,
  verbatim = false,
): Shown | MarkerFailure {
  const plain = verbatim || keepsForm(text, mimetype);
  const type = keepsForm(text, mimetype) ? mimetype : PLAIN;
  if (marks === null) {
    return { rx: plain ? text : numberLines(splitLines(text), 1), mimetypeRx: type, lineMarker: null };
  }
  const items = isJson(mimetype) ? sliceItems(text, marks) : null;
  if (items !== null) return isFailure(items) ? items : { rx: items.text, mimetypeRx: mimetype, lineMarker: { marks } };
  const slice = sliceLines(text, marks);
  if (isFailure(slice)) return slice;
  const lines = slice.span.lineEnd < slice.span.lineStart ? [] : slice.text.split('\n');
  return { rx: plain ? slice.text : numberLines(lines, slice.span.lineStart), mimetypeRx: type, lineMarker: { marks } };
}

/** The source lines of a match (RES-40). */
export function showSpan(text: string, mimetype: string, span: LineSpan): Shown {
  const lines = splitLines(text).slice(span.lineStart - 1, span.lineEnd);
  const plain = keepsForm(text, mimetype);
  return {
    rx: plain ? lines.join('\n') : numberLines(lines, span.lineStart),
    mimetypeRx: plain ? mimetype : PLAIN,
    lineMarker: { marks: span.lineStart === span.lineEnd ? [span.lineStart] : [span.lineStart, span.lineEnd] },
  };
}

/** The edited lines with two lines of context, numbered; nothing when the text is empty. */
export function showEdit(text: string, span: LineSpan): string {
  const lines = splitLines(text);
  const from = Math.max(1, span.lineStart - CONTEXT);
  const to = Math.min(lines.length, Math.max(span.lineEnd, span.lineStart - 1) + CONTEXT);
  return numberLines(lines.slice(from - 1, to), from);
}

/** Lines of `after` that differ from `before`; empty (end before start) where something was only taken out. */
export function changedSpan(before: string, after: string): LineSpan {
  const [old, fresh] = [splitLines(before), splitLines(after)];
  const shorter = Math.min(old.length, fresh.length);
  let head = 0;
  while (head < shorter && old[head] === fresh[head]) head++;
  let tail = 0;
  while (tail < shorter - head && old[old.length - 1 - tail] === fresh[fresh.length - 1 - tail]) tail++;
  return { lineStart: head + 1, lineEnd: fresh.length - tail };
}
