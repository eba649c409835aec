import type { Op } from './ast.ts';
import { isWordCode, LF, wordEnd } from './chars.ts';
import { OP_LENGTH, opAt, openAt } from './op-words.ts';

/** Where a tag occurs, ascending. */
type Occurrences = Map<string, number[]>;

/**
 * Finds close tags and line-start open tags. A search that succeeds costs what it skips; the first that fails builds an
 * index of all tags, after which every search is a binary search. So thousands of unclosed statements stay linear.
 */
export class TagFinder {
  readonly #text: string;
  #closes: Occurrences | null = null;
  #closesByOp: Occurrences = new Map();
  #lineOpens: number[] = [];
  #lineOpensByTag: Occurrences = new Map();

  constructor(text: string) {
    this.#text = text;
  }

  /** Offset of the first close tag `:tag` at or after `from`, or -1 (LNG-3). */
  close(tag: string, from: number): number {
    if (this.#closes !== null) return firstFrom(this.#closes.get(tag), from);
    const close = `:${tag}`;
    let at = this.#text.indexOf(close, from);
    while (at !== -1 && isWordCode(this.#text.charCodeAt(at + close.length))) {
      at = this.#text.indexOf(close, at + close.length);
    }
    if (at === -1) this.#closes = this.#index();
    return at;
  }

  /** Offset of the first close tag of `op`, whatever its suffix, at or after `from`, or -1. */
  closeOf(op: Op, from: number): number {
    this.#closes ??= this.#index();
    return firstFrom(this.#closesByOp.get(op), from);
  }

  /** Offset of the first `<<OP` that stands on a line start at or after `from`, or -1. */
  lineOpen(from: number): number {
    this.#closes ??= this.#index();
    return firstFrom(this.#lineOpens, from);
  }

  /** As `lineOpen`, but for one op and suffix. */
  lineOpenOf(tag: string, from: number): number {
    this.#closes ??= this.#index();
    return firstFrom(this.#lineOpensByTag.get(tag), from);
  }

  /** How many statements open on a line start. */
  get lineOpenCount(): number {
    this.#closes ??= this.#index();
    return this.#lineOpens.length;
  }

  #index(): Occurrences {
    const text = this.#text;
    const closes: Occurrences = new Map();
    for (let at = text.indexOf(':'); at !== -1; at = text.indexOf(':', at + 1)) {
      const op = opAt(text, at + 1);
      if (op === null) continue;
      add(closes, text.slice(at + 1, wordEnd(text, at + 1 + OP_LENGTH)), at);
      add(this.#closesByOp, op, at);
    }
    for (let at = text.indexOf('<<'); at !== -1; at = text.indexOf('<<', at + 1)) {
      if (openAt(text, at) === null || (at > 0 && text.charCodeAt(at - 1) !== LF)) continue;
      this.#lineOpens.push(at);
      add(this.#lineOpensByTag, text.slice(at + 2, wordEnd(text, at + 2 + OP_LENGTH)), at);
    }
    return closes;
  }
}

function add(map: Occurrences, tag: string, at: number): void {
  const known = map.get(tag);
  if (known === undefined) map.set(tag, [at]);
  else known.push(at);
}

function firstFrom(sorted: readonly number[] | undefined, from: number): number {
  if (sorted === undefined) return -1;
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < from) low = middle + 1;
    else high = middle;
  }
  return sorted[low] ?? -1;
}
