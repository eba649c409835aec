import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { migrations } from '../../../server/src/store/migrations/index.ts';
import type { Migration } from '../../../server/src/store/migrations/migration.ts';
import { StoreError } from '../../../server/src/store/store-error.ts';
import { AT, commitFact, facts, integrity, newFolder, openDatabase, openTestStore, removeFolders } from './support.ts';

const FIXTURES = new URL('../../fixtures/store/', import.meta.url).pathname;
const NEWEST = migrations.at(-1)?.number ?? 0;

const addColumn: Migration = {
  number: NEWEST + 1,
  name: 'fact-color',
  up: run => run("ALTER TABLE fact ADD COLUMN color TEXT NOT NULL DEFAULT 'red'"),
};
const fillColumn: Migration = {
  number: NEWEST + 2,
  name: 'fact-blue',
  up: run => run('UPDATE fact SET color = ? WHERE key = ?', ['blue', 'a']),
};

describe('migrations', () => {
  after(removeFolders);

  it('[RL-2] are numbered without gaps, in order, one file each', () => {
    assert.deepEqual(
      migrations.map(migration => migration.number),
      migrations.map((_, index) => index + 1),
    );
    const folder = new URL('../../../server/src/store/migrations/', import.meta.url);
    const files = readdirSync(folder).filter(name => /^\d{4}-/.test(name));
    assert.deepEqual(
      files,
      migrations.map(({ number, name }) => `${String(number).padStart(4, '0')}-${name}.ts`),
    );
  });

  it('[RL-2] are applied once, in order, recorded, and survive a restart', async () => {
    const folder = newFolder();
    const first = await openDatabase(folder);
    await commitFact(first, 'a', 1);
    await commitFact(first, 'b', 2);
    await first.close();
    for (let round = 0; round < 2; round++) {
      const second = await openDatabase(folder, {
        migrations: [...migrations, addColumn, fillColumn],
        now: () => AT + 7,
      });
      assert.deepEqual(
        second.all('SELECT key, color FROM fact ORDER BY key').map(row => `${row.key} ${row.color}`),
        ['a blue', 'b red'],
      );
      assert.deepEqual(
        second.all('SELECT number, name, at FROM migration WHERE number > ? ORDER BY number', [NEWEST]),
        [
          { number: NEWEST + 1, name: 'fact-color', at: AT + 7 },
          { number: NEWEST + 2, name: 'fact-blue', at: AT + 7 },
        ],
      );
      assert.equal(integrity(second), 'ok');
      if (round === 0) await second.snapshot();
      await second.close();
    }
  });

  it('[RL-2] a newer database is refused with both versions named, and left as it is', async () => {
    for (const snapshot of [false, true]) {
      const folder = newFolder();
      const newer = await openDatabase(folder, { migrations: [...migrations, addColumn] });
      await commitFact(newer, 'a', 1);
      if (snapshot) await newer.snapshot();
      await newer.close();
      const before = contentsOf(folder);
      await assert.rejects(openDatabase(folder), (error: unknown) => {
        assert.ok(error instanceof StoreError && error.code === 'schema-too-new');
        assert.match(error.message, new RegExp(`version ${NEWEST + 1}, .*knows up to ${NEWEST}`));
        return true;
      });
      assert.deepEqual(contentsOf(folder), before);
    }
  });

  it('[RL-2] one that fails leaves the database at the version before it', async () => {
    const folder = newFolder();
    const first = await openDatabase(folder);
    await commitFact(first, 'a', 1);
    await first.close();
    const failing: Migration = {
      ...addColumn,
      up: run => {
        addColumn.up(run);
        run('INSERT INTO nowhere VALUES (1)');
      },
    };
    await assert.rejects(openDatabase(folder, { migrations: [...migrations, failing] }), /nowhere/);
    const again = await openDatabase(folder);
    assert.deepEqual(facts(again), { a: 1 });
    await again.close();
  });

  for (const version of readdirSync(FIXTURES).sort()) {
    it(`[RL-2] a database of ${version} opens with everything in it`, async () => {
      const folder = newFolder();
      cpSync(join(FIXTURES, version), folder, { recursive: true });
      const store = await openTestStore(folder);
      assert.deepEqual(store.health().notices, []);
      assert.equal(integrity(store.database), 'ok');
      assert.equal(store.database.get('SELECT max(number) AS number FROM migration')?.number, NEWEST);
      const session = store.sessions.byName('fixture');
      assert.ok(session !== null);
      const run = store.runs.byName(session.id, 'main');
      assert.ok(run !== null);
      assert.deepEqual(
        store.log.list(run.id).map(row => row.rx?.slice(0, 20)),
        ['1:\tresult 1', 'long '.repeat(4), '1:\tresult 3'],
      );
      assert.equal(store.search.log('result', 10).length, 2);
      const turn = store.turns.listRun(run.id)[0];
      assert.equal(turn?.emission, '<<SEND[200]:done:SEND');
      assert.equal(store.turns.readPacket(turn.id)?.[0]?.content, 'ab');
      const note = store.entries.find({
        sessionId: session.id,
        scope: 'session',
        runId: null,
        scheme: 'known',
        pathname: '/n.md',
      });
      assert.equal(note === null ? null : store.entries.content(note.id, 'body'), 'behind the snapshot');
      assert.equal(store.proposals.list(session.id).length, 1);
      assert.equal(store.loops.latest(run.id)?.prompt, 'Do the work.');
      assert.equal(store.facts.get('k'), 1);
      await store.close();
    });
  }
});

function contentsOf(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map(name => [name, readFileSync(join(folder, name)).toString('base64')]),
  );
}
