import { sessionById } from '../attachment.ts';
import type { Handler } from '../services.ts';

export const search: Handler<'session.search'> = async (params, services) => {
  const { store } = services;
  const sessionId = params.id === undefined ? undefined : sessionById(services, params.id).id;
  const names = new Map(store.sessions.list().map(session => [session.id, session.name]));
  const hits = store.search.log(params.query, params.limit, sessionId);
  return { hits: hits.map(hit => ({ ...hit, sessionName: names.get(hit.sessionId) ?? '' })) };
};
