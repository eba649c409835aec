import type { Op, Span } from './ast.ts';
import { closeTagAt } from './body.ts';
import { COLON, isBlankCode, LESS, LF, OPEN_BRACKET, OPEN_PAREN, wordEnd } from './chars.ts';
import { scanMarks } from './marks.ts';
import { OP_LENGTH, openAt } from './op-words.ts';
import { scanScalar, scanTags } from './signal.ts';
import type { FailureSink, SlotKind } from './slot.ts';
import { TagFinder } from './tags.ts';
import { scanTarget } from './target.ts';

/** A slot with its opener and, if `closed`, its closer. An unclosed slot reaches to the end of its line. */
export interface SlotSpan extends Span {
  readonly kind: SlotKind;
  readonly closed: boolean;
}

/** Where the parts of a statement stand, for editors. Also known for a statement that is broken or unclosed. */
export interface StatementSpans {
  readonly op: Op;
  readonly suffix: string;
  /** `<<`, op and suffix. */
  readonly open: Span;
  readonly slots: readonly SlotSpan[];
  /** Offset of the body's `:`, null if the header does not get there. */
  readonly colon: number | null;
  /** Between the `:` and the close tag; null if the body is empty or not reached. Unclosed, it ends with the input. */
  readonly body: Span | null;
  /** `:`, op and suffix; null if nothing closes the statement. */
  readonly close: Span | null;
}

/**
 * The parts of the statement whose `<<` stands at `start`, or null if no `<<OP` stands there. `finder` may be shared
 * between calls on one text.
 */
export function statementSpans(text: string, start: number, finder = new TagFinder(text)): StatementSpans | null {
  const op = openAt(text, start);
  if (op === null) return null;
  const suffixStart = start + 2 + OP_LENGTH;
  const openEnd = wordEnd(text, suffixStart);
  const suffix = text.slice(suffixStart, openEnd);
  const slots: SlotSpan[] = [];
  const colon = scanSlots(text, openEnd, op, slots);
  const head = { op, suffix, open: { start, end: openEnd }, slots, colon };
  if (colon === null) return { ...head, body: null, close: null };
  const tag = op + suffix;
  const close = closeTagAt(text, finder, tag, colon);
  const bodyEnd = close === -1 ? text.length : close;
  return {
    ...head,
    body: bodyEnd > colon + 1 ? { start: colon + 1, end: bodyEnd } : null,
    close: close === -1 ? null : { start: close, end: close + 1 + tag.length },
  };
}

/** Collects the slots and gives the offset of the `:` or null. */
function scanSlots(text: string, from: number, op: Op, slots: SlotSpan[]): number | null {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === COLON) return at;
    if (isBlankCode(code)) {
      at++;
      continue;
    }
    const kind = SLOTS.get(code);
    if (kind === undefined) return null;
    const end = slotEnd(text, at + 1, kind, op);
    slots.push({ kind, start: at, end: end < 0 ? lineEnd(text, at) : end, closed: end >= 0 });
    if (end < 0) return null;
    at = end;
  }
}

const SLOTS: ReadonlyMap<number, SlotKind> = new Map([
  [OPEN_BRACKET, 'signal'],
  [OPEN_PAREN, 'target'],
  [LESS, 'marks'],
]);

const IGNORE: FailureSink = { fail: () => undefined };

function slotEnd(text: string, from: number, kind: SlotKind, op: Op): number {
  if (kind === 'target') return scanTarget(text, from, IGNORE);
  if (kind === 'marks') return scanMarks(text, from, [], IGNORE);
  const isScalar = op === 'SEND' || op === 'KILL' || op === 'EXEC';
  return isScalar ? scanScalar(text, from, IGNORE) : scanTags(text, from, [], IGNORE);
}

function lineEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at++) if (text.charCodeAt(at) === LF) return at;
  return text.length;
}
