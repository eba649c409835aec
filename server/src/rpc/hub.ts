import type { NotificationName, PlurnkNotifications, TelemetryEvent } from '@plurnk/protocol';
import type { Engine, EngineEvent } from '../engine/contract.ts';
import type { SessionId, StoreHealth } from '../store/contract.ts';
import type { Peer } from './peer.ts';
import type { PeerDirectory } from './services.ts';

/** Announcements that are kept for who attaches later. */
const ANNOUNCED = 5;

interface Announced {
  readonly event: TelemetryEvent;
  readonly told: WeakSet<Peer>;
}

/** Knows every peer and hands them what concerns their session (RPC-5). */
export class Hub implements PeerDirectory {
  readonly #peers = new Set<Peer>();
  #lastId = 0;
  #engine: Engine | null = null;
  #subscription: { dispose(): void } | null = null;
  #health: StoreHealth | null = null;
  #announced: readonly Announced[] = [];
  /** Somebody attached to a session, or it has another folder. */
  onAttached: (sessionId: SessionId) => void = () => {};

  /** Starts to forward the engine's events. */
  connect(engine: Engine): void {
    this.#engine = engine;
    this.#subscription = engine.onEvent(event => this.#forward(event));
  }

  /** Answers with the peer's number. */
  add(peer: Peer): number {
    this.#peers.add(peer);
    this.#lastId += 1;
    return this.#lastId;
  }

  /** A peer left: its client loop closes, nothing is deleted (RPC-4). */
  remove(peer: Peer): void {
    if (!this.#peers.delete(peer)) return;
    this.release(peer);
  }

  /** The peer no longer uses its client run; the run's loop closes when nobody else does. */
  release(peer: Peer): void {
    const runId = peer.attachment?.runId;
    if (runId === undefined) return;
    const shared = [...this.#peers].some(other => other !== peer && other.attachment?.runId === runId);
    if (!shared) this.#engine?.closeClientLoop(runId);
  }

  /** Saving fails, or works again: everybody is told at once, who attaches later then (RL-3). */
  storageChanged(health: StoreHealth): void {
    const before = this.#health?.state ?? 'ok';
    this.#health = health;
    if (before === 'ok' && health.state === 'ok') return;
    for (const peer of this.#peers) this.#tellHealth(peer, health);
  }

  /** The peer knows that it is attached: it hears what it would have heard. */
  welcome(peer: Peer): void {
    if (peer.attachment !== null) this.onAttached(peer.attachment.sessionId);
    if (this.#health?.state === 'degraded') this.#tellHealth(peer, this.#health);
    for (const announced of this.#announced) this.#hand(peer, announced);
  }

  /** Tells every peer once, those that attach later too: something that no session knows of happened. */
  announce(event: TelemetryEvent): void {
    const announced = { event, told: new WeakSet<Peer>() };
    this.#announced = [...this.#announced.slice(1 - ANNOUNCED), announced];
    for (const peer of this.#peers) this.#hand(peer, announced);
  }

  /** Sessions to which a peer is attached. */
  sessionsInUse(): ReadonlySet<SessionId> {
    return new Set([...this.#peers].flatMap(({ attachment }) => (attachment === null ? [] : [attachment.sessionId])));
  }

  get peers(): readonly Peer[] {
    return [...this.#peers];
  }

  sessionCreated(session: PlurnkNotifications['session/created']): void {
    for (const peer of this.#peers) peer.notify('session/created', session);
  }

  sessionChanged(sessionId: SessionId, what: PlurnkNotifications['session/changed']['what']): void {
    if (what === 'root') this.onAttached(sessionId);
    this.#tell(sessionId, 'session/changed', { sessionId, what });
  }

  /** A notice about a session that belongs to no loop. */
  notice(sessionId: SessionId, event: TelemetryEvent): void {
    this.#tell(sessionId, 'telemetry/event', { sessionId, loopId: null, event });
  }

  detachAll(sessionId: SessionId): void {
    for (const peer of this.#peers) if (peer.attachment?.sessionId === sessionId) peer.detach();
  }

  isAttached(sessionId: SessionId): boolean {
    return [...this.#peers].some(peer => peer.attachment?.sessionId === sessionId);
  }

  dispose(): void {
    this.#subscription?.dispose();
  }

  #hand(peer: Peer, { event, told }: Announced): void {
    const sessionId = peer.attachment?.sessionId;
    if (sessionId === undefined || told.has(peer)) return;
    told.add(peer);
    peer.notify('telemetry/event', { sessionId, loopId: null, event });
  }

  #tellHealth(peer: Peer, { state, message }: StoreHealth): void {
    const sessionId = peer.attachment?.sessionId;
    if (sessionId === undefined) return;
    const event =
      state === 'degraded'
        ? {
            source: 'store',
            kind: 'saving_failed',
            level: 'error' as const,
            message: message ?? 'Nothing can be saved.',
          }
        : { source: 'store', kind: 'saving_resumed', level: 'info' as const, message: 'Everything is saved again.' };
    peer.notify('telemetry/event', { sessionId, loopId: null, event });
  }

  #forward(event: EngineEvent): void {
    if (event.name === 'session/created') {
      for (const peer of this.#peers) peer.notify(event.name, event.payload);
    } else {
      this.#tell(event.sessionId, event.name, event.payload);
    }
  }

  #tell<Name extends NotificationName>(sessionId: SessionId, name: Name, payload: PlurnkNotifications[Name]): void {
    for (const peer of this.#peers) if (peer.attachment?.sessionId === sessionId) peer.notify(name, payload);
  }
}
