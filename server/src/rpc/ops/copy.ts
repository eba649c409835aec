import type { Handler } from '../services.ts';
import { compose } from './compose.ts';
import { execute } from './execute.ts';

export const copy: Handler<'op.copy'> = async ({ source, destination, tags, lineRange }, services, signal) =>
  execute(
    compose({ op: 'COPY', target: source, tags, marks: lineRange, body: destination, field: 'source' }),
    services,
    signal,
  );
