/** Schemes whose entries live in the store with one text channel, `body`: known, unknown, run scratch, prompts. */
import type { KillStatement } from '@plurnk/plurnk-grammar';
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

export class EntryScheme implements Scheme {
  readonly info: SchemeInfo;
  readonly scope: EntryScope;
  readonly writableBy: readonly Writer[];
  readonly channels: { readonly [name: string]: string } = { [BODY]: MARKDOWN };
  readonly flags = {};
  readonly #spec: EntrySchemeSpec;
  readonly #deps: EntrySchemeDeps;

  constructor(spec: EntrySchemeSpec, deps: EntrySchemeDeps) {
    this.info = spec.info;
    this.scope = spec.scope;
    this.writableBy = spec.writableBy;
    this.#spec = spec;
    this.#deps = deps;
  }

  target(address: Address, context: OpContext): ReturnType<Scheme['target']> {
    const { path, channel } = address;
    return (
      this.#spec.target?.(address, context) ?? rowTarget({ scheme: this.info.name, pathname: path, fragment: channel })
    );
  }

  async read(address: Address, context: OpContext): Promise<Content | Failure | null> {
    const { entries } = this.#deps.store;
    const entry = this.#find(address, context);
    if (entry === null || isFailed(entry)) return entry;
    const wrong = channelFailure(this.channels, address);
    if (wrong !== null) return wrong;
    const channel = entries.channel(entry.id, BODY);
    const text = entries.content(entry.id, BODY) ?? '';
    return { target: this.target(address, context), text, mimetype: channel?.mimetype ?? MARKDOWN, tags: entry.tags };
  }

  async writable(address: Address, context: OpContext): Promise<Content | Failure | null> {
    const wrong = namelessFailure(address) ?? channelFailure(this.channels, address);
    return wrong ?? this.read(address, context);
  }

  async write(address: Address, edit: Edit, context: OpContext): Promise<OpOutcome> {
    const target = this.target(address, context);
    const key = this.#spec.key(address, context);
    if (isFailed(key)) return refuse(key, target);
    if (edit.text.length > MAX_CHARACTERS) return refuse(fail(413, 'One channel holds at most 100 MiB.'), target);
    this.#deps.store.transaction(() => this.#put(key, edit));
    const status = edit.before === null ? 201 : 200;
    return rows({ status, target, tags: edit.tags, rx: showEdit(edit.text, edit.span), mimetypeRx: 'text/plain' });
  }

  async remove(address: Address, context: OpContext, _statement?: KillStatement | null): Promise<OpOutcome> {
    const target = this.target(address, context);
    const entry = this.#find(address, context);
    if (entry !== null && isFailed(entry)) return refuse(entry, target);
    if (entry === null) return refuse(fail(404, `${formatAddress(target)} does not exist.`), target);
    this.#deps.store.entries.remove(entry.id);
    return rows({ status: 200, target, rx: null });
  }

  async item(address: Address, context: OpContext): Promise<Item | Failure | null> {
    const entry = this.#find(address, context);
    return entry === null || isFailed(entry) ? entry : this.#itemOf(entry, address, context);
  }

  async list(address: Address, context: OpContext): Promise<readonly Item[] | Failure> {
    const key = this.#spec.listKey?.(address, context) ?? this.#spec.key({ ...address, path: '/' }, context);
    if (isFailed(key)) return key;
    const { sessionId, scheme, runId } = key;
    const all = this.#deps.store.entries.list({ sessionId, scheme, ...(runId === null ? {} : { runId }) });
    return all.map(entry => this.#itemOf(entry, this.#addressOf(entry, address), context));
  }

  #find(address: Address, context: OpContext): EntryRow | Failure | null {
    const key = this.#spec.key(address, context);
    return isFailed(key) ? key : this.#deps.store.entries.find(key);
  }

  #put(key: EntryKey, edit: Edit): void {
    const { store, now, tokens } = this.#deps;
    const at = now();
    const { entry, created } = store.entries.ensure(key, at);
    const mimetype = mimetypeOf(key.pathname, MARKDOWN);
    if (created || edit.before?.text !== edit.text) {
      store.entries.write(entry.id, { name: BODY, mimetype, content: edit.text, tokens: tokens(edit.text), at });
    }
    store.entries.setTags(entry.id, edit.tags, at);
  }

  #addressOf(entry: EntryRow, asked: Address): Address {
    const raw = `${this.info.name}://${entry.pathname}`;
    return this.#spec.addressOf?.(entry, asked) ?? { ...asked, path: entry.pathname, channel: null, raw };
  }

  #itemOf(entry: EntryRow, address: Address, context: OpContext): Item {
    const { entries } = this.#deps.store;
    const target = this.target({ ...address, channel: null }, context);
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
  }
}

export const entryScheme = (spec: EntrySchemeSpec, deps: EntrySchemeDeps): Scheme => new EntryScheme(spec, deps);
