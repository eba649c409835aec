import { admits, type Element, type Gbnf } from './gbnf.ts';

/** Characters that mean something to the language, tried more often than others. */
const TELLING = [...':<>()[]#\\"/ \n\r\t,-.0129:PLANREADEDITSENDtf|_', '\u00a0', '😀', 'é'].map(
  char => char.codePointAt(0) ?? 0,
);

/**
 * Samples texts of a grammar: a random walk that, once it is longer than wished, takes the shortest way out. Words of
 * the language are favoured, so that the corners of the grammar are visited.
 */
export class GbnfSampler {
  readonly #grammar: Gbnf;
  readonly #random: () => number;
  /** The length of the shortest text of each rule. */
  readonly #shortest: number[];

  constructor(grammar: Gbnf, random: () => number) {
    this.#grammar = grammar;
    this.#random = random;
    this.#shortest = shortestTexts(grammar);
  }

  sample(wishedLength: number): string {
    const stack: Element[] = [{ kind: 'rule', rule: this.#grammar.root }];
    let text = '';
    let impatience = 0;
    for (let element = stack.pop(); element !== undefined; element = stack.pop()) {
      if (element.kind === 'char') {
        text += this.#char(element);
        continue;
      }
      const alternatives = this.#grammar.rules[element.rule] ?? [];
      if (impatience === 0 && text.length > wishedLength) impatience = 1;
      const chosen = this.#choose(alternatives, impatience === 1 || this.#random() < 0.25);
      for (let index = chosen.length - 1; index >= 0; index--) stack.push(chosen[index] as Element);
    }
    return text;
  }

  #choose(alternatives: readonly (readonly Element[])[], shortest: boolean): readonly Element[] {
    if (!shortest) return alternatives[Math.floor(this.#random() * alternatives.length)] ?? [];
    const lengths = alternatives.map(sequence => sequenceLength(sequence, this.#shortest));
    return alternatives[lengths.indexOf(Math.min(...lengths))] ?? [];
  }

  #char(element: Element & { kind: 'char' }): string {
    for (let attempt = 0; attempt < 50; attempt++) {
      const code = this.#code(element);
      const isSurrogate = code >= 0xd800 && code <= 0xdfff;
      if (!isSurrogate && admits(element, code)) return String.fromCodePoint(code);
    }
    const [from] = element.ranges[0] ?? [0];
    return element.negated ? this.#fallback(element) : String.fromCodePoint(from);
  }

  #code(element: Element & { kind: 'char' }): number {
    const range = element.ranges[Math.floor(this.#random() * element.ranges.length)];
    if (!element.negated && range !== undefined)
      return range[0] + Math.floor(this.#random() * (range[1] - range[0] + 1));
    if (this.#random() < 0.8) return TELLING[Math.floor(this.#random() * TELLING.length)] ?? 32;
    return Math.floor(this.#random() * (this.#random() < 0.5 ? 128 : 0x110000));
  }

  #fallback(element: Element & { kind: 'char' }): string {
    const code = Array.from({ length: 128 }, (_, index) => index).find(index => admits(element, index));
    if (code === undefined) throw new Error('a class admits no character');
    return String.fromCodePoint(code);
  }
}

function shortestTexts(grammar: Gbnf): number[] {
  const shortest = grammar.rules.map(() => Number.POSITIVE_INFINITY);
  for (let changed = true; changed; ) {
    changed = false;
    for (const [rule, alternatives] of grammar.rules.entries()) {
      const best = Math.min(...alternatives.map(sequence => sequenceLength(sequence, shortest)));
      if (best < (shortest[rule] ?? 0)) {
        shortest[rule] = best;
        changed = true;
      }
    }
  }
  return shortest;
}

function sequenceLength(sequence: readonly Element[], shortest: readonly number[]): number {
  return sequence.reduce((sum, element) => sum + (element.kind === 'char' ? 1 : (shortest[element.rule] ?? 0)), 0);
}
