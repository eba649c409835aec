import type { StoredEntry } from '@plurnk/protocol';
import type { EntryRow, EntryStore } from '../../store/contract.ts';
import { attached, ownRun, sessionById } from '../attachment.ts';
import type { Handler, RpcServices } from '../services.ts';
import { explainAbsence } from './availability.ts';
import { entryAt } from './entry-address.ts';

export const entryRead: Handler<'entry.read'> = async (params, services) => {
  const own = attached(services);
  const session = params.sessionId === undefined ? own.sessionId : sessionById(services, params.sessionId).id;
  const run = params.runId === undefined ? null : ownRun(services, params.runId).id;
  const entry = entryAt(services, session, params.target, run);
  if (entry === null) {
    await explainAbsence(services, session, params.target);
    return { status: 404, entry: null };
  }
  return { status: 200, entry: toStoredEntry(services, entry, params) };
};

function toStoredEntry(
  { store }: RpcServices,
  entry: EntryRow,
  part: { readonly from?: number | undefined; readonly limit?: number | undefined },
): StoredEntry {
  const { entries } = store;
  return {
    id: entry.id,
    scope: entry.scope,
    sessionId: entry.sessionId,
    scheme: entry.scheme,
    pathname: entry.pathname,
    channels: Object.fromEntries(
      entries
        .channels(entry.id)
        .map(({ name, mimetype, tokens, state, length }) => [
          name,
          { content: contentOf(entries, entry, name, part), mimetype, tokens, state, length },
        ]),
    ),
    tags: [...entry.tags],
  };
}

function contentOf(
  entries: EntryStore,
  entry: EntryRow,
  channel: string,
  { from, limit }: { readonly from?: number | undefined; readonly limit?: number | undefined },
): string {
  if (from === undefined && limit === undefined) return entries.content(entry.id, channel) ?? '';
  const start = from ?? 0;
  return entries.slice(entry.id, channel, start, limit === undefined ? undefined : start + limit);
}
