import type { EntryRow } from '../../store/contract.ts';
import { attached, ownRun, sessionById } from '../attachment.ts';
import { invalid } from '../failure.ts';
import type { Handler, RpcServices } from '../services.ts';
import { requireScheme } from './availability.ts';

export const entryList: Handler<'entry.list'> = async (params, services) => {
  const own = attached(services);
  const sessionId = params.sessionId === undefined ? own.sessionId : sessionById(services, params.sessionId).id;
  if (params.scheme === 'run' && params.runId === undefined) throw invalid('runId', 'is needed for the scheme run');
  const runId = params.runId === undefined ? null : ownRun(services, params.runId).id;
  const found = services.store.entries.list({
    sessionId,
    scheme: params.scheme === 'file' ? null : params.scheme,
    ...(runId === null ? {} : { runId }),
    ...(params.prefix === undefined ? {} : { prefix: params.prefix }),
  });
  if (found.length === 0) requireScheme(services, params.scheme, 'scheme');
  return { entries: found.map(entry => toListing(services, entry)) };
};

function toListing({ store }: RpcServices, entry: EntryRow) {
  const channels = store.entries.channels(entry.id);
  return {
    id: entry.id,
    scheme: entry.scheme,
    pathname: entry.pathname,
    tags: [...entry.tags],
    length: channels.reduce((sum, channel) => sum + channel.length, 0),
    mimetype: channels[0]?.mimetype ?? 'text/plain',
    created_at: entry.createdAt,
    updated_at: entry.updatedAt,
  };
}
