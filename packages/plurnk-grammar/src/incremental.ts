import type { Position, Statement } from './ast.ts';
import { HASH } from './chars.ts';
import { PlurnkParseError } from './error.ts';
import { codePointCount, type Place, START } from './locator.ts';
import { toResult } from './parser.ts';
import { Pass } from './pass.ts';
import type { BrokenStatement, ErrorItem, ParseItem, ParseResult, UnparsedTail } from './result.ts';
import { opensThought } from './thought.ts';
import { withTurnErrors } from './turn-rules.ts';

/** Replaces the text between two UTF-16 offsets. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** `turn` for what `PlurnkParser.parse` gives, `statements` for what `PlurnkParser.parseStatements` gives. */
export type ParseMode = 'turn' | 'statements';

/**
 * A text that is edited and always parsed. The result equals that of parsing the whole text; an edit parses again only
 * from the last sound statement before it to the first place where the old result holds again.
 */
export class IncrementalParse {
  readonly #isTurn: boolean;
  #text: string;
  #items: readonly ParseItem[];
  #tail: UnparsedTail | null;
  #result: ParseResult | null = null;
  #parsedLength: number;

  constructor(text: string, mode: ParseMode) {
    this.#isTurn = mode === 'turn';
    this.#text = text;
    const pass = new Pass(text, { isTurn: this.#isTurn });
    this.#parsedLength = pass.run();
    this.#items = pass.items;
    this.#tail = pass.tail;
  }

  get text(): string {
    return this.#text;
  }

  /** How many UTF-16 units the last edit, or the construction, parsed. */
  get parsedLength(): number {
    return this.#parsedLength;
  }

  get result(): ParseResult {
    this.#result ??= toResult(this.#isTurn ? withTurnErrors(this.#text, this.#items) : this.#items, this.#tail);
    return this.#result;
  }

  /**
   * Applies one edit.
   * @throws RangeError if it does not lie in the text.
   */
  edit({ start, end, text }: TextEdit): void {
    const old = this.#text;
    if (!(start >= 0 && start <= end && end <= old.length)) throw new RangeError('The edit does not lie in the text.');
    const next = old.slice(0, start) + text + old.slice(end);
    const delta = text.length - (end - start);
    const kept = soundPrefix(this.#items, start, this.#isTurn);
    const from = placeAfter(this.#items[kept - 1]);
    const resumable = this.#endsFrom(end, delta);
    const pass = new Pass(next, { isTurn: this.#isTurn, from, stopAt: offset => resumable.has(offset) });
    const stopped = pass.run();
    const resumed = resumable.get(stopped);
    const parsed = this.#items.slice(0, kept).concat(pass.items);
    if (resumed === undefined) {
      this.#items = parsed;
      this.#tail = pass.tail;
    } else {
      const lines = countBreaks(text) - countBreaks(old.slice(start, end));
      const shift = new Shift(old, stopped - delta, delta, lines, columnOf(next, stopped));
      this.#items = parsed.concat(this.#items.slice(resumed).map(item => shift.item(item)));
      this.#tail = this.#tail !== null && this.#tail.from >= stopped - delta ? shift.tail(this.#tail) : pass.tail;
    }
    this.#text = next;
    this.#result = null;
    this.#parsedLength = stopped - from.offset;
  }

  /** The new offsets where constructs after the edit end, each with the index of the item that follows. */
  #endsFrom(end: number, delta: number): ReadonlyMap<number, number> {
    const ends = new Map<number, number>();
    for (const [index, item] of this.#items.entries()) {
      const offset = constructEnd(item);
      if (offset !== null && offset >= end) ends.set(offset + delta, index + 1);
    }
    return ends;
  }
}

function constructEnd(item: ParseItem): number | null {
  if (item.kind === 'statement') return item.statement.position.endOffset;
  return item.kind === 'error' ? (item.broken?.end ?? null) : null;
}

/**
 * How many items no edit at `start` can change: up to the last statement that ends before it (one character is looked
 * ahead for), and before anything whose extent depends on what follows at any distance.
 */
function soundPrefix(items: readonly ParseItem[], start: number, isTurn: boolean): number {
  let sound = 0;
  for (const [index, item] of items.entries()) {
    if (item.kind === 'statement') {
      if (item.statement.position.endOffset >= start || looksFurtherAhead(item.statement)) break;
      sound = index + 1;
    } else if (item.kind === 'error' ? item.broken !== undefined : isTurn && opensThought(item.text)) break;
  }
  return sound;
}

/** A target that starts with `#` becomes a regex by what follows on its line (LNG-7). */
function looksFurtherAhead({ target }: Statement): boolean {
  return target?.kind === 'local' && target.raw.charCodeAt(0) === HASH;
}

function placeAfter(item: ParseItem | undefined): Place {
  if (item?.kind !== 'statement') return START;
  const { endOffset, endLine, endColumn } = item.statement.position;
  return { offset: endOffset, line: endLine, column: endColumn };
}

function columnOf(text: string, offset: number): number {
  return codePointCount(text, offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1, offset);
}

function countBreaks(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/** Moves items that stand at or after an old offset. Only what stands on the line of that offset changes its column. */
class Shift {
  readonly #offset: number;
  readonly #lines: number;
  readonly #columns: number;
  readonly #lineEnd: number;
  #broken: { readonly old: BrokenStatement; readonly moved: BrokenStatement } | null = null;

  constructor(old: string, from: number, offset: number, lines: number, newColumn: number) {
    const lineEnd = old.indexOf('\n', from);
    this.#offset = offset;
    this.#lines = lines;
    this.#columns = newColumn - columnOf(old, from);
    this.#lineEnd = lineEnd === -1 ? old.length : lineEnd;
  }

  item(item: ParseItem): ParseItem {
    if (item.kind === 'error') return this.#error(item);
    if (item.kind === 'text') return { ...item, position: this.#position(item.position) };
    const { statement } = item;
    return { kind: 'statement', statement: { ...statement, position: this.#position(statement.position) } };
  }

  tail(tail: UnparsedTail): UnparsedTail {
    return { ...tail, from: tail.from + this.#offset };
  }

  #position({ line, column, offset, endLine, endColumn, endOffset }: Position): Position {
    return {
      line: line + this.#lines,
      column: this.#column(column, offset),
      offset: offset + this.#offset,
      endLine: endLine + this.#lines,
      endColumn: this.#column(endColumn, endOffset),
      endOffset: endOffset + this.#offset,
    };
  }

  #column(column: number, offset: number): number {
    return offset <= this.#lineEnd ? column + this.#columns : column;
  }

  #error({ error, broken }: ErrorItem): ErrorItem {
    const moved = new PlurnkParseError({
      ...error.toJSON(),
      line: error.line + this.#lines,
      column: this.#column(error.column, error.offset),
      offset: error.offset + this.#offset,
      endOffset: error.endOffset + this.#offset,
    });
    return broken === undefined
      ? { kind: 'error', error: moved }
      : { kind: 'error', error: moved, broken: this.#move(broken) };
  }

  /** The errors of one broken statement go on sharing it. */
  #move(old: BrokenStatement): BrokenStatement {
    if (this.#broken?.old !== old) {
      this.#broken = { old, moved: { op: old.op, start: old.start + this.#offset, end: old.end + this.#offset } };
    }
    return this.#broken.moved;
  }
}
