import type { Position } from './ast.ts';

/** An offset with its line and column. */
export interface Place {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

export const START: Place = { offset: 0, line: 1, column: 0 };

/**
 * Turns offsets into lines and columns. Queries are meant to ascend: each moves a cursor, so a whole parse counts every
 * character a bounded number of times. `checkpoint` allows to come back to one earlier place.
 */
export class Locator {
  /** 1-based line of the cursor. */
  line = 1;
  /** 0-based code point column of the cursor. */
  column = 0;
  readonly #text: string;
  #offset = 0;
  #nextBreak: number;
  #saved: readonly [offset: number, line: number, column: number, nextBreak: number];

  constructor(text: string, from: Place = START) {
    this.#text = text;
    this.line = from.line;
    this.column = from.column;
    this.#offset = from.offset;
    this.#nextBreak = text.indexOf('\n', from.offset);
    this.#saved = [from.offset, from.line, from.column, this.#nextBreak];
  }

  /** Remembers the cursor; a later query behind the cursor starts again from here, none may go further back. */
  checkpoint(): void {
    this.#saved = [this.#offset, this.line, this.column, this.#nextBreak];
  }

  /** Moves the cursor to `offset`; read `line` and `column` afterwards. */
  moveTo(offset: number): void {
    if (offset < this.#offset) this.#rewind(offset);
    let from = this.#offset;
    let lineBreak = this.#nextBreak;
    while (lineBreak !== -1 && lineBreak < offset) {
      this.line++;
      this.column = 0;
      from = lineBreak + 1;
      lineBreak = this.#text.indexOf('\n', from);
    }
    this.#nextBreak = lineBreak;
    this.column += codePointCount(this.#text, from, offset);
    this.#offset = offset;
  }

  position(start: number, end: number): Position {
    this.moveTo(start);
    const { line, column } = this;
    this.moveTo(end);
    return { line, column, offset: start, endLine: this.line, endColumn: this.column, endOffset: end };
  }

  #rewind(offset: number): void {
    if (offset < this.#saved[0]) throw new RangeError(`offset ${offset} lies before the last checkpoint`);
    [this.#offset, this.line, this.column, this.#nextBreak] = this.#saved;
  }
}

/** How many code points stand between two offsets; a surrogate without its partner counts as one. */
export function codePointCount(text: string, from: number, to: number): number {
  let count = to - from;
  for (let at = from + 1; at < to; at++) {
    if (isLowSurrogate(text.charCodeAt(at)) && isHighSurrogate(text.charCodeAt(at - 1))) count--;
  }
  return count;
}

function isHighSurrogate(code: number): boolean {
  return (code & 0xfc00) === 0xd800;
}

function isLowSurrogate(code: number): boolean {
  return (code & 0xfc00) === 0xdc00;
}
