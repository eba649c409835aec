import { createHash } from 'node:crypto';
import type { Provider } from '@plurnk/plurnk-providers';

/** Counts texts with one provider's tokenizer; what was counted once is not counted again (PKT-20). */
export interface TokenCounter {
  /** Name of the tokenizer: counts of another one are not comparable. */
  readonly tokenizer: string;
  readonly exact: boolean;
  count(text: string): number;
}

/** Texts of a generation of the cache; two generations are kept, and what is asked for again moves to the newer. */
const KEPT = 4096;
/** Longer texts are known by their hash, so that the cache holds no big texts. */
const LONGEST_KEPT = 2048;

export function tokenCounter(provider: Pick<Provider, 'tokenizer' | 'countTokens'>): TokenCounter {
  let known = new Map<string, number>();
  let older = new Map<string, number>();
  const keep = (key: string, tokens: number): number => {
    if (known.size >= KEPT) [older, known] = [known, new Map()];
    known.set(key, tokens);
    return tokens;
  };
  return {
    tokenizer: provider.tokenizer.name,
    exact: provider.tokenizer.exact,
    count(text) {
      if (text.length === 0) return 0;
      const key = text.length <= LONGEST_KEPT ? text : createHash('sha256').update(text).digest('base64');
      return known.get(key) ?? keep(key, older.get(key) ?? provider.countTokens(text));
    },
  };
}

/** Documented upper bound for rows that are written while no model is known: one token a UTF-8 byte pair, at least. */
export const boundCounter: TokenCounter = {
  tokenizer: 'bytes-half',
  exact: false,
  count: text => Math.ceil(Buffer.byteLength(text) / 2),
};
