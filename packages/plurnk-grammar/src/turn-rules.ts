import type { Op, Statement } from './ast.ts';
import type { BrokenStatement } from './result.ts';
import type { Failure } from './slot.ts';

const BEGIN = 'must begin with <<PLAN before any other op';
const END = 'must end with <<SEND and its status, such as <<SEND[200]';

/** What breaks the shape of a turn (LNG-16): each rule once, and not where a broken statement explains it. */
export function turnFailures(
  text: string,
  statements: readonly Statement[],
  broken: readonly BrokenStatement[],
): readonly Failure[] {
  const turn = new Turn(text, statements, broken);
  const failures = [turn.empty(), turn.beginning(), turn.secondPlan(), turn.ending()];
  return failures.filter(failure => failure !== null);
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
