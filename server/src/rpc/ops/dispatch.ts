import { PlurnkParser, render, type Statement } from '@plurnk/plurnk-grammar';
import { invalid } from '../failure.ts';
import type { Handler } from '../services.ts';
import { execute } from './execute.ts';

export const dispatch: Handler<'op.dispatch'> = async ({ statement }, services, signal) =>
  execute(checked(statement as unknown as Statement), services, signal);

/** An AST is taken only if the language can write and read it back: what does not survive is no statement. */
function checked(statement: Statement): Statement {
  const items = PlurnkParser.parseStatements(rendered(statement)).items;
  const first = items[0];
  if (items.length !== 1 || first?.kind !== 'statement')
    throw invalid('statement', 'is not a statement of the language');
  return first.statement;
}

function rendered(statement: Statement): string {
  try {
    return render(statement);
  } catch (error) {
    throw invalid('statement', error instanceof Error ? error.message : 'is not a statement of the language');
  }
}
