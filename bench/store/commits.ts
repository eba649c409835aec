import { DatabaseSync } from 'node:sqlite';
import type { TurnRow } from '../../server/src/store/contract.ts';
import { LOG_COLUMNS } from '../../server/src/store/log-row-mapper.ts';
import type { SqlStore } from '../../server/src/store/store.ts';
import { benchRow, benchTurn, openBench } from './databases.ts';

/** Milliseconds of one durable commit of one log row. */
export interface Committer {
  commit(): Promise<number> | number;
  close(): Promise<void> | void;
}

export async function ours(storage: string): Promise<Committer & { readonly store: SqlStore; readonly turn: TurnRow }> {
  const store = await openBench(storage);
  const turn = benchTurn(store);
  let sequence = store.log.lastSequence(turn.id);
  return {
    store,
    turn,
    async commit() {
      const started = performance.now();
      store.log.append(benchRow(turn, ++sequence));
      await store.durable();
      return performance.now() - started;
    },
    close: () => store.close(),
  };
}

/** The same row into the same schema, by native SQLite in WAL with `synchronous=FULL`. */
export function native(file: string, sample: { readonly store: SqlStore }): Committer {
  const row = sample.store.database.get(`SELECT ${LOG_COLUMNS.join(', ')} FROM log_row ORDER BY id DESC LIMIT 1`);
  if (row === null) throw new Error('There is no row to copy.');
  const database = new DatabaseSync(file);
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -16384',
  );
  const insert = database.prepare(
    `INSERT INTO log_row (${LOG_COLUMNS.join(', ')}) VALUES (${LOG_COLUMNS.map(() => '?').join(', ')})`,
  );
  let id = 1_000_000;
  return {
    commit() {
      id++;
      const values = LOG_COLUMNS.map(column => (column === 'id' || column === 'sequence' ? id : (row[column] ?? null)));
      const started = performance.now();
      insert.run(...values);
      return performance.now() - started;
    },
    close: () => database.close(),
  };
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}
