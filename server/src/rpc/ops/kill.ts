import type { Handler } from '../services.ts';
import { compose } from './compose.ts';
import { execute } from './execute.ts';

export const kill: Handler<'op.kill'> = async ({ target, signal }, services, stop) =>
  execute(compose({ op: 'KILL', target, signal, field: 'target' }), services, stop);
