import type { Handler } from '../services.ts';
import { compose } from './compose.ts';
import { execute } from './execute.ts';

export const exec: Handler<'op.exec'> = async ({ cwd, runtime, command, lineRange }, services, signal) =>
  execute(
    compose({ op: 'EXEC', signal: runtime, target: cwd, marks: lineRange, body: command, field: 'command' }),
    services,
    signal,
  );
