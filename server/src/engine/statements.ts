import { type Position, parsePath, type Statement, type Target } from '@plurnk/plurnk-grammar';

const NOWHERE: Position = { line: 1, column: 0, offset: 0, endLine: 1, endColumn: 0, endOffset: 0 };

/** Statements that the runtime writes itself: foisted rows and documents. */
export const own = {
  find(target: string, marks: readonly number[] | null = null): Statement {
    return statement('FIND', target, marks, null);
  },
  read(target: string): Statement {
    return statement('READ', target, null, null);
  },
  edit(target: string, body: string): Statement {
    return {
      op: 'EDIT',
      suffix: '',
      signal: null,
      target: parsePath(target),
      lineMarker: null,
      body,
      position: NOWHERE,
    };
  },
};

function statement(op: 'FIND' | 'READ', target: string, marks: readonly number[] | null, body: null): Statement {
  const lineMarker = marks === null ? null : { marks };
  return { op, suffix: '', signal: null, target: parsePath(target), lineMarker, body, position: NOWHERE };
}

/** A SEND that speaks to the user and decides how the loop goes on (RES-20). */
export function isDisposition(statement: Statement): statement is Statement & { readonly op: 'SEND' } {
  return statement.op === 'SEND' && statement.target === null;
}

export function targetText(target: Target | null): string | null {
  return target === null ? null : target.raw;
}
