import type { StreamEvent, StreamRequest, Streams } from '../../../server/src/executors/contract.ts';
import type { OpContext, OpResult, RuntimeInfo } from '../../../server/src/schemes/contract.ts';
import type { EntryId, RunId, SessionId, Store, SubscriptionId } from '../../../server/src/store/contract.ts';
import type { SimClock } from '../support/sim-clock.ts';

export interface SimProcess {
  readonly id: SubscriptionId;
  readonly entryId: EntryId;
  readonly sessionId: SessionId;
  readonly runId: RunId;
  readonly scheme: string;
  readonly coordinate: string;
  readonly pollSeconds: number | null;
  readonly turnScoped: boolean;
}

/** Streams whose processes are moved by the simulation; rows, entries and events are as the real registry writes them. */
export class SimStreams implements Streams {
  readonly live_ = new Map<SubscriptionId, SimProcess>();
  readonly #store: Store;
  readonly #clock: SimClock;
  readonly #listeners = new Set<(event: StreamEvent) => void>();
  readonly #infos: readonly RuntimeInfo[];

  constructor(store: Store, clock: SimClock, infos: readonly RuntimeInfo[]) {
    this.#store = store;
    this.#clock = clock;
    this.#infos = infos;
  }

  async start(request: StreamRequest, context: OpContext): Promise<OpResult> {
    await Promise.resolve();
    if (context.signal.aborted) return { status: 499, outcome: 'cancelled' };
    const { sessionId, runId, at } = context;
    const coordinate = `${at.loopSeq}/${at.turnSeq}/${at.sequence}`;
    const now = this.#clock.now();
    const { entry } = this.#store.entries.ensure(
      { sessionId, scope: 'run', runId, scheme: request.runtime, pathname: `/${coordinate}` },
      now,
    );
    for (const name of ['stdout', 'stderr']) {
      this.#store.entries.write(entry.id, {
        name,
        mimetype: 'text/plain',
        content: '',
        tokens: 0,
        state: 'active',
        at: now,
      });
    }
    const { id } = this.#store.subscriptions.open({
      runId,
      entryId: entry.id,
      scheme: request.runtime,
      coordinate,
      turnScoped: request.lifetime === 0,
      pollSeconds: request.pollSeconds,
      attrs: {},
      startedAt: now,
    });
    this.live_.set(id, {
      id,
      entryId: entry.id,
      sessionId,
      runId,
      scheme: request.runtime,
      coordinate,
      pollSeconds: request.pollSeconds,
      turnScoped: request.lifetime === 0,
    });
    return { status: 102 };
  }

  live(runId: RunId): ReturnType<Streams['live']> {
    return [...this.live_.values()]
      .filter(process => process.runId === runId)
      .map(({ id, scheme, coordinate, pollSeconds }) => ({ subscriptionId: id, scheme, coordinate, pollSeconds }));
  }

  print(process: SimProcess, text: string): void {
    const row = this.#store.entries.append(process.entryId, 'stdout', {
      text,
      tokens: text.length,
      at: this.#clock.now(),
    });
    this.#emit(process, 'grew', 'active', row.length);
  }

  end(process: SimProcess, closeStatus: number): void {
    if (!this.live_.delete(process.id)) return;
    const state = closeStatus === 200 ? 'closed' : 'errored';
    for (const name of ['stdout', 'stderr']) this.#store.entries.setChannelState(process.entryId, name, state);
    this.#store.subscriptions.close(process.id, { state, closeStatus, at: this.#clock.now() });
    this.#emit(process, 'concluded', state, 0, { closeStatus, summary: '' });
  }

  async input(): Promise<OpResult> {
    return { status: 200 };
  }

  async kill(scheme: string, coordinate: string, _signal: number | null, context: OpContext): Promise<OpResult> {
    const process = [...this.live_.values()].find(
      one => one.scheme === scheme && one.coordinate === coordinate && one.runId === context.runId,
    );
    if (process === undefined) return { status: 404 };
    queueMicrotask(() => this.end(process, 499));
    return { status: 200 };
  }

  async reap(runId: RunId, options: { readonly turnScopedOnly: boolean; readonly closeStatus: number }): Promise<void> {
    await Promise.resolve();
    for (const process of [...this.live_.values()]) {
      if (process.runId === runId && (process.turnScoped || !options.turnScopedOnly))
        this.end(process, options.closeStatus);
    }
  }

  onEvent(listener: (event: StreamEvent) => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  }

  runtimes(): readonly RuntimeInfo[] {
    return this.#infos;
  }

  async shutdown(): Promise<void> {
    for (const process of [...this.live_.values()]) this.end(process, 499);
  }

  /** The machine is gone: nothing is told. */
  vanish(): void {
    this.live_.clear();
    this.#listeners.clear();
  }

  #emit(
    process: SimProcess,
    kind: StreamEvent['kind'],
    state: StreamEvent['state'],
    contentLength: number,
    more: { closeStatus?: number; summary?: string } = {},
  ): void {
    const { id, turnScoped: _, pollSeconds: __, ...rest } = process;
    const event: StreamEvent = { ...rest, kind, subscriptionId: id, channel: 'stdout', state, contentLength, ...more };
    for (const listener of [...this.#listeners]) listener(event);
  }
}
