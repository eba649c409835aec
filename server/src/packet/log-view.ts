import type { LogEntryId, LogRow, LogStore, RunId } from '../store/contract.ts';
import { formatTarget, rowPath } from './address.ts';
import { weighRow } from './row-rendering.ts';
import type { TokenCounter } from './token-counter.ts';

/** What the packet needs of a row, without its body. */
export interface ViewRow {
  readonly id: LogEntryId;
  readonly op: LogRow['op'];
  readonly origin: LogRow['origin'];
  readonly path: string;
  readonly target: string | null;
  readonly status: number;
  readonly loopSeq: number;
  readonly turnSeq: number;
  readonly sequence: number;
  readonly expanded: boolean;
  /** Proposed rows are not shown before they are settled (PKT-14). */
  readonly hidden: boolean;
  readonly text: string;
  /** Of `text`. */
  readonly tokens: number;
  /** What the body weighs, shown or not (`tokens` of the meta line). */
  readonly bodyTokens: number;
}

/** The rows of one turn, rendered as one part of the log section. */
export interface ViewBlock {
  readonly loopSeq: number;
  readonly turnSeq: number;
  readonly rows: readonly ViewRow[];
  readonly text: string;
  readonly tokens: number;
}

interface Block {
  readonly loopSeq: number;
  readonly turnSeq: number;
  readonly rows: ViewRow[];
  rendered: ViewBlock | null;
}

/**
 * The rendered log of one run, kept between turns: only new and changed rows are rendered and counted again, so that
 * a packet costs by what happened since the last one, not by the length of the log (PF-2).
 */
export class LogView {
  readonly #log: LogStore;
  readonly #runId: RunId;
  #counter: TokenCounter;
  #blocks: Block[] = [];
  #blockOf = new Map<LogEntryId, Block>();
  #dirty = new Set<LogEntryId>();
  #lastId = 0 as LogEntryId;

  constructor(log: LogStore, runId: RunId, counter: TokenCounter) {
    this.#log = log;
    this.#runId = runId;
    this.#counter = counter;
  }

  /** Rows were changed or deleted by whomever; they are looked up again at the next `blocks()`. */
  markChanged(ids: readonly LogEntryId[]): void {
    for (const id of ids) if (this.#blockOf.has(id)) this.#dirty.add(id);
  }

  /** Another tokenizer: everything is counted again. */
  useCounter(counter: TokenCounter): void {
    if (counter.tokenizer !== this.#counter.tokenizer) this.#clear();
    this.#counter = counter;
  }

  /** One block a turn, oldest first. */
  blocks(): readonly ViewBlock[] {
    this.#reload();
    this.#append();
    return this.#blocks.map(block => this.#render(block)).filter(block => block.text !== '');
  }

  #clear(): void {
    this.#blocks = [];
    this.#blockOf.clear();
    this.#dirty.clear();
    this.#lastId = 0 as LogEntryId;
  }

  #reload(): void {
    for (const id of this.#dirty) {
      const block = this.#blockOf.get(id);
      if (block === undefined) continue;
      const index = block.rows.findIndex(row => row.id === id);
      const row = this.#log.get(id);
      if (row === null) {
        block.rows.splice(index, 1);
        this.#blockOf.delete(id);
      } else block.rows[index] = this.#view(row);
      block.rendered = null;
    }
    this.#dirty.clear();
  }

  #append(): void {
    for (const row of this.#log.list(this.#runId, { sinceId: this.#lastId })) {
      if (row.id > this.#lastId) this.#lastId = row.id;
      const block = this.#blockFor(row);
      block.rows.push(this.#view(row));
      block.rendered = null;
      this.#blockOf.set(row.id, block);
    }
  }

  #blockFor(row: LogRow): Block {
    const last = this.#blocks.at(-1);
    if (last?.loopSeq === row.loopSeq && last.turnSeq === row.turnSeq) return last;
    const known = this.#blocks.find(block => block.loopSeq === row.loopSeq && block.turnSeq === row.turnSeq);
    if (known !== undefined) return known;
    const block: Block = { loopSeq: row.loopSeq, turnSeq: row.turnSeq, rows: [], rendered: null };
    this.#blocks.push(block);
    return block;
  }

  #view(row: LogRow): ViewRow {
    const { text, tokens } = weighRow(row, this.#counter);
    return {
      id: row.id,
      op: row.op,
      origin: row.origin,
      path: rowPath(row),
      target: formatTarget(row),
      status: row.statusRx,
      loopSeq: row.loopSeq,
      turnSeq: row.turnSeq,
      sequence: row.sequence,
      expanded: row.expanded,
      hidden: row.state === 'proposed',
      text,
      tokens,
      bodyTokens: row.tokens,
    };
  }

  #render(block: Block): ViewBlock {
    if (block.rendered !== null) return block.rendered;
    const rows = block.rows.filter(row => !row.hidden);
    block.rendered = {
      loopSeq: block.loopSeq,
      turnSeq: block.turnSeq,
      rows,
      text: rows.map(row => row.text).join(''),
      tokens: rows.reduce((sum, row) => sum + row.tokens, 0),
    };
    return block.rendered;
  }
}
