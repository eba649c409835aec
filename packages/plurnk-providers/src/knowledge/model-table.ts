import type { PriceEntry } from '../deps.ts';

/** What is known about a model without asking anyone. */
export interface ModelFacts {
  /** US dollars per million tokens. Absent: unknown. */
  readonly price?: PriceEntry;
  /** Prices above a prompt length, where the vendor has a second tier. */
  readonly longPrice?: PriceEntry & { readonly aboveTokens: number };
  /** Window in tokens. */
  readonly context: number;
}

/**
 * Where the prices below come from: written down from memory of the vendors' list prices of that month, and compared
 * with no page of theirs. So they are good for an estimate; the person's own price, and what a vendor reports, win
 * (PKT-22). It is stored with every turn that was priced by this table.
 */
export const PRICE_TABLE_VERSION = 'builtin 2025-11, from memory, unverified';

const CLAUDE = 200_000;
const GEMINI = 1_048_576;
const GPT_41 = 1_047_576;

/** By provider, then by model name without a date at its end. */
export const MODEL_TABLE: Readonly<Record<string, Readonly<Record<string, ModelFacts>>>> = {
  openai: {
    'gpt-5.1': facts(400_000, 1.25, 10, 0.125),
    'gpt-5': facts(400_000, 1.25, 10, 0.125),
    'gpt-5-mini': facts(400_000, 0.25, 2, 0.025),
    'gpt-5-nano': facts(400_000, 0.05, 0.4, 0.005),
    'gpt-4.1': facts(GPT_41, 2, 8, 0.5),
    'gpt-4.1-mini': facts(GPT_41, 0.4, 1.6, 0.1),
    'gpt-4.1-nano': facts(GPT_41, 0.1, 0.4, 0.025),
    'gpt-4o': facts(128_000, 2.5, 10, 1.25),
    'gpt-4o-mini': facts(128_000, 0.15, 0.6, 0.075),
    o3: facts(200_000, 2, 8, 0.5),
    'o4-mini': facts(200_000, 1.1, 4.4, 0.275),
  },
  anthropic: {
    'claude-opus-4-5': facts(CLAUDE, 5, 25, 0.5, 6.25),
    'claude-opus-4-1': facts(CLAUDE, 15, 75, 1.5, 18.75),
    'claude-opus-4': facts(CLAUDE, 15, 75, 1.5, 18.75),
    'claude-sonnet-4-5': facts(CLAUDE, 3, 15, 0.3, 3.75),
    'claude-sonnet-4': facts(CLAUDE, 3, 15, 0.3, 3.75),
    'claude-haiku-4-5': facts(CLAUDE, 1, 5, 0.1, 1.25),
    'claude-3-7-sonnet': facts(CLAUDE, 3, 15, 0.3, 3.75),
    'claude-3-5-haiku': facts(CLAUDE, 0.8, 4, 0.08, 1),
  },
  google: {
    'gemini-3-pro-preview': tiered(facts(GEMINI, 2, 12, 0.2), { input: 4, output: 18, cachedInput: 0.4 }),
    'gemini-2.5-pro': tiered(facts(GEMINI, 1.25, 10, 0.125), { input: 2.5, output: 15, cachedInput: 0.25 }),
    'gemini-2.5-flash': facts(GEMINI, 0.3, 2.5, 0.03),
    'gemini-2.5-flash-lite': facts(GEMINI, 0.1, 0.4, 0.01),
    'gemini-2.0-flash': facts(GEMINI, 0.1, 0.4, 0.025),
  },
  mistral: {
    'mistral-large-2411': facts(131_072, 2, 6),
    'mistral-medium-2508': facts(131_072, 0.4, 2),
    'mistral-small-2506': facts(131_072, 0.1, 0.3),
    'codestral-2508': facts(256_000, 0.3, 0.9),
  },
  xai: {
    'grok-4': facts(256_000, 3, 15, 0.75),
    'grok-code-fast-1': facts(256_000, 0.2, 1.5, 0.02),
    'grok-3': facts(131_072, 3, 15, 0.75),
    'grok-3-mini': facts(131_072, 0.3, 0.5, 0.075),
  },
};

const DATE_AT_END = /-(\d{8}|\d{4}-\d{2}-\d{2})$/;

/** Facts of a model of a provider, or null. `openrouter` names carry the vendor: `anthropic/claude-sonnet-4.5`. */
export function factsOf(provider: string, model: string): ModelFacts | null {
  const table = MODEL_TABLE[provider === 'azure' ? 'openai' : provider];
  return table?.[model] ?? table?.[model.replace(DATE_AT_END, '')] ?? null;
}

function facts(context: number, input: number, output: number, cachedInput?: number, cacheWrite?: number): ModelFacts {
  return {
    context,
    price: {
      input,
      output,
      ...(cachedInput === undefined ? {} : { cachedInput }),
      ...(cacheWrite === undefined ? {} : { cacheWrite }),
    },
  };
}

function tiered(base: ModelFacts, longPrice: PriceEntry): ModelFacts {
  return { ...base, longPrice: { ...longPrice, aboveTokens: 200_000 } };
}
