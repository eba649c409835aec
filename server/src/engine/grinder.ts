import { formatTarget, rowPath } from '../packet/address.ts';
import { renderRow, rowBody } from '../packet/row-rendering.ts';
import type { TokenCounter } from '../packet/token-counter.ts';
import type { LogRow, TurnId, TurnRow } from '../store/contract.ts';
import type { Core } from './core.ts';
import type { TurnLog } from './turn-log.ts';

/** Tokens of the packet that did not fit, and how many fit. */
export interface Overflow {
  readonly usage: number;
  readonly ceiling: number;
  readonly counter: TokenCounter;
}

/** A folded row of usual length: what room is measured by. */
const USUAL_ROW =
  '- {"op":"READ","origin":"model","path":"log:///1/1/1/READ","status":200,"target":"src/a.ts","tokens":100}\n';
/** The error row, and what the next answer adds besides the body it asks for (PLAN, op, SEND, mirror): in usual rows. */
const ERROR_ROWS = 2.5;
const ANSWER_ROWS = 5;
const MOST_HINTS = 2;
/** That many rows of READ weigh more by their lines in the log than by what they show. */
const MANY_ROWS = 10;

/** ENG-42: one error row, then what is newest is folded: the previous turn's rows and this turn's own foists. */
export function grind(
  core: Pick<Core, 'store'>,
  log: TurnLog,
  previous: Pick<TurnRow, 'id'> | null,
  overflow: Overflow,
): void {
  const { store } = core;
  const turns = previous === null ? [log.turn.id] : [previous.id, log.turn.id];
  const rows = turns.flatMap(turnId => store.log.list(log.run.id, { turnId }));
  const foldable = rows.filter(row => row.expanded && row.op !== 'error');
  store.transaction(() => {
    log.append({
      op: 'error',
      origin: 'plurnk',
      status: 413,
      state: 'failed',
      outcome: 'budget_overflow',
      rx: overflowText(overflow, foldable, oldTurn(core, log, turns, rows)),
      mimetypeRx: 'text/plain',
    });
    if (foldable.length > 0)
      store.log.setExpanded(
        foldable.map(row => row.id),
        false,
      );
  });
}

/** Says how much room there is now, and for the heaviest rows the statement that shows as much as fits. */
export function overflowText(
  { usage, ceiling, counter }: Overflow,
  folded: readonly LogRow[],
  oldTurn: string | null,
): string {
  const saved = folded.reduce((sum, row) => sum + weightOfBody(row, counter), 0);
  const usual = counter.count(USUAL_ROW);
  const free = Math.max(0, Math.floor(ceiling - (usage - saved) - ERROR_ROWS * usual));
  const room = free - ANSWER_ROWS * usual;
  const heaviest = folded
    .filter(row => row.op !== 'model' && row.op !== 'PLAN' && row.op !== 'SEND')
    .sort((a, b) => b.tokens - a.tokens)
    .slice(0, MOST_HINTS);
  return [
    `413 Budget Overflow: ${usage} tokens, ${ceiling} fit. The newest rows were folded, about ${free} are free now.`,
    adviceFor(
      heaviest,
      heaviest.flatMap(row => hintFor(row, room, counter) ?? []),
      folded,
    ),
    ...(oldTurn === null ? [] : [`<<KILL(${oldTurn}**)::KILL drops an old turn's rows for good.`]),
  ].join(' ');
}

function adviceFor([heaviest]: readonly LogRow[], hints: readonly string[], folded: readonly LogRow[]): string {
  if (hints.length > 0) {
    const fits = hints.length === 1 ? 'This fits' : 'One of these fits';
    return `${fits}: ${hints.join(' or ')}. Note in known:/// what you learn, then FOLD the row and go on.`;
  }
  const reads = folded.filter(row => row.op === 'READ').length;
  if (reads >= MANY_ROWS)
    return `${reads} rows of READ are too many, even folded: READ makes one a match. Ask for fewer places: a narrower target or pattern, or FIND with a page.`;
  const what = heaviest === undefined ? '' : ` than ${rowPath(heaviest)} with its ${heaviest.tokens} tokens`;
  return `Ask for less${what}: a narrower target, a page of FIND, a range of lines.`;
}

/** Address of the oldest turn that is not the newest, not this one and not being read from: it is needed least. */
function oldTurn(
  core: Pick<Core, 'store'>,
  log: TurnLog,
  turns: readonly TurnId[],
  newest: readonly LogRow[],
): string | null {
  const needed = new Set(newest.filter(row => row.scheme === 'log').map(row => turnOf(row.pathname ?? '')));
  const oldest = core.store.log
    .list(log.run.id)
    .find(row => !turns.includes(row.turnId) && !needed.has(`/${row.loopSeq}/${row.turnSeq}/`));
  return oldest === undefined ? null : `log:///${oldest.loopSeq}/${oldest.turnSeq}/`;
}

/** `/1/2/` of `/1/2/3/READ` */
const turnOf = (path: string): string => /^\/\d+\/\d+\//.exec(path)?.[0] ?? '';

/** What folding a row takes out of the packet. */
function weightOfBody(row: LogRow, counter: TokenCounter): number {
  return counter.count(renderRow(row)) - counter.count(renderRow({ ...row, expanded: false }));
}

/** OPEN when the row fits as a whole, otherwise READ of its first lines; null when not even one line does. */
function hintFor(row: LogRow, room: number, counter: TokenCounter): string | null {
  if (room <= 0) return null;
  if (row.tokens <= room) return `<<OPEN(${rowPath(row)})::OPEN (${row.tokens} tokens)`;
  const lines = (rowBody(row) ?? '').split('\n');
  const fitting = linesWithin(lines, room, counter);
  if (fitting === 0) return null;
  const { address, first } = sourceOf(row);
  const part = `${fitting} of ${lines.length} lines, all weigh ${row.tokens} tokens`;
  return `<<READ(${address})<${first},${first + fitting - 1}>::READ (${part})`;
}

/** A slice of a text is better read from the text, with its own line numbers, than from the row that showed it. */
function sourceOf(row: LogRow): { readonly address: string; readonly first: number } {
  const target = formatTarget(row);
  if (row.op !== 'READ' || target === null || row.mimetypeRx !== 'text/plain')
    return { address: rowPath(row), first: 1 };
  const numbered = row.scheme === 'log' ? null : /^(\d+):\t/.exec(row.rx ?? '');
  const first = numbered === null ? (row.lineMarker?.marks[0] ?? 1) : Number(numbered[1]);
  return first >= 1 ? { address: target, first } : { address: rowPath(row), first: 1 };
}

/** Each line with the number that READ may put before it. */
function linesWithin(lines: readonly string[], room: number, counter: TokenCounter): number {
  let left = room;
  for (const [index, line] of lines.entries()) {
    left -= counter.count(`${index + 1}:\t${line}\n`);
    if (left < 0) return index;
  }
  return lines.length;
}
