import type { Handler } from '../services.ts';
import { compose } from './compose.ts';
import { execute } from './execute.ts';

export const find: Handler<'op.find'> = async ({ scope, matcher, tags, lineRange }, services, signal) =>
  execute(
    compose({ op: 'FIND', target: scope, tags, marks: lineRange, body: matcher, field: 'scope' }),
    services,
    signal,
  );
