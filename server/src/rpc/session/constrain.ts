import { attached } from '../attachment.ts';
import type { Handler } from '../services.ts';

export const constrain: Handler<'session.constrain'> = async ({ effect, glob }, services) => {
  const { sessionId } = attached(services);
  services.store.constraints.add(sessionId, effect, glob, services.clock.now());
  services.workspace.constraintsChanged(sessionId);
  services.peers.sessionChanged(sessionId, 'constraints');
  return { effect, glob };
};
