import type { PriceEntry, PriceOverrides } from '../deps.ts';
import type { Cost, Usage } from '../provider.ts';
import { factsOf, type ModelFacts, PRICE_TABLE_VERSION } from './model-table.ts';

const PICO_PER_USD = 1e12;
const TOKENS_PER_PRICE = 1e6;
const UNKNOWN: Cost = { pico: null, priceVersion: null };

export interface PricedModel {
  readonly provider: string;
  readonly model: string;
  /** The endpoint is the vendor's own: a table of list prices says nothing about anybody else's. */
  readonly listPrices: boolean;
  readonly prices: PriceOverrides;
  /** The price of this very alias; wins over `prices`. */
  readonly price?: PriceEntry | undefined;
}

/**
 * Cost of one exchange in integer pico-USD (PKT-21): the person's own price, else what the vendor itself reports
 * (OpenRouter's `usage.cost`), else the built-in table. Unknown stays null.
 */
export function costOf(usage: Usage, priced: PricedModel): Cost {
  const own = priced.price ?? priced.prices[`${priced.provider}/${priced.model}`] ?? priced.prices[priced.model];
  if (own !== undefined) {
    return costAt(usage, own, 'user');
  }
  const reported = reportedCost(usage.raw);
  if (reported !== null && priced.provider === 'openrouter') {
    return { pico: Math.round(reported * PICO_PER_USD), priceVersion: 'reported' };
  }
  const facts = priced.listPrices ? factsOf(priced.provider, priced.model) : null;
  const price = facts === null ? null : priceFor(facts, usage);
  return price === null ? UNKNOWN : costAt(usage, price, PRICE_TABLE_VERSION);
}

function priceFor(facts: ModelFacts, usage: Usage): PriceEntry | null {
  const long = facts.longPrice;
  if (long !== undefined && (usage.promptTokens ?? 0) > long.aboveTokens) {
    return long;
  }
  return facts.price ?? null;
}

function costAt(usage: Usage, price: PriceEntry, priceVersion: string): Cost {
  if (usage.promptTokens === null || usage.completionTokens === null) {
    return { pico: null, priceVersion };
  }
  const cached = usage.cachedTokens ?? 0;
  const written = usage.cacheWriteTokens ?? 0;
  const fresh = Math.max(0, usage.promptTokens - cached - written);
  const pico =
    fresh * picoPerToken(price.input) +
    cached * picoPerToken(price.cachedInput ?? price.input) +
    written * picoPerToken(price.cacheWrite ?? price.input) +
    usage.completionTokens * picoPerToken(price.output);
  return { pico: Math.round(pico), priceVersion };
}

/** A dollar per million tokens is a million pico-dollars per token. */
function picoPerToken(usdPerMillion: number): number {
  return Math.round((usdPerMillion * PICO_PER_USD) / TOKENS_PER_PRICE);
}

function reportedCost(raw: unknown): number | null {
  const cost = typeof raw === 'object' && raw !== null && 'cost' in raw ? raw.cost : null;
  return typeof cost === 'number' && Number.isFinite(cost) ? cost : null;
}
