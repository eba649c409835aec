/** `exec` and one scheme per runtime: output streams of a run's processes, and their control. */

import type { KillStatement, SendStatement } from '@plurnk/plurnk-grammar';
import { stripControls } from '../content/ansi.ts';
import type { Streams } from '../executors/contract.ts';
import type { EntryRow, Store } from '../store/contract.ts';
import { type Address, formatAddress, rowTarget } from './address.ts';
import type { OpContext, OpOutcome, OpResult, SchemeInfo } from './contract.ts';
import { channelFailure } from './entry-scheme.ts';
import { type Content, type Failure, fail, failed, type Item, rows, type Scheme } from './scheme.ts';
import { candidateOfText, summaryOfChannel } from './summary.ts';

export interface StreamSchemeDeps {
  readonly store: Pick<Store, 'entries' | 'subscriptions'>;
  readonly streams: () => Streams;
  readonly now: () => number;
}

const CHANNELS = { stdout: 'text/plain', stderr: 'text/plain' };
const DEFAULT_CHANNEL = 'stdout';

const coordinate = (address: Address): string => address.path.replace(/^\/+|\/+$/g, '');

class StreamScheme implements Scheme {
  readonly info: SchemeInfo;
  readonly channels = CHANNELS;
  readonly scope = 'run';
  readonly writableBy = ['model', 'client', 'plurnk', 'plugin'] as const;
  readonly flags = {};
  readonly #runtimes: readonly string[];
  readonly #deps: StreamSchemeDeps;

  constructor(info: SchemeInfo, runtimes: readonly string[], deps: StreamSchemeDeps) {
    this.info = info;
    this.#runtimes = runtimes;
    this.#deps = deps;
  }

  target(address: Address) {
    return rowTarget({ scheme: this.info.name, pathname: address.path, fragment: address.channel });
  }

  async item(address: Address, context: OpContext): Promise<Item | null> {
    const entry = this.#find(address, context);
    return entry === null ? null : this.#itemOf(entry);
  }

  async list(_address: Address, { sessionId, runId }: OpContext): Promise<readonly Item[]> {
    const { entries } = this.#deps.store;
    const all = this.#runtimes.flatMap(scheme => entries.list({ sessionId, scheme, runId }));
    return all.map(entry => this.#itemOf(entry)).sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  }

  async read(address: Address, context: OpContext): Promise<Content | Failure | null> {
    const wrong = channelFailure(CHANNELS, address);
    if (wrong !== null) return wrong;
    const entry = this.#find(address, context);
    if (entry === null) return null;
    const name = address.channel ?? DEFAULT_CHANNEL;
    const channel = this.#deps.store.entries.channel(entry.id, name);
    const status = channel?.state === 'active' ? 102 : 200;
    const text = this.#textOf(entry, name);
    return { target: this.target(address), text, mimetype: 'text/plain', tags: entry.tags, status };
  }

  async remove(address: Address, context: OpContext, statement: KillStatement | null): Promise<OpOutcome> {
    const streams = this.#deps.streams();
    const answer = await streams.kill(this.info.name, coordinate(address), statement?.signal ?? null, context);
    return rows({ target: this.target(address), ...answer });
  }

  async send(address: Address, statement: SendStatement, context: OpContext): Promise<OpResult> {
    const streams = this.#deps.streams();
    const at = coordinate(address);
    if (statement.signal === 200) return streams.input(this.info.name, at, statement.body?.raw ?? '', context);
    if (statement.signal === 499) return streams.kill(this.info.name, at, null, context);
    return failed(fail(501, 'A stream takes [200] as input on its stdin and [499] as cancel.'));
  }

  #find(address: Address, { sessionId, runId }: OpContext): EntryRow | null {
    const pathname = `/${coordinate(address)}`;
    for (const scheme of this.#runtimes) {
      const entry = this.#deps.store.entries.find({ sessionId, scope: 'run', runId, scheme, pathname });
      if (entry !== null) return entry;
    }
    return null;
  }

  #textOf(entry: EntryRow, channel: string): string {
    return stripControls(this.#deps.store.entries.content(entry.id, channel) ?? '');
  }

  /** Seconds since a live stream began. */
  #age(entry: EntryRow): { readonly seconds?: number } {
    const subscription = this.#deps.store.subscriptions.byEntry(entry.id);
    if (subscription?.state !== 'active') return {};
    return { seconds: Math.round((this.#deps.now() - subscription.startedAt) / 1000) };
  }

  #itemOf(entry: EntryRow): Item {
    const path = entry.pathname;
    const at = rowTarget({ scheme: entry.scheme, pathname: path });
    const { entries } = this.#deps.store;
    return {
      path,
      address: { scheme: this.info.name, path, authority: '', channel: null, params: {}, raw: formatAddress(at) },
      target: at,
      tags: entry.tags,
      ...this.#age(entry),
      async channels() {
        const known = entries.channels(entry.id).map(channel => {
          const fragment = channel.name === DEFAULT_CHANNEL ? null : channel.name;
          return [formatAddress({ ...at, fragment }), summaryOfChannel(channel)] as const;
        });
        return Object.fromEntries(known);
      },
      candidate: () => candidateOfText(path, 'text/plain', this.#textOf(entry, DEFAULT_CHANNEL)),
    };
  }
}

/** `runtimes`: the tags whose streams this scheme shows; `exec` shows all. */
export const streamScheme = (info: SchemeInfo, runtimes: readonly string[], deps: StreamSchemeDeps): Scheme =>
  new StreamScheme(info, runtimes, deps);
