import type { JsonObject, Usage } from '@plurnk/protocol';
import type { LoopId, TurnRow } from '../store/contract.ts';
import type { Core } from './core.ts';

/** Sums over a loop, and what its last turn knew of the window (part 5). */
export function loopUsage(core: Pick<Core, 'store'>, loopId: LoopId): Usage {
  const { promptTokens, completionTokens, cachedTokens, costPico } = core.store.turns.usage({ loopId });
  return { promptTokens, completionTokens, cachedTokens, costPico, ...context(core.store.turns.latest({ loopId })) };
}

export function turnUsage(turn: TurnRow): Usage {
  return {
    promptTokens: turn.promptTokens ?? 0,
    completionTokens: turn.completionTokens ?? 0,
    cachedTokens: turn.cachedTokens ?? 0,
    costPico: turn.costPico,
    ...context(turn),
  };
}

function context(turn: TurnRow | null): Pick<Usage, 'contextTokens' | 'contextSize' | 'meta'> {
  const meta: JsonObject = turn?.meta ?? {};
  const measured = typeof meta.measuredTokens === 'number' ? meta.measuredTokens : 0;
  return {
    contextTokens: turn?.promptTokens ?? measured,
    contextSize: typeof meta.window === 'number' ? meta.window : null,
    meta: {
      ceiling: meta.ceiling ?? null,
      free: meta.free ?? null,
      model: turn?.model ?? null,
      tokenizer: meta.tokenizer ?? null,
    },
  };
}
