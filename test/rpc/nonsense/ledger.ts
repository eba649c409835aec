import { sourceStoreAssets } from '../../../server/src/store/assets.ts';
import { openStore } from '../../../server/src/store/store.ts';

/** What the storage says when all is over. */
export interface Ledger {
  /** SQLite's own check; `ok`. */
  readonly integrity: unknown;
  readonly rows: number;
  readonly storedTurns: number;
  /** Rows that nobody ever gave an end: without status, or a proposal that still waits. */
  readonly statusless: number;
  /** Loops and turns that are neither over nor parked. */
  readonly stranded: number;
  readonly runs: number;
  readonly ops: Readonly<Record<string, number>>;
  readonly statuses: Readonly<Record<string, number>>;
  /** Turns that were generated under the grammar, of those with an emission. */
  readonly constrained: number;
  readonly emissions: number;
}

export async function readLedger(folder: string): Promise<Ledger> {
  const store = await openStore({ folder, assets: sourceStoreAssets(), now: () => Date.now() });
  const count = (sql: string): number => Number(store.database.get(sql)?.n);
  const table = (column: string): Record<string, number> =>
    Object.fromEntries(
      store.database
        .all(`SELECT ${column} AS name, count(*) AS n FROM log_row GROUP BY 1 ORDER BY 2 DESC`)
        .map(({ name, n }) => [String(name), Number(n)]),
    );
  try {
    return {
      integrity: store.database.get('PRAGMA integrity_check')?.integrity_check,
      rows: count('SELECT count(*) AS n FROM log_row'),
      storedTurns: count('SELECT count(*) AS n FROM turn'),
      statusless: count("SELECT count(*) AS n FROM log_row WHERE status_rx < 100 OR state = 'proposed'"),
      stranded:
        count('SELECT count(*) AS n FROM loop WHERE status < 200') +
        count('SELECT count(*) AS n FROM turn WHERE ended_at IS NULL'),
      runs: count('SELECT count(*) AS n FROM run'),
      ops: table('op'),
      statuses: table('status_rx'),
      constrained: count("SELECT count(*) AS n FROM turn WHERE json_extract(meta, '$.constrained') = 1"),
      emissions: count('SELECT count(*) AS n FROM turn WHERE emission_blob IS NOT NULL'),
    };
  } finally {
    await store.close();
  }
}
