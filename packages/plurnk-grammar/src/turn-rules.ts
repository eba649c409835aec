import type { Op, Statement } from './ast.ts';
import { PlurnkParseError } from './error.ts';
import { Locator } from './locator.ts';
import type { BrokenStatement, ParseItem } from './result.ts';
import type { Failure } from './slot.ts';

const BEGIN = 'must begin with <<PLAN before any other op';
const END = 'must end with <<SEND and its status, such as <<SEND[200]';

/** The items of a turn with what breaks its shape (LNG-16): each rule once, and not where a broken statement explains it. */
export function withTurnErrors(text: string, items: readonly ParseItem[]): readonly ParseItem[] {
  const failures = turnFailures(text, items);
  if (failures.length === 0) return items;
  const all = [...items];
  const locator = new Locator(text);
  for (const failure of failures.toSorted((a, b) => a.at - b.at)) {
    locator.moveTo(failure.at);
    const { line, column } = locator;
    const { at: offset, end: endOffset, source, message } = failure;
    const error = new PlurnkParseError({ line, column, offset, endOffset, source, severity: 'error', message });
    const index = all.findIndex(item => offsetOf(item) >= offset);
    all.splice(index === -1 ? all.length : index, 0, { kind: 'error', error });
  }
  return all;
}

function turnFailures(text: string, items: readonly ParseItem[]): readonly Failure[] {
  const statements = items.flatMap(item => (item.kind === 'statement' ? [item.statement] : []));
  const broken = items.flatMap(item => (item.kind === 'error' && item.broken !== undefined ? [item.broken] : []));
  const turn = new Turn(text, statements, broken);
  return [turn.empty(), turn.beginning(), turn.secondPlan(), turn.ending()].filter(failure => failure !== null);
}

function offsetOf(item: ParseItem): number {
  if (item.kind === 'statement') return item.statement.position.offset;
  return item.kind === 'text' ? item.position.offset : item.error.offset;
}

class Turn {
  readonly #text: string;
  readonly #statements: readonly Statement[];
  readonly #broken: readonly BrokenStatement[];

  constructor(text: string, statements: readonly Statement[], broken: readonly BrokenStatement[]) {
    this.#text = text;
    this.#statements = statements;
    this.#broken = broken;
  }

  empty(): Failure | null {
    if (!this.#isEmpty()) return null;
    return failure(0, 0, `The turn is empty: it ${BEGIN}, and it ${END}.`);
  }

  beginning(): Failure | null {
    if (this.#isEmpty()) return null;
    const plan = this.#statements.find(statement => statement.op === 'PLAN');
    const first = this.#statements[0];
    if (first === undefined || plan === undefined) return this.#missingPlan(first);
    if (first === plan || this.#isExplained('PLAN', first.position.offset)) return null;
    return at(first, `The turn ${BEGIN}; found \`<<${first.op}\` first.`);
  }

  #missingPlan(first: Statement | undefined): Failure | null {
    if (this.#isExplained('PLAN', this.#text.length)) return null;
    const message = `The turn ${BEGIN}; found no PLAN.`;
    return first === undefined ? failure(0, 0, message) : at(first, message);
  }

  secondPlan(): Failure | null {
    const second = this.#statements.filter(statement => statement.op === 'PLAN')[1];
    if (second === undefined) return null;
    return at(second, 'The turn has one PLAN; found a second `<<PLAN`, expected it only at the beginning.');
  }

  ending(): Failure | null {
    if (this.#isEmpty()) return null;
    const last = this.#statements.at(-1);
    if (last?.op === 'SEND') return null;
    const index = this.#statements.findLastIndex(statement => statement.op === 'SEND');
    const from = this.#statements[index]?.position.offset ?? 0;
    if (this.#isExplained('SEND', this.#text.length, from)) return null;
    const after = index === -1 ? undefined : this.#statements[index + 1];
    if (after !== undefined) return at(after, `The turn ${END}; found \`<<${after.op}\` after the last SEND.`);
    const end = this.#text.length;
    return failure(end, end, `The turn ${END}; found no SEND.`);
  }

  /** Whether a broken statement within the bounds has this op or swallowed a statement that has it. */
  #isExplained(op: Op, before: number, from = 0): boolean {
    const open = `<<${op}`;
    let next = -1;
    return this.#broken.some(statement => {
      if (statement.start < from || statement.start >= before) return false;
      if (statement.op === op || (op === 'SEND' && statement.end === this.#text.length)) return true;
      if (next < statement.start) next = this.#indexOf(open, statement.start);
      return next < statement.end;
    });
  }

  #indexOf(open: string, from: number): number {
    const at = this.#text.indexOf(open, from);
    return at === -1 ? Number.POSITIVE_INFINITY : at;
  }

  #isEmpty(): boolean {
    return this.#statements.length === 0 && this.#broken.length === 0 && this.#text.trim() === '';
  }
}

function at(statement: Statement, message: string): Failure {
  const { offset } = statement.position;
  return failure(offset, offset + 2 + statement.op.length + statement.suffix.length, message);
}

function failure(start: number, end: number, message: string): Failure {
  return { at: start, end, source: 'parser', message };
}
