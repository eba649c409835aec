import type { JsonObject } from '@plurnk/protocol';
import { attached, sessionById } from '../attachment.ts';
import type { Handler } from '../services.ts';

export const configure: Handler<'session.configure'> = async (params, services) => {
  const { sessionId } = attached(services);
  const before = sessionById(services, sessionId);
  const settings = { ...before.settings, ...(params.settings as JsonObject) };
  const after = services.store.sessions.update(sessionId, { settings }, services.clock.now());
  if (params.settings.git !== undefined) services.workspace.constraintsChanged(sessionId);
  services.peers.sessionChanged(sessionId, 'settings');
  return { settings: after.settings };
};
