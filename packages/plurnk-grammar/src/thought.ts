/** The blocks in which models think aloud; in text position they are swallowed whole (LNG-16). */
const BLOCKS = [
  { open: '<think>', close: '</think>' },
  { open: '<|channel>', close: '<channel|>' },
] as const;

/** Finds the ends of thoughts; each close is searched for once, so unclosed thoughts cost nothing extra. */
export class ThoughtFinder {
  readonly #text: string;
  /** Per block, the next known close; -2 before the first search. */
  readonly #next: number[] = BLOCKS.map(() => -2);

  constructor(text: string) {
    this.#text = text;
  }

  /** The offset after the thought that opens at `at`, or -1 if none does or it is never closed. */
  endAt(at: number): number {
    const index = BLOCKS.findIndex(block => this.#text.startsWith(block.open, at));
    const block = BLOCKS[index];
    if (block === undefined) return -1;
    const close = this.#closeFrom(index, block.close, at + block.open.length);
    return close === -1 ? -1 : close + block.close.length;
  }

  #closeFrom(index: number, close: string, from: number): number {
    let next = this.#next[index] ?? -2;
    if (next !== -1 && next < from) {
      next = this.#text.indexOf(close, from);
      this.#next[index] = next;
    }
    return next;
  }
}

/** Whether prose holds the open tag of a thought, which a close tag at any distance would turn into one. */
export function opensThought(prose: string): boolean {
  return BLOCKS.some(block => prose.includes(block.open));
}
