import type { Position } from './ast.ts';

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

  constructor(text: string) {
    this.#text = text;
    this.#nextBreak = text.indexOf('\n');
    this.#saved = [0, 1, 0, this.#nextBreak];
  }

  /** Remembers the cursor; a later query behind the cursor starts again from here. */
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
    this.column += this.#codePoints(from, offset);
    this.#offset = offset;
  }

  position(start: number, end: number): Position {
    this.moveTo(start);
    const { line, column } = this;
    this.moveTo(end);
    return { line, column, offset: start, endLine: this.line, endColumn: this.column, endOffset: end };
  }

  #rewind(offset: number): void {
    if (offset < this.#saved[0]) this.#saved = [0, 1, 0, this.#text.indexOf('\n')];
    [this.#offset, this.line, this.column, this.#nextBreak] = this.#saved;
  }

  #codePoints(from: number, to: number): number {
    let count = to - from;
    for (let at = from + 1; at < to; at++) {
      if (isLowSurrogate(this.#text.charCodeAt(at)) && isHighSurrogate(this.#text.charCodeAt(at - 1))) count--;
    }
    return count;
  }
}

function isHighSurrogate(code: number): boolean {
  return (code & 0xfc00) === 0xd800;
}

function isLowSurrogate(code: number): boolean {
  return (code & 0xfc00) === 0xdc00;
}
