import { PlurnkParser } from '@plurnk/plurnk-grammar';
import { attached } from '../attachment.ts';
import { invalid } from '../failure.ts';
import type { Handler } from '../services.ts';

export const look: Handler<'op.look'> = async ({ text }, services, signal) => {
  const items = PlurnkParser.parseStatements(text).items;
  const [first] = items;
  if (first?.kind === 'error') throw invalid('text', first.error.message);
  if (items.length !== 1 || first?.kind !== 'statement' || first.statement.op !== 'READ') {
    throw invalid('text', 'must be exactly one READ');
  }
  const { sessionId, runId } = attached(services);
  const seen = await services.engine.look(sessionId, runId, first.statement, signal);
  return { status: seen.status, rx: seen.rx, mimetype_rx: seen.mimetypeRx };
};
