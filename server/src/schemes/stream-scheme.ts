/** `exec` and one scheme per runtime: output streams of a run's processes, and their control. */

import { stripControls } from '../content/ansi.ts';
import type { Streams } from '../executors/contract.ts';
import type { EntryRow, Store } from '../store/contract.ts';
import { type Address, formatAddress, rowTarget } from './address.ts';
import type { OpContext, SchemeInfo } from './contract.ts';
import { channelFailure } from './entry-scheme.ts';
import { fail, failed, type Item, rows, type Scheme } from './scheme.ts';
import { candidateOfText, summaryOfChannel } from './summary.ts';

export interface StreamSchemeDeps {
  readonly store: Pick<Store, 'entries' | 'subscriptions'>;
  readonly streams: () => Streams;
  readonly now: () => number;
}

const CHANNELS = { stdout: 'text/plain', stderr: 'text/plain' };
const DEFAULT_CHANNEL = 'stdout';

/** `runtimes`: the tags whose streams this scheme shows; `exec` shows all. */
export function streamScheme(info: SchemeInfo, runtimes: readonly string[], deps: StreamSchemeDeps): Scheme {
  const { entries, subscriptions } = deps.store;
  const target = (address: Address) =>
    rowTarget({ scheme: info.name, pathname: address.path, fragment: address.channel });
  const coordinate = (address: Address): string => address.path.replace(/^\/+|\/+$/g, '');

  const find = (address: Address, context: OpContext): EntryRow | null => {
    const { sessionId, runId } = context;
    for (const scheme of runtimes) {
      const entry = entries.find({ sessionId, scope: 'run', runId, scheme, pathname: `/${coordinate(address)}` });
      if (entry !== null) return entry;
    }
    return null;
  };

  const textOf = (entry: EntryRow, channel: string): string => stripControls(entries.content(entry.id, channel) ?? '');

  const itemOf = (entry: EntryRow): Item => {
    const at = rowTarget({ scheme: entry.scheme, pathname: entry.pathname });
    const subscription = subscriptions.byEntry(entry.id);
    const live = subscription?.state === 'active';
    return {
      path: entry.pathname,
      address: {
        scheme: info.name,
        path: entry.pathname,
        authority: '',
        channel: null,
        params: {},
        raw: formatAddress(at),
      },
      target: at,
      tags: entry.tags,
      ...(live && subscription !== null ? { seconds: Math.round((deps.now() - subscription.startedAt) / 1000) } : {}),
      async channels() {
        const known = entries.channels(entry.id).map(channel => {
          const fragment = channel.name === DEFAULT_CHANNEL ? null : channel.name;
          return [formatAddress({ ...at, fragment }), summaryOfChannel(channel)] as const;
        });
        return Object.fromEntries(known);
      },
      candidate: () => candidateOfText(entry.pathname, 'text/plain', textOf(entry, DEFAULT_CHANNEL)),
    };
  };

  return {
    info,
    channels: CHANNELS,
    scope: 'run',
    writableBy: ['model', 'client', 'plurnk', 'plugin'],
    flags: {},
    target,
    async item(address, context) {
      const entry = find(address, context);
      return entry === null ? null : itemOf(entry);
    },
    async list(_address, { sessionId, runId }) {
      const all = runtimes.flatMap(scheme => entries.list({ sessionId, scheme, runId }));
      return all.map(itemOf).sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
    },
    async read(address, context) {
      const wrong = channelFailure(CHANNELS, address);
      if (wrong !== null) return wrong;
      const entry = find(address, context);
      if (entry === null) return null;
      const name = address.channel ?? DEFAULT_CHANNEL;
      const channel = entries.channel(entry.id, name);
      const status = channel?.state === 'active' ? 102 : 200;
      return { target: target(address), text: textOf(entry, name), mimetype: 'text/plain', tags: entry.tags, status };
    },
    async remove(address, context, statement) {
      const answer = await deps.streams().kill(info.name, coordinate(address), statement?.signal ?? null, context);
      return rows({ target: target(address), ...answer });
    },
    async send(address, statement, context) {
      const { signal } = statement;
      if (signal === 200)
        return deps.streams().input(info.name, coordinate(address), statement.body?.raw ?? '', context);
      if (signal === 499) return deps.streams().kill(info.name, coordinate(address), null, context);
      return failed(fail(501, 'A stream takes [200] as input on its stdin and [499] as cancel.'));
    },
  };
}
