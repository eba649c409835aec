import { DEFAULT_FLAGS, type LoopFlags } from '@plurnk/protocol';
import type { LoopId, RunId } from '../store/contract.ts';
import type { LoopStarted } from './contract.ts';
import type { Core } from './core.ts';
import { openLoop } from './held.ts';
import { loopAttrs, toAttrs, updateAttrs } from './loop-state.ts';

/** A prompt on its way to a run, from a person or from another run. */
export interface PromptRequest {
  readonly text: string;
  /** `run://<name>`; null for a person. */
  readonly from: string | null;
  readonly flags?: Partial<LoopFlags>;
  readonly alias?: string | null;
  readonly maxTurns?: number;
  readonly openPaths?: readonly string[];
  readonly delegatedBy?: RunId | null;
}

type PromptCore = Pick<Core, 'store' | 'clock' | 'wakes' | 'drains'>;

/** ENG-11: an active loop gets it as an additional prompt, a parked one resumes in place, an idle run starts a loop. */
export function deliverPrompt(
  core: PromptCore,
  runId: RunId,
  request: PromptRequest,
): Exclude<LoopStarted, { action: 'no_model' }> {
  const open = openLoop(core, runId);
  if (open === null) return { action: 'enqueued_new_loop', loopId: enqueue(core, runId, request), modelRunId: runId };
  const attrs = loopAttrs(open);
  updateAttrs(core, open.id, {
    injected: [...attrs.injected, { text: request.text, from: request.from }],
    ...(request.maxTurns === undefined ? {} : { maxTurns: request.maxTurns }),
  });
  if (open.status === 202) {
    core.wakes.resume(open.id);
    return { action: 'resumed_parked_loop', loopId: open.id, modelRunId: runId };
  }
  core.drains.ensure(runId);
  const turnSeq = (core.store.turns.latest({ loopId: open.id })?.seq ?? 0) + 1;
  return { action: 'injected_next_turn', loopId: open.id, modelRunId: runId, turnSeq };
}

export function enqueue(core: PromptCore, runId: RunId, request: PromptRequest): LoopId {
  const loop = core.store.loops.enqueue({
    runId,
    prompt: request.text,
    flags: { ...DEFAULT_FLAGS, ...request.flags },
    alias: request.alias ?? null,
    maxTurns: request.maxTurns ?? -1,
    attrs: toAttrs({
      delegatedBy: request.delegatedBy ?? null,
      from: request.from,
      openPaths: request.openPaths ?? [],
    }),
    at: core.clock.now(),
  });
  core.drains.ensure(runId);
  return loop.id;
}

/** Prompts that came too late for a loop that ended are worked on in one loop of their own; none is lost. */
export function enqueueLeftovers(core: PromptCore, loopId: LoopId): void {
  const loop = core.store.loops.get(loopId);
  if (loop === null) return;
  const attrs = loopAttrs(loop);
  const [first, ...others] = attrs.injected.slice(Math.max(0, attrs.delivered - 1));
  if (first === undefined) return;
  const next = enqueue(core, loop.runId, {
    text: first.text,
    from: first.from,
    flags: loop.flags,
    alias: loop.alias,
    maxTurns: loop.maxTurns,
    delegatedBy: attrs.delegatedBy as RunId | null,
  });
  updateAttrs(core, next, { injected: others });
}
