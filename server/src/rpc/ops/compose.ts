import type { Op, Statement } from '@plurnk/plurnk-grammar';
import { PlurnkParser } from '@plurnk/plurnk-grammar';
import { invalid } from '../failure.ts';

/** The slots of one statement, as a client gives them. */
export interface StatementParts {
  readonly op: Op;
  readonly target?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  /** For SEND, KILL and EXEC. */
  readonly signal?: string | number | undefined;
  readonly marks?: readonly number[] | undefined;
  readonly body?: string | undefined;
  /** Parameter that a refusal of the grammar is blamed on. */
  readonly field: string;
}

/**
 * Makes a statement of its parts by way of the language itself: what a client sends obeys the same grammar as what a
 * model writes.
 */
export function compose(parts: StatementParts): Statement {
  const text = statementText(parts);
  const items = PlurnkParser.parseStatements(text).items;
  const first = items[0];
  if (items.length === 1 && first?.kind === 'statement') return first.statement;
  const error = items.find(item => item.kind === 'error');
  throw invalid(parts.field, error?.kind === 'error' ? error.error.message : 'does not make a statement');
}

function statementText(parts: StatementParts): string {
  const { op, body } = parts;
  const suffix = freeSuffix(op, body ?? '');
  const signal =
    parts.signal ?? (parts.tags === undefined || parts.tags.length === 0 ? undefined : parts.tags.join(','));
  const slots = [
    signal === undefined ? '' : `[${signal}]`,
    parts.target === undefined ? '' : `(${targetText(parts.target, parts.field)})`,
    parts.marks === undefined ? '' : `<${parts.marks.join(',')}>`,
  ].join('');
  return `<<${op}${suffix}${slots}:${body ?? ''}:${op}${suffix}`;
}

/** A suffix with which the body neither holds the close tag nor looks like one at its start (LNG-3, LNG-4). */
function freeSuffix(op: Op, body: string): string {
  for (let count = 0; ; count++) {
    const suffix = count === 0 ? '' : String(count);
    if (!`:${body}`.includes(`:${op}${suffix}`)) return suffix;
  }
}

/** What a target slot cannot hold is percent-encoded (RES-3); a `#regex#` stays as it is. */
function targetText(target: string, field: string): string {
  if (/[\r\n]/.test(target)) throw invalid(field, 'holds a line break');
  return target.startsWith('#') ? target : target.replaceAll(')', '%29').replaceAll('<', '%3C');
}
