import type { ViewBlock, ViewRow } from './log-view.ts';
import type { TokenCounter } from './token-counter.ts';

/** Fewer folded rows beside each other stay as they are. */
const FEWEST = 4;

/**
 * The last resort before a loop ends 413 (ENG-43): folded rows of one op that stand beside each other become one line
 * that counts them. A fan-out of a hundred matches weighs thousands of tokens even when it is folded; nothing is lost,
 * each row keeps its address and can be opened.
 */
export function compactLog(blocks: readonly ViewBlock[], counter: TokenCounter): readonly ViewBlock[] {
  return blocks.map(block => {
    const groups = groupsOf(block.rows);
    if (groups.length === block.rows.length) return block;
    const rows = groups.map(group => lineOf(group, counter));
    return {
      ...block,
      rows,
      text: rows.map(row => row.text).join(''),
      tokens: rows.reduce((sum, row) => sum + row.tokens, 0),
    };
  });
}

type Group = readonly [ViewRow, ...ViewRow[]];

function groupsOf(rows: readonly ViewRow[]): readonly Group[] {
  const runs: [ViewRow, ...ViewRow[]][] = [];
  for (const row of rows) {
    const run = runs.at(-1);
    if (run !== undefined && areAlike(run[0], row)) run.push(row);
    else runs.push([row]);
  }
  return runs.flatMap(run => (run.length >= FEWEST ? [run] : run.map((row): Group => [row])));
}

/** Errors stand alone: their addresses are what the errors section points to. */
const areAlike = (a: ViewRow, b: ViewRow): boolean =>
  !a.expanded && !b.expanded && a.op === b.op && a.origin === b.origin && a.status === b.status && a.status < 400;

function lineOf(group: Group, counter: TokenCounter): ViewRow {
  const [first] = group;
  const last = group.at(-1) ?? first;
  if (first === last) return first;
  const text = `- ${JSON.stringify({
    last: last.path,
    op: first.op,
    origin: first.origin,
    path: first.path,
    rows: group.length,
    status: first.status,
    target: first.target === last.target ? first.target : `${first.target} … ${last.target}`,
    tokens: group.reduce((sum, row) => sum + row.bodyTokens, 0),
  })}\n`;
  return { ...first, text, tokens: counter.count(text) };
}
