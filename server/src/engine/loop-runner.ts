import type { Provider } from '@plurnk/plurnk-providers';
import { type TokenCounter, tokenCounter } from '../packet/token-counter.ts';
import type { LoopId, LoopRow } from '../store/contract.ts';
import { UsageRatio } from './budget.ts';
import { type Core, runOf } from './core.ts';
import { type EndStatus, loopAttrs, moveLoop, updateAttrs } from './loop-state.ts';
import { enqueueLeftovers } from './prompts.ts';
import type { RunScope } from './run-scopes.ts';
import type { Verdict } from './strike-rail.ts';
import { runTurn, type TurnOutcome } from './turn-runner.ts';
import { loopUsage } from './usage.ts';
import { hasUndelivered } from './wakes.ts';

interface End {
  readonly status: EndStatus;
  readonly reason?: string | null;
  readonly hitMaxTurns?: boolean;
}

type Step = { readonly kind: 'next' } | { readonly kind: 'park' } | { readonly kind: 'end'; readonly end: End };

/** Works on claimed loops: turns, rails, and the way a loop ends or parks. */
export class LoopRunner {
  readonly #core: Core;
  readonly #counters = new WeakMap<Provider, TokenCounter>();
  /** Worst usage ratio per loop, while it is not ended (ENG-41). */
  readonly #ratios = new Map<LoopId, UsageRatio>();

  constructor(core: Core) {
    this.#core = core;
  }

  async work(loop: LoopRow): Promise<void> {
    const scope = this.#core.scopes.of(loop.runId);
    const signal = scope.begin();
    const began = this.#core.clock.elapsed();
    const deadline = this.#deadline(loop, scope);
    try {
      const reached = await this.#turns(loop, scope, signal);
      deadline.cancel();
      const step = reached.kind === 'park' && signal.aborted ? stopped(scope) : reached;
      updateAttrs(this.#core, loop.id, { workedMs: loopAttrs(loop).workedMs + (this.#core.clock.elapsed() - began) });
      if (step.kind === 'park') this.#core.wakes.park(loop);
      else await this.#end(loop, step.end);
    } catch (error) {
      deadline.cancel();
      this.#core.defect(error, 'loop');
      if (this.#core.store.loops.get(loop.id)?.status === 102) {
        await this.#end(loop, { status: 500, reason: error instanceof Error ? error.message : String(error) });
      }
    }
  }

  /** ENG-35: wall clock of the work, parked time not counted. */
  #deadline(loop: LoopRow, scope: RunScope): { cancel(): void } {
    const { clock, settings } = this.#core;
    const left = Math.max(0, settings().loopTimeoutMs - loopAttrs(loop).workedMs);
    return clock.setTimeout(() => scope.abort({ status: 504, reason: 'loop_timeout' }), Math.min(left, 2 ** 31 - 1));
  }

  async #turns(loop: LoopRow, scope: RunScope, signal: AbortSignal): Promise<Exclude<Step, { kind: 'next' }>> {
    const provider = await this.#provider(loop);
    if (typeof provider === 'string') return { kind: 'end', end: { status: 500, reason: provider } };
    const run = runOf(this.#core, loop.runId);
    let previous = this.#core.store.turns.latest({ runId: run.id });
    for (;;) {
      if (signal.aborted) return stopped(scope);
      const turnsLeft = this.#turnsLeft(loop.id);
      if (turnsLeft !== null && turnsLeft <= 0)
        return { kind: 'end', end: { status: 429, reason: 'turn ceiling', hitMaxTurns: true } };
      const outcome = await runTurn(this.#core, {
        run,
        loop,
        provider,
        counter: this.#counter(provider),
        ratio: this.#ratio(loop.id),
        signal,
        turnsLeft,
        previous,
      });
      if (outcome.kind === 'exchanged') previous = outcome.turn;
      const step = this.#judge(loop, scope, outcome);
      if (step.kind !== 'next') return step;
    }
  }

  async #provider(loop: LoopRow): Promise<Provider | string> {
    try {
      return (await this.#core.deps.providers.get(loop.alias)) ?? 'no model is configured';
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** The smaller of the operator's and the caller's ceiling, minus the turns the loop has had (ENG-32). */
  #turnsLeft(loopId: LoopId): number | null {
    const { store, settings } = this.#core;
    const loop = store.loops.get(loopId);
    if (loop === null) return 0;
    const limits = [settings().maxTurns, loopAttrs(loop).maxTurns ?? loop.maxTurns].filter(limit => limit >= 0);
    return limits.length === 0 ? null : Math.min(...limits) - store.turns.ids(loopId).length;
  }

  #judge(loop: LoopRow, scope: RunScope, outcome: TurnOutcome): Step {
    switch (outcome.kind) {
      case 'stopped':
        return stopped(scope);
      case 'overflow':
        return { kind: 'end', end: { status: 413, reason: 'the packet does not fit the window' } };
      case 'failed':
        return { kind: 'end', end: { status: 500, reason: outcome.reason } };
      case 'exchanged':
        return this.#afterExchange(loop, scope, outcome);
    }
  }

  #afterExchange(loop: LoopRow, scope: RunScope, outcome: TurnOutcome & { kind: 'exchanged' }): Step {
    const { status, report } = outcome;
    const parking = status === 202;
    const ending = status >= 200 && status !== 202 && status !== 422;
    if (ending && !(status < 300 && hasUndelivered(this.#core.store.loops.get(loop.id)))) {
      return {
        kind: 'end',
        end: { status: status < 300 ? 200 : 499, reason: status < 300 ? null : 'abandoned by the model' },
      };
    }
    const verdict: Verdict = scope.strikes.judge(loop.id, { ...report, waiting: parking }, this.#core.settings());
    if (verdict.kind === 'end') return { kind: 'end', end: { status: verdict.status, reason: verdict.reason } };
    return parking ? { kind: 'park' } : { kind: 'next' };
  }

  async #end(loop: LoopRow, end: End): Promise<void> {
    const { store, events, streams } = this.#core;
    const run = runOf(this.#core, loop.runId);
    moveLoop(this.#core, loop.id, end.status, { reason: end.reason ?? null });
    this.#ratios.delete(loop.id);
    if (end.status !== 499) enqueueLeftovers(this.#core, loop.id);
    if (end.status !== 200)
      await streams.reap(loop.runId, { turnScopedOnly: false, closeStatus: end.status === 504 ? 504 : 499 });
    const turns = store.turns.ids(loop.id);
    await store.durable();
    events.emit('loop/terminated', run.sessionId, {
      sessionId: run.sessionId,
      runId: run.id,
      loopId: loop.id,
      finalStatus: end.status,
      hitMaxTurns: end.hitMaxTurns ?? false,
      turnIds: [...turns],
      ...(end.reason === undefined || end.reason === null ? {} : { reason: end.reason }),
      usage: loopUsage(this.#core, loop.id),
    });
  }

  #counter(provider: Provider): TokenCounter {
    const known = this.#counters.get(provider);
    if (known !== undefined) return known;
    const counter = tokenCounter(provider);
    this.#counters.set(provider, counter);
    return counter;
  }

  #ratio(loopId: LoopId): UsageRatio {
    const known = this.#ratios.get(loopId) ?? new UsageRatio();
    this.#ratios.set(loopId, known);
    return known;
  }
}

function stopped(scope: RunScope): { readonly kind: 'end'; readonly end: End } {
  const cause = scope.stopCause ?? { status: 499, reason: 'cancelled' };
  return { kind: 'end', end: cause };
}
