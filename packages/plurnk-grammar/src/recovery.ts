import { closeTagAt } from './body.ts';
import { HeaderScanner } from './header.ts';
import { openAt } from './op-words.ts';
import type { TagFinder } from './tags.ts';

/** How many neighbours all recoveries of one parse may look at, per statement on a line start. Bounds the work. */
const LOOKS_PER_STATEMENT = 8;

/** Decides where parsing resumes after a broken statement, so that its neighbours survive (LNG-14). */
export class Recovery {
  readonly #text: string;
  readonly #finder: TagFinder;
  readonly #header: HeaderScanner;
  /** Ends of the statements looked at, -1 for broken ones. */
  readonly #ends = new Map<number, number>();
  #looks: number;

  constructor(text: string, finder: TagFinder) {
    this.#text = text;
    this.#finder = finder;
    this.#header = new HeaderScanner(text);
    this.#looks = 64 + LOOKS_PER_STATEMENT * finder.lineOpenCount;
  }

  /**
   * After the broken statement's own close tag if it has one at or after `from`, else at the next `<<OP` on a line start
   * after its open tag, else -1.
   */
  resumeAt(tag: string, openEnd: number, from: number): number {
    const close = this.#ownClose(tag, openEnd, from);
    return close === -1 ? this.#finder.lineOpen(openEnd) : close + 1 + tag.length;
  }

  /** A close tag is not the broken statement's own if another open tag claims it or if it lies in a neighbour's body. */
  #ownClose(tag: string, openEnd: number, from: number): number {
    const rival = this.#finder.lineOpenOf(tag, openEnd);
    let close = this.#finder.close(tag, from);
    let at = openEnd;
    while (close !== -1 && (rival === -1 || close < rival)) {
      const neighbour = this.#finder.lineOpen(at);
      if (neighbour === -1 || neighbour > close || this.#looks <= 0) return close;
      this.#looks--;
      const end = this.#endOf(neighbour);
      if (end > close) close = this.#finder.close(tag, end);
      at = end === -1 ? neighbour + 2 : end;
    }
    return -1;
  }

  #endOf(start: number): number {
    const known = this.#ends.get(start);
    if (known !== undefined) return known;
    const end = this.#scanEnd(start);
    this.#ends.set(start, end);
    return end;
  }

  #scanEnd(start: number): number {
    const op = openAt(this.#text, start);
    if (op === null || this.#header.scan(start, op) !== 'ready') return -1;
    const { tag, at } = this.#header;
    const close = closeTagAt(this.#text, this.#finder, tag, at);
    return close === -1 ? -1 : close + 1 + tag.length;
  }
}
