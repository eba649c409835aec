import type { Provider } from '@plurnk/plurnk-providers';

/** Counts texts with one provider's tokenizer; what was counted once is not counted again (PKT-20). */
export interface TokenCounter {
  /** Name of the tokenizer: counts of another one are not comparable. */
  readonly tokenizer: string;
  readonly exact: boolean;
  count(text: string): number;
}

const KEPT = 512;
/** Longer texts are cached by their owners (rendered rows, blocks), not here. */
const LONGEST_KEPT = 65_536;

export function tokenCounter(provider: Pick<Provider, 'tokenizer' | 'countTokens'>): TokenCounter {
  const known = new Map<string, number>();
  return {
    tokenizer: provider.tokenizer.name,
    exact: provider.tokenizer.exact,
    count(text) {
      if (text.length === 0) return 0;
      const hit = known.get(text);
      if (hit !== undefined) return hit;
      const tokens = provider.countTokens(text);
      if (text.length <= LONGEST_KEPT) {
        if (known.size >= KEPT)
          for (const oldest of known.keys()) {
            known.delete(oldest);
            break;
          }
        known.set(text, tokens);
      }
      return tokens;
    },
  };
}

/** Documented upper bound for rows that are written while no model is known: one token a UTF-8 byte pair, at least. */
export const boundCounter: TokenCounter = {
  tokenizer: 'bytes-half',
  exact: false,
  count: text => Math.ceil(Buffer.byteLength(text) / 2),
};
