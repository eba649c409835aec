import type { LineSpan } from '../contract.ts';

/** Offsets (UTF-16) to 1-based lines. Only LF ends a line. */
export class LineIndex {
  readonly #starts: number[] = [0];

  constructor(text: string) {
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  lineAt(offset: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] as number) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }

  /** `end` exclusive. */
  span(start: number, end: number): LineSpan {
    return { lineStart: this.lineAt(start), lineEnd: this.lineAt(Math.max(start, end - 1)) };
  }
}
