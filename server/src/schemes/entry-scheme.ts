/** Schemes whose entries live in the store with one text channel, `body`: known, unknown, run scratch, prompts. */
import type { EntryScope, Writer } from '@plurnk/protocol';
import { mimetypeOf } from '../content/mimetype.ts';
import type { EntryKey, EntryRow, Store } from '../store/contract.ts';
import { type Address, formatAddress, rowTarget } from './address.ts';
import type { OpContext, OpOutcome, SchemeInfo } from './contract.ts';
import {
  type Content,
  type Edit,
  type Failure,
  fail,
  type Item,
  isFailed,
  refuse,
  rows,
  type Scheme,
} from './scheme.ts';
import { showEdit } from './show.ts';
import { candidateOfChannel, summaryOfChannel } from './summary.ts';

export interface EntrySchemeDeps {
  readonly store: Pick<Store, 'entries' | 'transaction'>;
  readonly tokens: (text: string) => number;
  readonly now: () => number;
}

export interface EntrySchemeSpec {
  readonly info: SchemeInfo;
  readonly scope: EntryScope;
  readonly writableBy: readonly Writer[];
  /** Where an address is stored; a failure when there can be no such entry. */
  key(address: Address, context: OpContext): EntryKey | Failure;
  /** Which entries `list` shows for an address; those of the root by default. */
  listKey?(address: Address, context: OpContext): EntryKey | Failure;
  target?(address: Address, context: OpContext): ReturnType<Scheme['target']>;
  /** Address of a stored entry, as listed for `asked`. */
  addressOf?(entry: EntryRow, asked: Address): Address;
}

export const BODY = 'body';
/** One channel holds at most this much (RES-6). */
const MAX_CHARACTERS = 100 * 1024 * 1024;
const MARKDOWN = 'text/markdown';

/** Unknown channels do not exist; known ones of an absent entry do not either (RES-4). */
export function channelFailure(channels: { readonly [name: string]: string }, address: Address): Failure | null {
  if (address.channel === null || address.channel in channels) return null;
  return fail(
    400,
    `${address.raw} names an unknown channel. Known: ${Object.keys(channels).join(', ')}.`,
    'unknown_channel',
  );
}

/** Entries are named below the root: an address without a path names none. */
export function namelessFailure(address: Address): Failure | null {
  return address.path === '' || address.path.endsWith('/') ? fail(400, `${address.raw} names no entry.`) : null;
}

export function entryScheme(spec: EntrySchemeSpec, deps: EntrySchemeDeps): Scheme {
  const { entries } = deps.store;
  const name = spec.info.name;
  const channels = { [BODY]: MARKDOWN };
  const targetOf = (address: Address, context: OpContext) =>
    spec.target?.(address, context) ?? rowTarget({ scheme: name, pathname: address.path, fragment: address.channel });
  const addressOfEntry = (entry: EntryRow, asked: Address): Address =>
    spec.addressOf?.(entry, asked) ?? {
      ...asked,
      path: entry.pathname,
      channel: null,
      raw: `${name}://${entry.pathname}`,
    };

  const find = (address: Address, context: OpContext): EntryRow | Failure | null => {
    const key = spec.key(address, context);
    return isFailed(key) ? key : entries.find(key);
  };

  const itemOf = (entry: EntryRow, address: Address, context: OpContext): Item => {
    const target = targetOf({ ...address, channel: null }, context);
    return {
      path: entry.pathname,
      address: { ...address, channel: null },
      target,
      tags: entry.tags,
      async channels() {
        const channel = entries.channel(entry.id, BODY);
        return channel === null ? {} : { [formatAddress(target)]: summaryOfChannel(channel) };
      },
      candidate() {
        const channel = entries.channel(entry.id, BODY);
        return channel === null ? null : candidateOfChannel(entry.pathname, entries, channel);
      },
    };
  };

  const read = async (address: Address, context: OpContext): Promise<Content | Failure | null> => {
    const entry = find(address, context);
    if (entry === null || isFailed(entry)) return entry;
    const wrong = channelFailure(channels, address);
    if (wrong !== null) return wrong;
    const channel = entries.channel(entry.id, BODY);
    const text = entries.content(entry.id, BODY) ?? '';
    return { target: targetOf(address, context), text, mimetype: channel?.mimetype ?? MARKDOWN, tags: entry.tags };
  };

  const write = async (address: Address, edit: Edit, context: OpContext): Promise<OpOutcome> => {
    const target = targetOf(address, context);
    const key = spec.key(address, context);
    if (isFailed(key)) return refuse(key, target);
    if (edit.text.length > MAX_CHARACTERS) return refuse(fail(413, 'One channel holds at most 100 MiB.'), target);
    const at = deps.now();
    deps.store.transaction(() => {
      const { entry, created } = entries.ensure(key, at);
      const mimetype = mimetypeOf(key.pathname, MARKDOWN);
      if (created || edit.before?.text !== edit.text) {
        entries.write(entry.id, { name: BODY, mimetype, content: edit.text, tokens: deps.tokens(edit.text), at });
      }
      entries.setTags(entry.id, edit.tags, at);
    });
    const status = edit.before === null ? 201 : 200;
    return rows({ status, target, tags: edit.tags, rx: showEdit(edit.text, edit.span), mimetypeRx: 'text/plain' });
  };

  return {
    info: spec.info,
    channels,
    scope: spec.scope,
    writableBy: spec.writableBy,
    flags: {},
    target: targetOf,
    read,
    write,
    async writable(address, context) {
      const wrong = namelessFailure(address) ?? channelFailure(channels, address);
      if (wrong !== null) return wrong;
      return read(address, context);
    },
    async item(address, context) {
      const entry = find(address, context);
      return entry === null || isFailed(entry) ? entry : itemOf(entry, address, context);
    },
    async list(address, context) {
      const key = spec.listKey?.(address, context) ?? spec.key({ ...address, path: '/' }, context);
      if (isFailed(key)) return key;
      const { sessionId, scheme, runId } = key;
      const all = entries.list({ sessionId, scheme, ...(runId === null ? {} : { runId }) });
      return all.map(entry => itemOf(entry, addressOfEntry(entry, address), context));
    },
    async remove(address, context) {
      const target = targetOf(address, context);
      const entry = find(address, context);
      if (entry !== null && isFailed(entry)) return refuse(entry, target);
      if (entry === null) return refuse(fail(404, `${formatAddress(target)} does not exist.`), target);
      entries.remove(entry.id);
      return rows({ status: 200, target, rx: null });
    },
  };
}
