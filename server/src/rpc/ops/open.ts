import type { Handler } from '../services.ts';
import { compose } from './compose.ts';
import { execute } from './execute.ts';

export const open: Handler<'op.open'> = async ({ target, matcher, tags, lineRange }, services, signal) =>
  execute(compose({ op: 'OPEN', target, tags, marks: lineRange, body: matcher, field: 'target' }), services, signal);
