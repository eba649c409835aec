import { attached } from '../attachment.ts';
import type { Handler } from '../services.ts';

/** Removing a rule that is not there changes nothing and is no error. */
export const unconstrain: Handler<'session.unconstrain'> = async ({ effect, glob }, services) => {
  const { sessionId } = attached(services);
  if (services.store.constraints.remove(sessionId, effect, glob)) {
    services.workspace.constraintsChanged(sessionId);
    services.peers.sessionChanged(sessionId, 'constraints');
  }
  return { effect, glob };
};
