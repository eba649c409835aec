import { admits, type Element, type Gbnf } from './gbnf.ts';

/** What is still to be matched, innermost first; shared between stacks. */
interface Frame {
  readonly sequence: readonly Element[];
  readonly index: number;
  readonly rest: Frame | null;
  readonly id: string;
}

/**
 * Decides whether a grammar admits a text, as llama.cpp does: with the set of all stacks that are possible after each
 * character. A grammar with left recursion would not end.
 */
export class GbnfMatcher {
  readonly #grammar: Gbnf;
  readonly #sequenceIds = new Map<readonly Element[], number>();

  constructor(grammar: Gbnf) {
    this.#grammar = grammar;
  }

  accepts(text: string): boolean {
    return this.acceptedLength(text) === text.length && this.#isComplete;
  }

  #isComplete = false;

  /** How many UTF-16 units of the text some text of the grammar starts with. */
  acceptedLength(text: string): number {
    let stacks = this.#expand([this.#frame([{ kind: 'rule', rule: this.#grammar.root }], 0, null)]);
    let at = 0;
    for (const char of text) {
      const code = char.codePointAt(0) ?? 0;
      const next: (Frame | null)[] = [];
      for (const stack of stacks.values()) {
        const element = stack.sequence[stack.index];
        if (element?.kind === 'char' && admits(element, code)) next.push(this.#after(stack));
      }
      if (next.length === 0) return at;
      stacks = this.#expand(next);
      at += char.length;
    }
    return at;
  }

  /** Replaces rules on top by their alternatives until every stack starts with a character. */
  #expand(start: readonly (Frame | null)[]): Map<string, Frame> {
    const ready = new Map<string, Frame>();
    const seen = new Set<string>();
    const open = [...start];
    this.#isComplete = false;
    while (open.length > 0) {
      const stack = open.pop() ?? null;
      if (stack === null) {
        this.#isComplete = true;
        continue;
      }
      if (seen.has(stack.id)) continue;
      seen.add(stack.id);
      const element = stack.sequence[stack.index];
      if (element === undefined) throw new Error('a finished frame was kept');
      if (element.kind === 'char') ready.set(stack.id, stack);
      else open.push(...this.#enter(element.rule, this.#after(stack)));
    }
    return ready;
  }

  #enter(rule: number, rest: Frame | null): (Frame | null)[] {
    const alternatives = this.#grammar.rules[rule] ?? [];
    return alternatives.map(sequence => (sequence.length === 0 ? rest : this.#frame(sequence, 0, rest)));
  }

  /** The stack after its first element; a sequence that is done is dropped, so tail calls do not grow it. */
  #after({ sequence, index, rest }: Frame): Frame | null {
    return index + 1 < sequence.length ? this.#frame(sequence, index + 1, rest) : rest;
  }

  #frame(sequence: readonly Element[], index: number, rest: Frame | null): Frame {
    let id = this.#sequenceIds.get(sequence);
    if (id === undefined) {
      id = this.#sequenceIds.size;
      this.#sequenceIds.set(sequence, id);
    }
    return { sequence, index, rest, id: `${id}.${index}/${rest?.id ?? ''}` };
  }
}
