import type { Database } from './database.ts';

/** Tables whose ids callers see: never used twice, in the order of creation. */
export const ID_TABLES = [
  'session',
  'run',
  'loop',
  'turn',
  'log_row',
  'entry',
  'channel',
  'subscription',
  'membership_rule',
] as const;
export type IdTable = (typeof ID_TABLES)[number];

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
    const found = this.#database.get(
      `SELECT max((SELECT coalesce(max(id), 0) FROM ${table}), coalesce((SELECT last FROM id_floor WHERE name = ?), 0)) AS last`,
      [table],
    );
    const last = Number(found?.last ?? 0);
    this.#last.set(table, last);
    return last;
  }

  /** Before rows are deleted: their ids must not come back after a restart. */
  keep(...tables: readonly IdTable[]): void {
    for (const table of tables) {
      const last = this.last(table);
      this.#database.run(
        `INSERT INTO id_floor (name, last) VALUES (?, ?)
          ON CONFLICT (name) DO UPDATE SET last = excluded.last WHERE last < excluded.last`,
        [table, last],
      );
    }
  }
}
