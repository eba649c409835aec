import type { Provider } from '@plurnk/plurnk-providers';
import type { EngineSettings } from './contract.ts';

export interface Budget {
  /** Tokens; null: no context size known (ENG-40). */
  readonly window: number | null;
  /** Tokens a prompt may have, before the correction by observed usage; null without a window. */
  readonly ceiling: number | null;
}

/** A ceiling ≤ 0: the settings contradict each other. */
export class BudgetError extends Error {
  override readonly name = 'BudgetError';
}

/** ENG-40: window − output reserve − safety margin; `budgetCeiling` can only lower it. */
export function budgetFor(provider: Pick<Provider, 'contextSize' | 'outputReserve'>, settings: EngineSettings): Budget {
  const sizes = [provider.contextSize, settings.contextSize].filter(size => size !== null);
  if (sizes.length === 0) return { window: null, ceiling: null };
  const window = Math.min(...sizes);
  const reserve = provider.outputReserve ?? Math.min(settings.outputReserve, Math.floor(window / 4));
  const margin = Math.min(settings.safetyMargin, Math.ceil(window / 16));
  const free = window - reserve - margin;
  const cap = settings.budgetCeiling;
  const lowered = cap === null ? free : Math.min(free, cap <= 1 ? Math.floor(window * cap) : Math.floor(cap));
  if (lowered <= 0) {
    throw new BudgetError(
      `No room for a prompt: the window of ${window} tokens leaves ${free} after ${reserve} for the answer and ${margin} for safety` +
        (cap === null ? '.' : `, and PLURNK_BUDGET_CEILING is ${cap}.`),
    );
  }
  return { window, ceiling: lowered };
}

/** Keeps the worst real/measured ratio a provider reported and divides the ceiling by it (ENG-41). */
export class UsageRatio {
  #worst = 1;

  observe(measured: number, real: number | null): void {
    if (real !== null && measured > 0) this.#worst = Math.max(this.#worst, real / measured);
  }

  apply(ceiling: number | null): number | null {
    return ceiling === null ? null : Math.max(1, Math.floor(ceiling / this.#worst));
  }
}
