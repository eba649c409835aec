/** The subscription registry: the only place that spawns and reaps processes (ENG-12, RES-22 … RES-25). */
import { setTimeout as pause } from 'node:timers/promises';
import type { ChannelState } from '@plurnk/protocol';
import type { OpContext, OpResult, RuntimeInfo } from '../schemes/contract.ts';
import type { EntryId, RunId, SessionId, Store, SubscriptionId } from '../store/contract.ts';
import { Child, type ChildEnd } from './child.ts';
import type { Executor, StreamEvent, StreamOwner, StreamRequest, Streams } from './contract.ts';
import { childEnvironment, type EnvironmentSource } from './environment.ts';
import { Leash } from './leash.ts';
import { Output } from './output.ts';
import { signalName } from './signals.ts';
import {
  alreadyKilled,
  cancelled,
  describe,
  exitStatus,
  streamTarget,
  summary,
  unavailable,
  unknownRuntime,
  unknownStream,
  untrusted,
} from './stream-answers.ts';
import { closeStream } from './stream-state.ts';

/** How long a KILL waits for the end. */
const KILL_WAIT_MS = 1000;

export interface StreamClock {
  now(): number;
  setTimeout(work: () => void, ms: number): { cancel(): void };
}

export interface StreamsDeps {
  readonly store: Pick<Store, 'entries' | 'subscriptions' | 'transaction'>;
  readonly clock: StreamClock;
  /** Read anew each time: plugins add to it (RES-70). */
  readonly executors: readonly Executor[];
  readonly tokens: (text: string) => number;
  readonly environment: (sessionId: SessionId) => EnvironmentSource;
  /** Untrusted: no process (RL-17). */
  readonly trusted?: (sessionId: SessionId) => boolean;
  /** Between TERM and KILL, milliseconds; default 2000. */
  readonly killGrace?: number;
  /** Runtimes are tried when `ready` is called or one is used, not at once. */
  readonly probeLater?: boolean;
  /** Characters per channel; default 100 MiB (RES-6). */
  readonly outputCap?: number;
}

const CHANNELS = ['stdout', 'stderr'] as const;
type Channel = (typeof CHANNELS)[number];
const FLUSH_MS = 50;
const PLAIN = 'text/plain';
/** A process that prints this many times its cap is ended. */
const FLOOD = 10;

interface Live {
  readonly id: SubscriptionId;
  readonly entryId: EntryId;
  readonly sessionId: SessionId;
  readonly runId: RunId;
  readonly scheme: string;
  readonly coordinate: string;
  readonly pollSeconds: number | null;
  readonly turnScoped: boolean;
  readonly child: Child;
  readonly outputs: { readonly [C in Channel]: Output };
  readonly timers: Set<{ cancel(): void }>;
  /** Decided before the process is gone; null: by its exit code. */
  closeStatus: number | null;
  killed: boolean;
  /** Signals that a KILL sent on purpose: dying of one counts as killed. */
  readonly sent: Set<NodeJS.Signals>;
  readonly gone: Promise<void>;
}

export class StreamRegistry implements Streams {
  readonly #deps: StreamsDeps;
  readonly #probes = new Map<string, Promise<RuntimeInfo>>();
  readonly #infos = new Map<string, RuntimeInfo>();
  readonly #live = new Map<SubscriptionId, Live>();
  /** Counts reaps per run, so that a start that was still under way notices. */
  readonly #reaps = new Map<RunId, number>();
  readonly #listeners = new Set<(event: StreamEvent) => void>();
  readonly #leash = new Leash();
  #closing = false;

  constructor(deps: StreamsDeps) {
    this.#deps = deps;
    if (deps.probeLater !== true) void this.ready();
  }

  async start(request: StreamRequest, context: OpContext): Promise<OpResult> {
    const { executors } = this.#deps;
    const executor = executors.find(each => each.runtime === request.runtime);
    if (executor === undefined)
      return unknownRuntime(
        request.runtime,
        executors.map(each => each.runtime),
      );
    if (this.#deps.trusted?.(context.sessionId) === false) return untrusted();
    const reaps = this.#reaps.get(context.runId) ?? 0;
    const info = await this.#probe(executor);
    if (!info.available) return unavailable(info);
    if (context.signal.aborted || this.#closing || (this.#reaps.get(context.runId) ?? 0) !== reaps) return cancelled();
    return this.#spawn(executor, request, context);
  }

  live(runId: RunId): ReturnType<Streams['live']> {
    return [...this.#live.values()]
      .filter(live => live.runId === runId)
      .map(({ id, scheme, coordinate, pollSeconds }) => ({ subscriptionId: id, scheme, coordinate, pollSeconds }));
  }

  async input(scheme: string, coordinate: string, text: string, context: OpContext): Promise<OpResult> {
    const live = this.#find(scheme, coordinate, context.runId);
    if (live === null) return this.#ended(scheme, coordinate, context) ?? unknownStream(scheme, coordinate);
    const line = text.endsWith('\n') ? text : `${text}\n`;
    return live.child.write(line)
      ? { status: 200 }
      : { status: 409, rx: 'The process has closed its input.', outcome: 'input_closed' };
  }

  async kill(scheme: string, coordinate: string, signal: number | null, owner: StreamOwner): Promise<OpResult> {
    const live = this.#find(scheme, coordinate, owner.runId);
    if (live === null) return this.#ended(scheme, coordinate, owner) ?? unknownStream(scheme, coordinate);
    if (signal !== null) {
      const name = signalName(signal);
      if (name === null) return { status: 400, rx: `There is no signal ${signal}.`, outcome: 'unknown_signal' };
      live.sent.add(name);
      live.child.signal(name);
      return { status: 200 };
    }
    if (live.killed) return alreadyKilled(scheme, coordinate);
    live.killed = true;
    this.#end(live, 'SIGHUP', 499);
    // Most processes are gone at once: whoever killed the last one may end in the next answer (ENG-34).
    await Promise.race([live.gone, pause(KILL_WAIT_MS, undefined, { ref: false })]);
    return { status: 200 };
  }

  async reap(runId: RunId, options: { readonly turnScopedOnly: boolean; readonly closeStatus: number }): Promise<void> {
    if (!options.turnScopedOnly) this.#reaps.set(runId, (this.#reaps.get(runId) ?? 0) + 1);
    const chosen = [...this.#live.values()].filter(
      live => live.runId === runId && (live.turnScoped || !options.turnScopedOnly),
    );
    for (const live of chosen) this.#end(live, 'SIGTERM', options.closeStatus);
    await Promise.all(chosen.map(live => live.gone));
  }

  onEvent(listener: (event: StreamEvent) => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  /** A runtime counts as available until it was tried. */
  runtimes(): readonly RuntimeInfo[] {
    return this.#deps.executors.map(executor => this.#infos.get(executor.runtime) ?? describe(executor, true, null));
  }

  /** Resolves when every runtime has been probed. */
  async ready(): Promise<void> {
    await Promise.all(this.#deps.executors.map(executor => this.#probe(executor)));
  }

  async shutdown(): Promise<void> {
    this.#closing = true;
    const all = [...this.#live.values()];
    for (const live of all) this.#end(live, 'SIGTERM', 499);
    await Promise.all(all.map(live => live.gone));
    this.#leash.close();
  }

  /** The last thing a process does that exits without a shutdown: nothing is recorded, but nothing is left running (RL-5). */
  killAll(): void {
    for (const live of this.#live.values()) live.child.signal('SIGKILL');
  }

  #probe(executor: Executor): Promise<RuntimeInfo> {
    const known = this.#probes.get(executor.runtime);
    if (known !== undefined) return known;
    const probe = executor.probe().then(({ available, reason }) => {
      const info = describe(executor, available, reason);
      this.#infos.set(executor.runtime, info);
      return info;
    });
    this.#probes.set(executor.runtime, probe);
    return probe;
  }

  #spawn(executor: Executor, request: StreamRequest, context: OpContext): OpResult {
    const { loopSeq, turnSeq, sequence } = context.at;
    const coordinate = `${loopSeq}/${turnSeq}/${sequence}`;
    const { id, entryId } = this.#register(request, context, coordinate);
    const outputs = { stdout: this.#output(id, 'stdout'), stderr: this.#output(id, 'stderr') };
    const environment = childEnvironment(this.#deps.environment(context.sessionId));
    const child = new Child({
      ...executor.invocation(request.command, request.file ?? null),
      cwd: request.cwd,
      environment,
      leash: this.#leash,
      onOutput: (channel, chunk) => this.#received(id, channel, chunk),
    });
    const live: Live = {
      id,
      entryId,
      sessionId: context.sessionId,
      runId: context.runId,
      scheme: request.runtime,
      coordinate,
      pollSeconds: request.pollSeconds,
      turnScoped: request.lifetime === 0,
      child,
      outputs,
      timers: new Set(),
      closeStatus: null,
      killed: false,
      sent: new Set(),
      gone: child.ended.then(end => this.#conclude(id, end)),
    };
    this.#live.set(id, live);
    if (request.lifetime !== null && request.lifetime > 0) {
      this.#after(live, request.lifetime * 1000, () => this.#end(live, 'SIGTERM', 504));
    }
    for (const channel of CHANNELS) this.#emit(live, 'state', channel, 'active', 0);
    return { status: 102, target: streamTarget(request.runtime, coordinate) };
  }

  #register(request: StreamRequest, context: OpContext, coordinate: string): { id: SubscriptionId; entryId: EntryId } {
    const { store, clock } = this.#deps;
    const at = clock.now();
    const { sessionId, runId } = context;
    return store.transaction(() => {
      const key = { sessionId, scope: 'run', runId, scheme: request.runtime, pathname: `/${coordinate}` } as const;
      const { entry } = store.entries.ensure(key, at);
      for (const name of CHANNELS) {
        store.entries.write(entry.id, { name, mimetype: PLAIN, content: '', tokens: 0, state: 'active', at });
      }
      const { id } = store.subscriptions.open({
        runId,
        entryId: entry.id,
        scheme: request.runtime,
        coordinate,
        turnScoped: request.lifetime === 0,
        pollSeconds: request.pollSeconds,
        attrs: { command: request.command, cwd: request.cwd },
        startedAt: at,
      });
      return { id, entryId: entry.id };
    });
  }

  #output(id: SubscriptionId, channel: Channel): Output {
    const { store, clock, tokens, outputCap = 100 * 1024 * 1024 } = this.#deps;
    const append = (text: string): void => {
      const live = this.#live.get(id);
      if (live === undefined) return;
      const row = store.entries.append(live.entryId, channel, { text, tokens: tokens(text), at: clock.now() });
      this.#emit(live, 'grew', channel, 'active', row.length);
    };
    return new Output({ append }, { cap: outputCap, interval: FLUSH_MS }, (work, ms) => clock.setTimeout(work, ms));
  }

  #received(id: SubscriptionId, channel: Channel, chunk: Buffer): void {
    const live = this.#live.get(id);
    if (live === undefined) return;
    const output = live.outputs[channel];
    output.push(chunk);
    const flood = output.received > FLOOD * (this.#deps.outputCap ?? 100 * 1024 * 1024);
    if (flood && live.closeStatus === null) this.#end(live, 'SIGTERM', 413);
  }

  #after(live: Live, ms: number, work: () => void): void {
    const timer = this.#deps.clock.setTimeout(() => {
      live.timers.delete(timer);
      work();
    }, ms);
    live.timers.add(timer);
  }

  /** Asks the group to end, and after the grace period makes it. */
  #end(live: Live, signal: NodeJS.Signals, closeStatus: number): void {
    live.closeStatus ??= closeStatus;
    live.child.signal(signal);
    const later = (work: () => void, ms: number): void => this.#after(live, ms, work);
    this.#after(live, this.#deps.killGrace ?? 2000, () => live.child.destroy(later));
  }

  #conclude(id: SubscriptionId, end: ChildEnd): void {
    const { store, clock } = this.#deps;
    const live = this.#live.get(id);
    if (live === undefined) return;
    for (const timer of live.timers) timer.cancel();
    if (end.error !== null) live.outputs.stderr.push(Buffer.from(`${end.error}\n`));
    for (const channel of CHANNELS) live.outputs[channel].end();
    this.#live.delete(id);
    const closeStatus = live.closeStatus ?? exitStatus(live, end);
    const state = closeStream(store, id, closeStatus, clock.now());
    for (const channel of CHANNELS)
      this.#emit(live, 'state', channel, state, store.entries.channel(live.entryId, channel)?.length ?? 0);
    this.#emit(live, 'concluded', 'stdout', state, store.entries.channel(live.entryId, 'stdout')?.length ?? 0, {
      closeStatus,
      summary: summary(live, end, closeStatus),
      exitCode: end.error === null ? end.code : null,
    });
  }

  #emit(
    live: Live,
    kind: StreamEvent['kind'],
    channel: Channel,
    state: ChannelState,
    contentLength: number,
    conclusion: Pick<StreamEvent, 'closeStatus' | 'summary' | 'exitCode'> = {},
  ): void {
    const { sessionId, runId, entryId, scheme, coordinate } = live;
    const base = {
      kind,
      sessionId,
      runId,
      entryId,
      subscriptionId: live.id,
      scheme,
      coordinate,
      channel,
      state,
      contentLength,
    };
    for (const listener of [...this.#listeners]) listener({ ...base, ...conclusion });
  }

  #find(scheme: string, coordinate: string, runId: RunId): Live | null {
    for (const live of this.#live.values()) {
      const named = scheme === 'exec' || live.scheme === scheme;
      if (named && live.coordinate === coordinate && live.runId === runId) return live;
    }
    return null;
  }

  /** 304 or 410 for a stream that has ended; null when there never was one. */
  #ended(scheme: string, coordinate: string, owner: StreamOwner): OpResult | null {
    const { entries, subscriptions } = this.#deps.store;
    const { sessionId, runId } = owner;
    const schemes = scheme === 'exec' ? this.#deps.executors.map(each => each.runtime) : [scheme];
    for (const name of schemes) {
      const entry = entries.find({ sessionId, scope: 'run', runId, scheme: name, pathname: `/${coordinate}` });
      const subscription = entry === null ? null : subscriptions.byEntry(entry.id);
      if (subscription === null) continue;
      if (subscription.closeStatus === 499) return alreadyKilled(name, coordinate);
      return {
        status: 304,
        rx: `${name}:///${coordinate} had ended already (${subscription.closeStatus ?? 'no status'}).`,
      };
    }
    return null;
  }
}

export function createStreams(deps: StreamsDeps): StreamRegistry {
  return new StreamRegistry(deps);
}
