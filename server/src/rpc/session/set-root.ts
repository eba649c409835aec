import { attached } from '../attachment.ts';
import type { Handler } from '../services.ts';
import { checkedRoot } from './attach-new-session.ts';

export const setRoot: Handler<'session.set_root'> = async (params, services) => {
  const { sessionId } = attached(services);
  const projectRoot = checkedRoot(params.projectRoot);
  services.store.sessions.update(sessionId, { projectRoot }, services.clock.now());
  services.workspace.constraintsChanged(sessionId);
  services.peers.sessionChanged(sessionId, 'root');
  return { projectRoot };
};
