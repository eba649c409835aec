import { attached } from '../attachment.ts';
import { invalid } from '../failure.ts';
import type { Handler } from '../services.ts';

export const rename: Handler<'session.rename'> = async (params, services) => {
  const { sessionId } = attached(services);
  const other = services.store.sessions.byName(params.name);
  if (other !== null && other.id !== sessionId) throw invalid('name', `another session is named "${params.name}"`);
  const session = services.store.sessions.update(sessionId, { name: params.name }, services.clock.now());
  services.peers.sessionChanged(sessionId, 'name');
  return { id: session.id, name: session.name };
};
