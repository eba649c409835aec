import type { Handler } from '../services.ts';
import { compose } from './compose.ts';
import { execute } from './execute.ts';

export const edit: Handler<'op.edit'> = async ({ target, content, tags, lineRange }, services, signal) =>
  execute(compose({ op: 'EDIT', target, tags, marks: lineRange, body: content, field: 'target' }), services, signal);
