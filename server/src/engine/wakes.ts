import type { PlurnkNotifications } from '@plurnk/protocol';
import type { StreamEvent } from '../executors/contract.ts';
import type { LoopId, LoopRow, RunId } from '../store/contract.ts';
import { type Core, runOf } from './core.ts';
import { delegatedBy, finalMessage, isConcluded, openChildren, openLoop } from './held.ts';
import { isEnded, isLive, loopAttrs, moveLoop } from './loop-state.ts';

type WakeAction = PlurnkNotifications['stream/concluded']['wakeAction'];

/** Parking, and every edge that ends it: a prompt, a child run, a stream, a poll (ENG-11, ENG-14, ENG-15, RES-24). */
export class Wakes {
  readonly #core: Core;
  readonly #polls = new Map<RunId, { cancel(): void }>();

  constructor(core: Core) {
    this.#core = core;
  }

  /** 102→202, unless something happened since the turn looked: then the loop goes on (202→100). */
  park(loop: LoopRow): 'parked' | 'resumed' {
    const { store } = this.#core;
    const wake = store.transaction(() => {
      moveLoop(this.#core, loop.id, 202);
      const pending = store.runs.get(loop.runId)?.pendingWake === true || hasUndelivered(store.loops.get(loop.id));
      if (pending) {
        store.runs.setPendingWake(loop.runId, false);
        moveLoop(this.#core, loop.id, 100);
      }
      return pending;
    });
    if (wake) return 'resumed';
    this.#startPoll(loop.runId);
    return 'parked';
  }

  /** 202→100 and a drain; nothing when the loop is not parked any more. */
  resume(loopId: LoopId): boolean {
    const loop = this.#core.store.loops.get(loopId);
    if (loop?.status !== 202) return false;
    this.stopPoll(loop.runId);
    moveLoop(this.#core, loopId, 100);
    this.#core.drains.ensure(loop.runId);
    return true;
  }

  /** A drain gave up its slot: the run may have concluded. */
  drainExited(runId: RunId): void {
    if (isConcluded(this.#core, runId)) this.#conclude(runId);
    else this.#quiesce(runId);
  }

  async streamConcluded(event: StreamEvent): Promise<{ action: WakeAction; loopId: LoopId | null }> {
    const woken = await this.#wakeForStream(event);
    if (!this.#core.drains.isDraining(event.runId) && isConcluded(this.#core, event.runId)) this.#conclude(event.runId);
    else this.#quiesce(event.runId);
    return woken;
  }

  stopPoll(runId: RunId): void {
    this.#polls.get(runId)?.cancel();
    this.#polls.delete(runId);
  }

  dispose(): void {
    for (const runId of [...this.#polls.keys()]) this.stopPoll(runId);
  }

  async #wakeForStream(event: StreamEvent): Promise<{ action: WakeAction; loopId: LoopId | null }> {
    const open = openLoop(this.#core, event.runId);
    if (open === null) return { action: this.#idleAction(event), loopId: null };
    if (open.status !== 202) {
      const seen = this.#core.store.subscriptions.get(event.subscriptionId)?.concludedSeen === true;
      if (!seen) this.#core.store.runs.setPendingWake(event.runId, true);
      return { action: 'no-op-active-loop', loopId: open.id };
    }
    const provider = await this.#core.deps.providers.get(open.alias).catch(() => null);
    if (provider === null) return { action: 'skipped-no-provider', loopId: open.id };
    return { action: this.resume(open.id) ? 'resumed-loop' : 'no-op-active-loop', loopId: open.id };
  }

  #idleAction(event: StreamEvent): WakeAction {
    const latest = this.#core.store.loops.latest(event.runId);
    if (latest === null) return 'no-loop';
    if (event.closeStatus === 499) return latest.status === 499 ? 'skipped-cancelled' : 'skipped-aborted';
    return 'no-loop';
  }

  /** Once per ended loop: tells the sisters, wakes the parent (ENG-15, ENG-51). */
  #conclude(runId: RunId): void {
    const run = runOf(this.#core, runId);
    const latest = this.#core.store.loops.latest(runId);
    const scope = this.#core.scopes.of(runId);
    if (run.origin !== 'model' || latest === null || !isEnded(latest.status) || scope.concludedLoop === latest.id)
      return;
    scope.concludedLoop = latest.id;
    const message = finalMessage(this.#core, runId);
    this.#core.journal.runEnded(run, latest, message?.text ?? '');
    const parent = delegatedBy(this.#core, runId);
    if (parent !== null) this.#childConcluded(parent);
  }

  #childConcluded(parentId: RunId): void {
    const open = openLoop(this.#core, parentId);
    if (open === null) return;
    if (open.status === 202) this.resume(open.id);
    else this.#core.store.runs.setPendingWake(parentId, true);
  }

  /** The shortest poll interval among the run's streams (RES-24). */
  #startPoll(runId: RunId): void {
    this.stopPoll(runId);
    const seconds = this.#core.streams
      .live(runId)
      .flatMap(stream => (stream.pollSeconds === null ? [] : [stream.pollSeconds]));
    if (seconds.length === 0) return;
    const timer = this.#core.clock.setTimeout(
      () => {
        this.#polls.delete(runId);
        const parked = this.#core.store.loops.parked(runId);
        if (parked !== null) this.resume(parked.id);
      },
      Math.max(1, Math.min(...seconds)) * 1000,
    );
    this.#polls.set(runId, timer);
  }

  /** ENG-16, for the run and for those that wait above it. */
  #quiesce(runId: RunId): void {
    for (let at: RunId | null = runId; at !== null; at = delegatedBy(this.#core, at)) {
      const parked = this.#core.store.loops.parked(at);
      if (parked === null || this.#isLive(at)) return;
      const { sessionId } = runOf(this.#core, at);
      this.#core.events.emit('loop/quiesced', sessionId, { sessionId, runId: at, loopId: parked.id, status: 202 });
    }
  }

  #isLive(runId: RunId): boolean {
    if (this.#core.streams.live(runId).length > 0) return true;
    const open = openLoop(this.#core, runId);
    if (open !== null && isLive(open.status)) return true;
    return openChildren(this.#core, runId).some(child => this.#isLive(child.id));
  }
}

/** A prompt came while the last turn was under way. */
export function hasUndelivered(loop: LoopRow | null): boolean {
  if (loop === null) return false;
  const attrs = loopAttrs(loop);
  return attrs.delivered < attrs.injected.length + 1;
}
