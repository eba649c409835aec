/** How often which words stand in the overlapping passages of a text, in a few bytes a word. */
import type { DialectText } from './dialect.ts';
import { eachToken, wordsOf, wordsOfToken } from './words.ts';

export interface PassageSettings {
  /** Lines of a passage. */
  readonly size: number;
  /** Lines that two neighbours share. */
  readonly overlap: number;
}

export interface Passage {
  readonly lineStart: number;
  readonly lineEnd: number;
  /** Words, those of the path not counted. */
  readonly length: number;
  /** Its part of the index's lists. */
  readonly from: number;
  readonly to: number;
}

export interface PassageIndex {
  readonly passages: readonly Passage[];
  /** Numbers of words (`wordNumber`), each once per passage. */
  readonly words: Float64Array;
  readonly counts: Uint16Array;
}

const PATH_WEIGHT = 2;
const MOST = 0xffff;

/** 53 bits of hash: two words with one number are not to be expected in any workspace. */
export function wordNumber(word: string): number {
  let [a, b] = [0x9e3779b9, 0x85ebca6b];
  for (let at = 0; at < word.length; at++) {
    const code = word.charCodeAt(at);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x5bd1e995) ^ (b >>> 15);
  }
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ (b >>> 13);
  b = Math.imul(b ^ (b >>> 16), 0xc2b2ae35) ^ (a >>> 16);
  return (b & 0x1fffff) * 0x1_0000_0000 + (a >>> 0);
}

export function countIn({ words, counts }: PassageIndex, { from, to }: Passage, word: number): number {
  for (let at = from; at < to; at++) if (words[at] === word) return counts[at] ?? 0;
  return 0;
}

/** A word while texts are indexed: it counts itself, so that no passage needs a table. */
interface Counted {
  readonly number: number;
  /** The passage that `count` is of. */
  passage: number;
  count: number;
}

/** Words of tokens met before: a text consists of few different ones. */
class Vocabulary {
  readonly #tokens = new Map<string, readonly Counted[]>();
  readonly #words = new Map<string, Counted>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  of(token: string): readonly Counted[] {
    const known = this.#tokens.get(token);
    if (known !== undefined) return known;
    const words = wordsOfToken(token).map(word => this.word(word));
    this.#tokens.set(token, words);
    return words;
  }

  word(word: string): Counted {
    const known = this.#words.get(word);
    if (known !== undefined) return known;
    const made = { number: wordNumber(word), passage: 0, count: 0 };
    this.#words.set(word, made);
    return made;
  }

  /** Between two texts. */
  trim(): void {
    if (this.#tokens.size < this.#limit) return;
    this.#tokens.clear();
    this.#words.clear();
  }
}

const vocabulary = new Vocabulary(50_000);
let lastPassage = 0;

/** Words of a text in order, and where each line's begin. */
interface Lined {
  readonly words: readonly Counted[];
  readonly starts: readonly number[];
}

function linesOf(text: string): Lined {
  const words: Counted[] = [];
  const starts = [0];
  const ends = eachToken(text, (token, line) => {
    while (starts.length <= line) starts.push(words.length);
    for (const word of vocabulary.of(token)) words.push(word);
  });
  const lines = text.endsWith('\n') ? ends : ends + 1;
  while (starts.length <= lines) starts.push(words.length);
  return { words, starts };
}

/** The words of the path count in every passage: people name files after what is in them. */
export function indexPassages(
  { path, text }: Pick<DialectText, 'path' | 'text'>,
  settings: PassageSettings,
): PassageIndex {
  vocabulary.trim();
  const { words, starts } = linesOf(text);
  const lines = starts.length - 1;
  const name = wordsOf(path).map(word => vocabulary.word(word));
  const step = Math.max(1, settings.size - settings.overlap);
  const passages: Passage[] = [];
  const [numbers, counts]: [number[], number[]] = [[], []];
  for (let first = 0; first < Math.max(1, lines); first += step) {
    const last = Math.min(lines, first + settings.size);
    const inside = words.slice(starts[first], starts[last]);
    const from = numbers.length;
    const different = count(inside, name);
    for (const word of different) {
      numbers.push(word.number);
      counts.push(Math.min(MOST, word.count));
    }
    const lineEnd = Math.max(last, first + 1);
    passages.push({ lineStart: first + 1, lineEnd, length: inside.length, from, to: numbers.length });
    if (last >= lines) break;
  }
  return { passages, words: Float64Array.from(numbers), counts: Uint16Array.from(counts) };
}

function count(words: readonly Counted[], name: readonly Counted[]): readonly Counted[] {
  const passage = ++lastPassage;
  const different: Counted[] = [];
  const add = (word: Counted, weight: number): void => {
    if (word.passage !== passage) {
      word.passage = passage;
      word.count = 0;
      different.push(word);
    }
    word.count += weight;
  };
  for (const word of words) add(word, 1);
  for (const word of name) add(word, PATH_WEIGHT);
  return different;
}
