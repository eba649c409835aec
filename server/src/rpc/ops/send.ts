import type { Handler } from '../services.ts';
import { compose } from './compose.ts';
import { execute } from './execute.ts';

export const send: Handler<'op.send'> = async ({ status, recipient, body }, services, signal) => {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  return execute(
    compose({ op: 'SEND', signal: status, target: recipient, body: text, field: 'recipient' }),
    services,
    signal,
  );
};
