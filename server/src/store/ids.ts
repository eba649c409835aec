import type { Database } from './database.ts';

/** Tables whose ids callers see: never used twice, in the order of creation. */
export type IdTable =
  | 'session'
  | 'run'
  | 'loop'
  | 'turn'
  | 'log_row'
  | 'entry'
  | 'channel'
  | 'subscription'
  | 'membership_rule';

/** Hands out ids before the row is written, so that replaying a statement gives the row the same id. */
export class Ids {
  readonly #database: Database;
  readonly #last = new Map<IdTable, number>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** The first of `count` new ids in a row. */
  next(table: IdTable, count = 1): number {
    const first = this.last(table) + 1;
    this.#last.set(table, first + count - 1);
    return first;
  }

  /** Highest id handed out so far; 0 before the first. */
  last(table: IdTable): number {
    const known = this.#last.get(table);
    if (known !== undefined) return known;
    const found = this.#database.get('SELECT seq FROM sqlite_sequence WHERE name = ?', [table]);
    const last = Number(found?.seq ?? 0);
    this.#last.set(table, last);
    return last;
  }
}
