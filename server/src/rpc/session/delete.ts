import type { SessionRow } from '../../store/contract.ts';
import { sessionById } from '../attachment.ts';
import { invalid } from '../failure.ts';
import type { Handler, RpcServices } from '../services.ts';

/** Confirmation: `session.delete.<id>` holds the token that the first call gave out. */
const factKey = (session: SessionRow): string => `session.delete.${session.id}`;

export const deleteSession: Handler<'session.delete'> = async (params, services) => {
  const session = sessionById(services, params.id);
  if (params.token === undefined) return offer(services, session);
  if (services.store.facts.get(factKey(session)) !== params.token) {
    throw invalid('token', 'is not the token of this session; call once without a token to get one');
  }
  services.store.facts.delete(factKey(session));
  for (const run of services.store.runs.list(session.id)) await services.engine.cancel(run.id, 'session_deleted');
  services.peers.sessionChanged(session.id, 'deleted');
  services.peers.detachAll(session.id);
  services.store.sessions.delete(session.id);
  return { deleted: true };
};

function offer(services: RpcServices, session: SessionRow) {
  const token = services.nonce();
  services.store.facts.set(factKey(session), token);
  const summary = services.store.sessions.list().find(each => each.id === session.id);
  const runs = services.store.runs.list(session.id).length;
  return { deleted: false, token, loses: { runs, prompts: summary?.prompts ?? 0, turns: summary?.turns ?? 0 } };
}
