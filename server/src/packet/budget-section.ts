import type { ViewBlock, ViewRow } from './log-view.ts';

/** From this share of the ceiling on, the model sees where the weight is. */
const TABLE_FROM = 0.5;
const HEAVIEST = 5;

/** `ceiling N · usage N (P%) · free N`; an overshoot is shown as it is: free 0, percent over 100 (ENG-43). */
export function budgetText(ceiling: number, usage: number, blocks: readonly ViewBlock[]): string {
  const percent = Math.round((usage / ceiling) * 100);
  const line = `ceiling ${ceiling} · usage ${usage} (${percent}%) · free ${Math.max(0, ceiling - usage)}`;
  if (usage < ceiling * TABLE_FROM || blocks.length === 0) return line;
  return [
    line,
    '',
    'Tokens per turn, oldest first:',
    ...weights(blocks),
    '',
    'Heaviest rows:',
    ...heaviest(blocks),
  ].join('\n');
}

function weights(blocks: readonly ViewBlock[]): string[] {
  return blocks.map(block => `* ${block.tokens} log:///${block.loopSeq}/${block.turnSeq}/`);
}

function heaviest(blocks: readonly ViewBlock[]): string[] {
  let top: ViewRow[] = [];
  for (const block of blocks) {
    for (const row of block.rows) {
      if (top.length === HEAVIEST && row.tokens <= (top[HEAVIEST - 1]?.tokens ?? 0)) continue;
      top = [...top, row].sort((a, b) => b.tokens - a.tokens).slice(0, HEAVIEST);
    }
  }
  return top.map(row => `* ${row.tokens} ${row.path}`);
}
