import type { Op } from './ast.ts';
import { COLON, isBlankCode, LESS, OPEN_BRACKET, OPEN_PAREN, wordEnd } from './chars.ts';
import type { ErrorSource } from './error.ts';
import { scanMarks } from './marks.ts';
import { OP_LENGTH } from './op-words.ts';
import { numberSignal, runtimeSignal, scanScalar, scanTags } from './signal.ts';
import { BROKEN, ENDS, type Failure, type FailureSink, type SlotKind } from './slot.ts';
import { scanTarget } from './target.ts';
import { describeAt } from './words.ts';

/** `ready`: the body's `:` stands at `at`. `broken`: see `failures`. `ends`: the input ends inside `openSlot`. */
export type HeaderOutcome = 'ready' | 'broken' | 'ends';

type SignalValue = readonly string[] | number | string | null;

/**
 * Scans what stands before a statement's body: op, suffix and slots (LNG-1, LNG-2). One instance is used for many
 * statements; its fields hold what the last `scan` found.
 */
export class HeaderScanner implements FailureSink {
  op: Op = 'PLAN';
  suffix = '';
  /** Op and suffix. */
  tag = '';
  /** Offset after op and suffix. */
  openEnd = 0;
  /** The body's `:` once the scan is ready. */
  at = 0;
  signal: SignalValue = null;
  target: string | null = null;
  targetStart = 0;
  marks: readonly number[] | null = null;
  failures: Failure[] = [];
  /** The slot in which the input ends, null between slots. */
  openSlot: SlotKind | null = null;
  /** Start of the first slot or character that failed: a close tag can only stand after it. */
  failedFrom = -1;
  /** The slot at `failedFrom`, null if it is a character between slots. */
  failedSlot: SlotKind | null = null;
  readonly #text: string;
  #seen = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Scans the statement whose `<<` is at `start`; `op` stands after it. */
  scan(start: number, op: Op): HeaderOutcome {
    this.#reset(start, op);
    const text = this.#text;
    let at = this.openEnd;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === COLON) {
        this.at = at;
        return 'ready';
      }
      if (isBlankCode(code)) {
        at++;
        continue;
      }
      const slot = slotOf(code);
      if (slot === null) return this.#unexpected(at);
      const end = this.#scanSlot(slot, at);
      if (end === BROKEN) return 'broken';
      if (end === ENDS) return this.#ends(slot);
      at = end;
    }
  }

  fail(slot: SlotKind, at: number, end: number, source: ErrorSource, what: string): void {
    this.failures.push({ at, end, source, message: `\`<<${this.tag}\` ${slot}: ${what}.` });
  }

  #reset(start: number, op: Op): void {
    const wordStart = start + 2;
    this.op = op;
    this.openEnd = wordEnd(this.#text, wordStart + OP_LENGTH);
    this.suffix = this.#text.slice(wordStart + OP_LENGTH, this.openEnd);
    this.tag = op + this.suffix;
    this.signal = null;
    this.target = null;
    this.marks = null;
    if (this.failures.length > 0) this.failures = [];
    this.openSlot = null;
    this.failedFrom = -1;
    this.failedSlot = null;
    this.#seen = 0;
  }

  #scanSlot(slot: SlotKind, at: number): number {
    const before = this.failures.length;
    this.#countSlot(slot, at);
    const end =
      slot === 'signal' ? this.#scanSignal(at) : slot === 'target' ? this.#scanTarget(at) : this.#scanMarks(at);
    if (this.failedFrom === -1 && (this.failures.length > before || end < 0)) {
      this.failedFrom = at;
      this.failedSlot = slot;
    }
    return end;
  }

  #countSlot(slot: SlotKind, at: number): void {
    const bit = slot === 'signal' ? 1 : slot === 'target' ? 2 : 4;
    if ((this.#seen & bit) !== 0) {
      this.fail(slot, at, at + 1, 'parser', `found a second ${slot}, expected one at most`);
    }
    this.#seen |= bit;
  }

  #scanSignal(at: number): number {
    const { op } = this;
    if (op !== 'SEND' && op !== 'KILL' && op !== 'EXEC') {
      const tags: string[] = [];
      const end = scanTags(this.#text, at + 1, tags, this);
      this.signal = tags;
      return end;
    }
    const end = scanScalar(this.#text, at + 1, this);
    if (end < 0) return end;
    const raw = this.#text.slice(at + 1, end - 1);
    this.signal = (op === 'EXEC' ? runtimeSignal(raw, at + 1, this) : numberSignal(raw, at + 1, this)) ?? null;
    return end;
  }

  #scanTarget(at: number): number {
    const end = scanTarget(this.#text, at + 1, this);
    if (end < 0) return end;
    this.target = this.#text.slice(at + 1, end - 1);
    this.targetStart = at + 1;
    return end;
  }

  #scanMarks(at: number): number {
    if (this.#text.charCodeAt(at + 1) === LESS) {
      this.fail('marks', at, at + 2, 'parser', 'found `<<`, expected `:` and the body before the next statement');
      return BROKEN;
    }
    const marks: number[] = [];
    const end = scanMarks(this.#text, at + 1, marks, this);
    this.marks = marks;
    if (end >= 0 && (this.op === 'SEND' || this.op === 'KILL')) {
      this.fail('marks', at, end, 'parser', `found \`<…>\`, expected none: ${this.op} takes no marks`);
    }
    return end;
  }

  #unexpected(at: number): HeaderOutcome {
    if (at >= this.#text.length) return this.#ends(null);
    const found = describeAt(this.#text, at);
    const expected = 'expected `[signal]`, `(target)`, `<marks>` or `:`';
    const place = at === this.openEnd ? 'right after the op word' : 'before the body';
    this.failures.push({
      at,
      end: at + 1,
      source: at === this.openEnd ? 'lexer' : 'parser',
      message: `\`<<${this.tag}\`: found ${found} ${place}, ${expected}.`,
    });
    if (this.failedFrom === -1) this.failedFrom = at;
    return 'broken';
  }

  #ends(slot: SlotKind | null): HeaderOutcome {
    this.openSlot = slot;
    this.at = this.#text.length;
    return 'ends';
  }
}

function slotOf(code: number): SlotKind | null {
  if (code === OPEN_PAREN) return 'target';
  if (code === OPEN_BRACKET) return 'signal';
  return code === LESS ? 'marks' : null;
}
