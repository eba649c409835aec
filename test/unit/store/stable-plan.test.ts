import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { SqlEngine, withStablePlan } from '../../../server/src/store/sql-engine.ts';

const wasm = readFileSync(createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm'));

describe('queries with a stable plan', () => {
  it('[PF-2] hides compared and limiting parameters of a SELECT from the planner, and changes nothing that writes', () => {
    assert.equal(
      withStablePlan('SELECT a FROM t WHERE a = ?1 AND b <> ? AND id >? ORDER BY id LIMIT ?'),
      'SELECT a FROM t WHERE a = +?1 AND b <> +? AND id >+? ORDER BY id LIMIT ?+0',
    );
    for (const sql of ['UPDATE t SET a = ? WHERE id = ?', 'INSERT INTO t VALUES (?, ?)', 'DELETE FROM t WHERE id = ?'])
      assert.equal(withStablePlan(sql), sql);
  });

  it('[PF-2] finds the same rows by text, number, blob and null, by index, up to a limit and without one', async () => {
    const engine = await SqlEngine.open(new Uint8Array(wasm));
    engine.exec('CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER, s TEXT, b BLOB)');
    engine.exec('CREATE INDEX t_n ON t(n, id)');
    engine.exec('CREATE INDEX t_s ON t(s) WHERE n = 1');
    for (let id = 1; id <= 20; id += 1) {
      engine.run('INSERT INTO t VALUES (?, ?, ?, ?)', [id, id % 3, `t${id % 4}`, new Uint8Array([id % 5])]);
    }
    const ids = (sql: string, params: Parameters<SqlEngine['all']>[1]) => engine.all(sql, params).map(row => row.id);
    assert.deepEqual(ids('SELECT id FROM t WHERE n = ? AND id > ? ORDER BY id LIMIT ?', [1, 5, 2]), [7, 10]);
    assert.deepEqual(ids('SELECT id FROM t WHERE n = ? AND id > ? ORDER BY id LIMIT ?', [1, 15, -1]), [16, 19]);
    assert.deepEqual(ids('SELECT id FROM t WHERE n = ? ORDER BY id DESC LIMIT 1', ['2']), [20]);
    assert.deepEqual(ids('SELECT id FROM t WHERE s = ? ORDER BY id LIMIT 2', ['t3']), [3, 7]);
    assert.deepEqual(ids('SELECT id FROM t WHERE b = ? ORDER BY id LIMIT 2', [new Uint8Array([4])]), [4, 9]);
    assert.deepEqual(ids('SELECT id FROM t WHERE s = ?', [null]), []);
    const plan = engine.all(`EXPLAIN QUERY PLAN ${withStablePlan('SELECT id FROM t WHERE n = ? AND id > ?')}`, [1, 5]);
    assert.match(String(plan[0]?.detail), /USING COVERING INDEX t_n \(n=\? AND id>\?\)/);
    engine.close();
  });
});
