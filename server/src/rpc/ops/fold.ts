import type { Handler } from '../services.ts';
import { compose } from './compose.ts';
import { execute } from './execute.ts';

export const fold: Handler<'op.fold'> = async ({ target, matcher, tags, lineRange }, services, signal) =>
  execute(compose({ op: 'FOLD', target, tags, marks: lineRange, body: matcher, field: 'target' }), services, signal);
