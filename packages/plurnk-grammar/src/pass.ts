import type { Op } from './ast.ts';
import { closeTagAt } from './body.ts';
import { buildStatement, interpret } from './build.ts';
import { LESS } from './chars.ts';
import { type ErrorSeverity, PlurnkParseError } from './error.ts';
import { HeaderScanner } from './header.ts';
import { Locator, type Place } from './locator.ts';
import { nearMisses } from './near-miss.ts';
import { opAt } from './op-words.ts';
import { Recovery } from './recovery.ts';
import type { ParseItem, UnparsedTail } from './result.ts';
import type { Failure } from './slot.ts';
import { TagFinder } from './tags.ts';
import { ThoughtFinder } from './thought.ts';
import { describeTail, describeUnclosed } from './unclosed.ts';

/** Where a pass begins, and what it does. */
export interface PassOptions {
  /** A turn has thoughts and reports prose; a sequence refuses prose. */
  readonly isTurn: boolean;
  readonly from?: Place;
  /** Asked at the end of every construct: whether the pass can stop there. */
  readonly stopAt?: (offset: number) => boolean;
}

/** One pass over a text: the items in source order, without what the rules of a turn say about the whole. */
export class Pass {
  readonly items: ParseItem[] = [];
  tail: UnparsedTail | null = null;
  readonly #text: string;
  readonly #options: PassOptions;
  readonly #locator: Locator;
  readonly #header: HeaderScanner;
  readonly #finder: TagFinder;
  readonly #thoughts: ThoughtFinder;
  #recovery: Recovery | null = null;

  constructor(text: string, options: PassOptions) {
    this.#text = text;
    this.#options = options;
    this.#locator = new Locator(text, options.from);
    this.#header = new HeaderScanner(text);
    this.#finder = new TagFinder(text);
    this.#thoughts = new ThoughtFinder(text);
  }

  /** Gives the offset where it stopped: the end of the text, or what `stopAt` agreed to. */
  run(): number {
    const text = this.#text;
    const { stopAt, from } = this.#options;
    let proseStart = from?.offset ?? 0;
    let at = text.indexOf('<', proseStart);
    while (at !== -1) {
      const end = this.#constructAt(at, proseStart);
      if (end === -1) {
        at = text.indexOf('<', at + 1);
      } else {
        if (stopAt?.(end) === true) return end;
        proseStart = end;
        at = text.indexOf('<', end);
      }
    }
    this.#prose(proseStart, text.length);
    return text.length;
  }

  /** Parses the statement or skips the thought that starts at `at`; -1 if neither does. */
  #constructAt(at: number, proseStart: number): number {
    if (this.#text.charCodeAt(at + 1) !== LESS) {
      const end = this.#options.isTurn ? this.#thoughts.endAt(at) : -1;
      if (end !== -1) this.#prose(proseStart, at);
      return end;
    }
    const op = opAt(this.#text, at + 2);
    if (op === null) return -1;
    this.#prose(proseStart, at);
    return this.#statement(at, op);
  }

  /** Gives the offset where parsing goes on. */
  #statement(start: number, op: Op): number {
    const header = this.#header;
    const outcome = header.scan(start, op);
    if (outcome === 'broken') return this.#resume(start, header.failedFrom);
    if (outcome === 'ends') return this.#ends(start);
    const colon = header.at;
    const close = closeTagAt(this.#text, this.#finder, header.tag, colon);
    if (close === -1) return this.#unclosed(start);
    const end = close + 1 + header.tag.length;
    this.#complete(start, colon, close, end);
    return end;
  }

  #complete(start: number, colon: number, close: number, end: number): void {
    const header = this.#header;
    if (header.failures.length > 0) {
      this.#reportBroken(start, end, header.failures);
      return;
    }
    const body = close > colon + 1 ? this.#text.slice(colon + 1, close) : null;
    const meaning = interpret(header, body, colon + 1);
    if (meaning.failures.length > 0) {
      this.#reportBroken(start, end, meaning.failures);
      return;
    }
    const statement = buildStatement(header, meaning, this.#locator.position(start, end));
    this.items.push({ kind: 'statement', statement });
  }

  /** The header is broken: its failures are reported and parsing goes on where the neighbours can survive. */
  #resume(start: number, from: number): number {
    const { tag, openEnd, failures } = this.#header;
    const found = this.#recover().resumeAt(tag, openEnd, from);
    const end = found === -1 ? this.#text.length : found;
    this.#reportBroken(start, end, this.#within(end, failures));
    return end;
  }

  /** What lies past the statement's own close tag is not its failure; a slot that runs on past it is reported where it opens. */
  #within(end: number, failures: readonly Failure[]): readonly Failure[] {
    const kept = failures.filter(failure => failure.at < end);
    if (kept.length > 0) return kept;
    const { tag, failedSlot, failedFrom: at } = this.#header;
    return [{ at, end: at + 1, source: 'lexer', message: describeUnclosed(tag, failedSlot ?? 'header') }];
  }

  /** The input ends in the header. If the statement's close tag or another statement follows, it was not the end. */
  #ends(start: number): number {
    const { tag, openEnd, failures, failedFrom, openSlot } = this.#header;
    const found = this.#recover().resumeAt(tag, openEnd, failedFrom === -1 ? openEnd : failedFrom);
    const end = found === -1 ? this.#text.length : found;
    const reason = found === -1 ? describeTail(tag, openSlot ?? 'header') : describeUnclosed(tag, openSlot ?? 'header');
    if (found === -1) this.tail = { from: start, reason };
    const unclosed = { at: start, end: openEnd, source: 'parser', message: reason } as const;
    this.#reportBroken(start, end, [unclosed, ...failures.filter(failure => failure.at < end)]);
    return end;
  }

  /** Nothing closes the body. Parsing goes on at the next statement on a line start; without one the input ends in it. */
  #unclosed(start: number): number {
    const { op, tag, openEnd, failures } = this.#header;
    const found = this.#finder.lineOpen(openEnd);
    const end = found === -1 ? this.#text.length : found;
    const other = this.#finder.closeOf(op, openEnd);
    const hint = other !== -1 && other < end ? this.#wordAt(other) : null;
    const reason = found === -1 ? describeTail(tag, 'body', hint) : describeUnclosed(tag, 'body', hint);
    if (found === -1) this.tail = { from: start, reason };
    this.#reportBroken(start, end, [{ at: start, end: openEnd, source: 'parser', message: reason }, ...failures]);
    return end;
  }

  #wordAt(at: number): string {
    return /^:\w{1,40}/.exec(this.#text.slice(at, at + 41))?.[0] ?? '';
  }

  #recover(): Recovery {
    this.#recovery ??= new Recovery(this.#text, this.#finder);
    return this.#recovery;
  }

  #reportBroken(start: number, end: number, failures: readonly Failure[]): void {
    const broken = { op: this.#header.op, start, end };
    this.#locator.moveTo(start);
    this.#locator.checkpoint();
    for (const failure of failures) this.items.push({ kind: 'error', error: this.#error(failure, 'error'), broken });
  }

  #report(failure: Failure, severity: ErrorSeverity): void {
    this.items.push({ kind: 'error', error: this.#error(failure, severity) });
  }

  #error(failure: Failure, severity: ErrorSeverity): PlurnkParseError {
    const { at, end, source, message } = failure;
    this.#locator.moveTo(at);
    const { line, column } = this.#locator;
    return new PlurnkParseError({ line, column, offset: at, endOffset: end, source, severity, message });
  }

  /** Reports the run of prose between two constructs, unless it is blank. */
  #prose(start: number, end: number): void {
    if (start >= end) return;
    const text = this.#text.slice(start, end);
    const first = text.search(/\S/);
    if (first === -1) return;
    this.#locator.moveTo(start);
    this.#locator.checkpoint();
    if (this.#options.isTurn) {
      this.items.push({ kind: 'text', text, position: this.#locator.position(start, end) });
    } else {
      const trimmedEnd = start + text.trimEnd().length;
      this.#report({ at: start + first, end: trimmedEnd, source: 'parser', message: STRAY_TEXT }, 'error');
    }
    for (const warning of nearMisses(text, start)) this.#report(warning, 'warning');
  }
}

const STRAY_TEXT =
  'Found text between statements, expected `<<` and an op word; a sequence holds statements and white space only.';
