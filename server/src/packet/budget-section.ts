import type { ViewBlock, ViewRow } from './log-view.ts';

/** From this share of the ceiling on, the model sees where the weight is. */
const TABLE_FROM = 0.5;
const HEAVIEST = 5;

/** A table is at most this long: what is older is summed up in its first line. */
const LONGEST = 40;

/** `ceiling N · usage N (P%) · free N`; an overshoot is shown as it is: free 0, percent over 100 (ENG-43). */
export function budgetText(ceiling: number, usage: number, table: () => string): string {
  const percent = Math.round((usage / ceiling) * 100);
  const line = `ceiling ${ceiling} · usage ${usage} (${percent}%) · free ${Math.max(0, ceiling - usage)}`;
  const weights = usage < ceiling * TABLE_FROM ? '' : table();
  return weights === '' ? line : `${line}\n\n${weights}`;
}

/** Where the weight is: per turn, oldest first, and the five heaviest rows by address. */
export function weightTable(blocks: readonly ViewBlock[]): string {
  if (blocks.length === 0) return '';
  return ['Tokens per turn, oldest first:', ...weights(blocks), '', 'Heaviest rows:', ...heaviest(blocks)].join('\n');
}

function weights(blocks: readonly ViewBlock[]): string[] {
  const address = (block: ViewBlock): string => `log:///${block.loopSeq}/${block.turnSeq}/`;
  const older = blocks.slice(0, Math.max(0, blocks.length - LONGEST));
  const [first, last] = [older[0], older.at(-1)];
  const sum = older.reduce((total, block) => total + block.tokens, 0);
  const head = first === undefined || last === undefined ? [] : [`* ${sum} ${address(first)} to ${address(last)}`];
  return [...head, ...blocks.slice(older.length).map(block => `* ${block.tokens} ${address(block)}`)];
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
