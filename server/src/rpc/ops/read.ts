import type { Handler } from '../services.ts';
import { compose } from './compose.ts';
import { execute } from './execute.ts';

export const read: Handler<'op.read'> = async ({ target, matcher, tags, lineRange }, services, signal) =>
  execute(compose({ op: 'READ', target, tags, marks: lineRange, body: matcher, field: 'target' }), services, signal);
