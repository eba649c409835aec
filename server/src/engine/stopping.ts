import type { RunId } from '../store/contract.ts';
import { type Core, runOf } from './core.ts';
import { delegatedBy, openLoop } from './held.ts';
import { moveLoop } from './loop-state.ts';
import { loopUsage } from './usage.ts';

/**
 * Cancels what a run is doing (ENG-12): its scope is aborted, the active loop ends 499 in its own drain, a parked loop
 * ends here, queued loops stay queued, every stream is reaped. Runs it delegated to are stopped with it. Does not wait
 * for the active loop: the caller may be one of its ops.
 */
export function stopRun(core: Core, runId: RunId, reason: string): { stopped: boolean; reaped: Promise<void> } {
  const open = openLoop(core, runId);
  const live = core.streams.live(runId).length > 0;
  if (open === null && !live) return { stopped: false, reaped: Promise.resolve() };
  core.wakes.stopPoll(runId);
  core.scopes.of(runId).abort({ status: 499, reason });
  if (open?.status === 202) endParked(core, runId, open.id, reason);
  const children = core.store.runs.children(runId).filter(child => delegatedBy(core, child.id) === runId);
  const stops = children.map(child => stopRun(core, child.id, 'parent cancelled').reaped);
  const own = core.streams.reap(runId, { turnScopedOnly: false, closeStatus: 499 });
  const reaped = Promise.all([own, ...stops]).then(() => {
    if (!core.drains.isDraining(runId)) core.wakes.drainExited(runId);
  });
  return { stopped: true, reaped };
}

function endParked(core: Core, runId: RunId, loopId: Parameters<typeof moveLoop>[1], reason: string): void {
  const { sessionId } = runOf(core, runId);
  moveLoop(core, loopId, 499, { reason });
  const turns = core.store.turns.ids(loopId);
  core.events.emit('loop/terminated', sessionId, {
    sessionId,
    runId,
    loopId,
    finalStatus: 499,
    hitMaxTurns: false,
    turnIds: [...turns],
    reason,
    usage: loopUsage(core, loopId),
  });
}
