import type { Database } from './database.ts';
import type { After } from './timers.ts';

/** Where a text stands with the search index (column `indexed`). */
export const AWAITS_INDEX = 0;
export const INDEXED = 1;
export const NEVER_INDEXED = 2;

/** Milliseconds after a change, and texts per slice: a slice takes a few milliseconds and is no request's business. */
const DELAY_MS = 400;
const SLICE = 128;

interface Index {
  readonly table: 'log_index' | 'entry_index';
  readonly source: 'log_row' | 'channel';
  readonly body: 'log_body' | 'channel_body';
}

const LOG: Index = { table: 'log_index', source: 'log_row', body: 'log_body' };
const ENTRIES: Index = { table: 'entry_index', source: 'channel', body: 'channel_body' };

/**
 * Keeps the search index in step with the texts. A text leaves the index with the write that changes it and enters it
 * again shortly after, many at once (alone, entering costs more than the whole commit); a search first takes in what
 * still waits, so that it always sees everything written before it.
 */
export class SearchIndexer {
  readonly #database: Database;
  readonly #after: After;
  #cancel: (() => void) | null = null;
  #disposed = false;

  constructor(database: Database, after: After) {
    this.#database = database;
    this.#after = after;
    this.schedule();
  }

  schedule(): void {
    if (this.#cancel !== null || this.#disposed) return;
    this.#cancel = this.#after(DELAY_MS, () => {
      this.#cancel = null;
      // The database may be closed without its stores; the index catches up when it is opened again.
      if (this.#database.isClosing) return;
      if (this.#slice(LOG) || this.#slice(ENTRIES)) this.schedule();
    });
  }

  /** Takes in everything that waits. */
  catchUp(): void {
    for (const index of [LOG, ENTRIES]) while (this.#slice(index));
  }

  /** Before a log row's text changes or goes: the index can only forget a text that it can still read. */
  logRowChanges(id: number): void {
    this.#leave(LOG, id);
    this.schedule();
  }

  /** Before a channel's text changes or goes. */
  channelChanges(id: number): void {
    this.#leave(ENTRIES, id);
  }

  /** After a channel's text changed; `searched` is false while it still streams. */
  channelChanged(id: number, searched: boolean): void {
    this.#database.run('UPDATE channel SET indexed = ? WHERE id = ?', [searched ? AWAITS_INDEX : NEVER_INDEXED, id]);
    if (searched) this.schedule();
  }

  dispose(): void {
    this.#disposed = true;
    this.#cancel?.();
    this.#cancel = null;
  }

  #leave(index: Index, id: number): void {
    const row = this.#database.get(`SELECT indexed FROM ${index.source} WHERE id = ?`, [id]);
    if (row?.indexed !== INDEXED) return;
    this.#database.run(`DELETE FROM ${index.table} WHERE docid = ?`, [id]);
    this.#database.run(`UPDATE ${index.source} SET indexed = ${AWAITS_INDEX} WHERE id = ?`, [id]);
  }

  /** Takes in the next few; true when there may be more. */
  #slice({ table, source, body }: Index): boolean {
    const waiting = this.#database.all(
      `SELECT id FROM ${source} INDEXED BY ${source === 'log_row' ? 'log_pending' : 'channel_pending'}
        WHERE indexed = ${AWAITS_INDEX} ORDER BY id LIMIT ${SLICE}`,
    );
    const last = waiting.at(-1);
    if (last === undefined) return false;
    this.#database.together(() => {
      this.#database.run(
        `INSERT INTO ${table} (docid, body) SELECT rowid, body FROM ${body}
          WHERE rowid IN (SELECT id FROM ${source} WHERE indexed = ${AWAITS_INDEX} AND id <= ?) ORDER BY rowid`,
        [Number(last.id)],
      );
      this.#database.run(`UPDATE ${source} SET indexed = ${INDEXED} WHERE indexed = ${AWAITS_INDEX} AND id <= ?`, [
        Number(last.id),
      ]);
    });
    return waiting.length === SLICE;
  }
}
