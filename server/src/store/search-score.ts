import type { SqlValue } from './journal-format.ts';

const K1 = 1.2;
const B = 0.75;

/**
 * BM25 of one document from what FTS4 says about it: `matchinfo(index, 'pcnalx')`, 32-bit numbers — phrases, columns,
 * documents, mean and own length per column, then per phrase and column: hits here, hits everywhere, documents with hits.
 */
export function scoreOf(info: SqlValue | undefined): number {
  if (!(info instanceof Uint8Array)) return 0;
  const view = new DataView(info.buffer, info.byteOffset, info.byteLength);
  const at = (index: number) => view.getUint32(index * 4, true);
  const phrases = at(0);
  const columns = at(1);
  const documents = at(2);
  let score = 0;
  for (let column = 0; column < columns; column++) {
    const mean = Math.max(1, at(3 + column));
    const length = at(3 + columns + column);
    const norm = K1 * (1 - B + (B * length) / mean);
    for (let phrase = 0; phrase < phrases; phrase++) {
      const base = 3 + 2 * columns + 3 * (phrase * columns + column);
      const hits = at(base);
      const matching = at(base + 2);
      // The smoothed form stays positive for words that are everywhere.
      const rarity = Math.log(1 + (documents - matching + 0.5) / (matching + 0.5));
      score += (rarity * hits * (K1 + 1)) / (hits + norm);
    }
  }
  return score;
}
