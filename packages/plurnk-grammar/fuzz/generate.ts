import { NEAR_MISSES, OPS } from '../src/index.ts';

/** A seeded generator of numbers in [0, 1): mulberry32. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const SUFFIXES = ['', '', '', '', '1', '2', '_a', 'X9'];
const SIGNALS = [
  '',
  '',
  '[a]',
  '[a, b]',
  '[]',
  '[200]',
  '[-1]',
  '[sh]',
  '[a<]',
  '[<b]',
  '[<<]',
  '[\n]',
  '[',
  '[1.5]',
  '[,, x ]',
];
const TARGETS = [
  '',
  '(a.ts)',
  '(src/**)',
  '()',
  '(known:///p.md)',
  '(run://self)',
  '(http://h:8080/p?q=1&q=2#f)',
  '(http://[)',
  '(#a)b#i)',
  '(#a\\#b#)',
  '(#a)',
  '(<)',
  '(a<b)',
  '(a\n)',
  '(',
  '(a',
  '(log:///1/2/3/READ)',
  '(é 😀)',
  '(a<<b)',
  '(#(#)',
];
const MARKS = [
  '',
  '',
  '',
  '<4>',
  '<4-7>',
  '<-3--1>',
  '<2.5>',
  '<0.7, 10,20>',
  '<>',
  '<4-',
  '<x>',
  '<1,  2>',
  '<',
  '<4',
  '<99999999999999999999>',
];
const BODIES = [
  '',
  '',
  'text',
  'a\nb\r\nc',
  '//a[@b="c"]',
  '//[',
  '#x\\#y#gi',
  '#x',
  '$.a[?@.b > 1]',
  '$[',
  '~like',
  '@sym',
  '**/*.ts',
  '{"a":[1,2]}',
  '[1]',
  '7',
  '{',
  ':',
  '::',
  'known:///b',
  'http://[',
  '<<READ(x)::READ',
  ':READ',
  ':EDIT',
  'READ',
  'READ\n',
  'a:SEND1 b',
  '😀',
  '\u00a0',
  '\ud83d',
];
const PROSE = [
  '',
  '\n',
  ' ',
  '\n',
  'prose ',
  '<',
  '<<',
  '<<<',
  '<think>x <<READ(a)::READ</think>',
  '<think>',
  '<|channel>a<channel|>',
  '😀',
  '\r\n',
  'a << b',
  ':READ',
  '\u2028',
  '\0',
];
const ODD = [' ', '\n', '\t', '\u00a0', 'x', ':', '<', '>', '(', ')', '[', ']', '#', '\\', '"', '\v'];
const WORDS = [...OPS, ...OPS, ...NEAR_MISSES.keys()];

/** Makes fuzzed sources: mostly statements, sound and damaged; sometimes any characters at all. */
export class SourceGenerator {
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  next(): string {
    const kind = this.#random();
    if (kind < 0.1) return this.#characters(Math.floor(this.#random() * 60));
    let text = this.#prose();
    if (kind > 0.5) text += '<<PLAN:go:PLAN';
    for (let left = Math.floor(this.#random() * 5); left > 0; left--) text += this.#statement() + this.#prose();
    if (kind > 0.6) text += '\n<<SEND[200]:done:SEND';
    for (let left = Math.floor(this.#random() * 4) - 1; left > 0; left--) text = this.#damage(text);
    return text;
  }

  #statement(): string {
    const tag = this.#pick(WORDS) + this.#pick(SUFFIXES);
    const slots = [this.#pick(SIGNALS), this.#pick(TARGETS), this.#pick(MARKS)];
    if (this.#random() < 0.2) slots.reverse();
    if (this.#random() < 0.1) slots.splice(1, 0, this.#pick(ODD));
    const close = this.#random() < 0.85 ? `:${tag}` : this.#pick(['', `:${tag}x`, ':READ', tag]);
    return `<<${tag}${slots.join('')}:${this.#pick(BODIES)}${this.#random() < 0.1 ? this.#statement() : ''}${close}`;
  }

  #prose(): string {
    return this.#random() < 0.5 ? '\n' : this.#pick(PROSE);
  }

  /** Cuts out, doubles or overwrites a piece, or cuts the end off. */
  #damage(text: string): string {
    const at = Math.floor(this.#random() * text.length);
    const end = at + Math.floor(this.#random() * 8);
    const kind = this.#random();
    if (kind < 0.3) return text.slice(0, at) + text.slice(end);
    if (kind < 0.5) return text.slice(0, end) + text.slice(at);
    if (kind < 0.8) return text.slice(0, at) + this.#pick(ODD) + text.slice(at + 1);
    return text.slice(0, end);
  }

  #characters(length: number): string {
    let text = '';
    for (let left = length; left > 0; left--) {
      text +=
        this.#random() < 0.3
          ? this.#pick(ODD)
          : String.fromCharCode(this.#random() * (this.#random() < 0.8 ? 128 : 65536));
    }
    return text;
  }

  #pick(choices: readonly string[]): string {
    return choices[Math.floor(this.#random() * choices.length)] ?? '';
  }
}
