import type { Handler } from '../services.ts';
import { toSessionSummary } from '../wire/summaries.ts';

export const list: Handler<'session.list'> = async (_params, { store }) => ({
  sessions: store.sessions.list().map(toSessionSummary),
});
