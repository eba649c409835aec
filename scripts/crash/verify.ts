import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { sourceStoreAssets } from '../../server/src/store/assets.ts';
import { nodeFileSystem } from '../../server/src/store/file-system.ts';
import { appliedSchema, recover } from '../../server/src/store/recovery.ts';
import { openStore, type SqlStore } from '../../server/src/store/store.ts';
import { bodyOf, CALLERS } from './content.ts';
import { EXTRA_ROWS, withExtras } from './migrations.ts';

export interface Found {
  readonly commits: number;
  readonly notices: readonly string[];
}

/** Opens what a kill left, as a restart does, and checks it. Throws AssertionError when anything acknowledged is missing. */
export async function reopen(
  folder: string,
  extras: number,
  check: (store: SqlStore) => void | Promise<void>,
): Promise<Found> {
  const store = await openStore({
    folder,
    assets: sourceStoreAssets(),
    now: Date.now,
    migrations: withExtras(extras),
    limits: { closeBytes: Number.POSITIVE_INFINITY },
  });
  try {
    const { notices } = store.health();
    assert.ok(!notices.some(notice => !/no whole record and were cut/.test(notice)), notices.join(' '));
    assert.equal(store.database.get('PRAGMA integrity_check')?.integrity_check, 'ok');
    assert.deepEqual(store.database.all('PRAGMA foreign_key_check'), []);
    await check(store);
    return { commits: store.database.seq, notices };
  } finally {
    await store.close();
  }
}

/** Every caller's rows are there without a gap, up to at least what was acknowledged. */
export function checkCallers(store: SqlStore, acknowledged: readonly number[]): void {
  const session = store.sessions.byName('crash');
  if (session === null) {
    assert.deepEqual(Math.max(0, ...acknowledged), 0, 'rows were acknowledged, and there is no session');
    return;
  }
  for (let caller = 0; caller < CALLERS; caller++) {
    const known = Number(store.facts.get(`c${caller}`) ?? 0);
    const wanted = acknowledged[caller] ?? 0;
    assert.ok(known >= wanted, `caller ${caller}: ${wanted} acknowledged, ${known} found`);
    const run = store.runs.byName(session.id, `caller-${caller}`);
    const rows = run === null ? [] : store.log.list(run.id);
    assert.equal(rows.length, known, `caller ${caller}: rows`);
    for (const [index, row] of rows.entries()) {
      assert.equal(row.sequence, index + 1);
      if (index > rows.length - 20) assert.equal(row.rx, bodyOf(caller, index + 1));
    }
  }
}

/** A migration is there with everything it made, or not at all. Reads only. */
export async function checkMigrations(folder: string, extras: number): Promise<number> {
  const { engine } = await recover({
    system: nodeFileSystem,
    folder,
    wasm: readFileSync(sourceStoreAssets().wasm),
    schema: withExtras(extras).length,
  });
  const applied = appliedSchema(engine) - withExtras(0).length;
  for (let index = 1; index <= extras; index++) {
    const table = engine.get('SELECT count(*) AS count FROM sqlite_schema WHERE name = ?', [`extra_${index}`]);
    assert.equal(table?.count, index <= applied ? 1 : 0, `table of migration ${index}, ${applied} applied`);
    if (index <= applied) assert.equal(engine.get(`SELECT count(*) AS count FROM extra_${index}`)?.count, EXTRA_ROWS);
  }
  engine.close();
  return applied;
}
