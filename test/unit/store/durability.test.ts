import assert from 'node:assert/strict';
import {
  closeSync,
  copyFileSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { nodeFileSystem } from '../../../server/src/store/file-system.ts';
import { migrations } from '../../../server/src/store/migrations/index.ts';
import { recover } from '../../../server/src/store/recovery.ts';
import { assets, commitFact, facts, integrity, newFolder, openDatabase, removeFolders } from './support.ts';

/** What a kill leaves: the files as they are, without a goodbye. */
function copyOf(folder: string): string {
  const copy = newFolder();
  for (const name of readdirSync(folder)) {
    if (name !== 'owner.json') copyFileSync(join(folder, name), join(copy, name));
  }
  return copy;
}

function journals(folder: string): string[] {
  return readdirSync(folder)
    .filter(name => name.endsWith('.log'))
    .sort()
    .map(name => join(folder, name));
}

function snapshots(folder: string): string[] {
  return readdirSync(folder)
    .filter(name => name.endsWith('.db'))
    .sort()
    .map(name => join(folder, name));
}

function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ 16;
  writeFileSync(path, bytes);
}

describe('durability', () => {
  after(removeFolders);

  it('[RL-1] has every durable commit after a restart without a goodbye', async () => {
    const folder = newFolder();
    const database = await openDatabase(folder);
    for (let index = 0; index < 50; index++) await commitFact(database, `k${index}`, index);
    const again = await openDatabase(copyOf(folder));
    assert.deepEqual(facts(again), facts(database));
    assert.equal(again.seq, database.seq);
    assert.equal(integrity(again), 'ok');
    assert.deepEqual(again.health().notices, []);
    await Promise.all([database.close(), again.close()]);
  });

  it('[RL-1] one flush serves all commits that wait (group commit)', async () => {
    const folder = newFolder();
    const database = await openDatabase(folder);
    await Promise.all(Array.from({ length: 200 }, (_, index) => commitFact(database, `k${index}`, index)));
    const again = await openDatabase(copyOf(folder));
    assert.equal(Object.keys(facts(again)).length, 200);
    await Promise.all([database.close(), again.close()]);
  });

  it('[RL-1] answers a caller whose commit came while a new segment was being opened', async () => {
    const database = await openDatabase(newFolder());
    await commitFact(database, 'a', 1);
    await database.snapshot();
    // The first call opens the next segment; the second commit joins meanwhile, and nothing comes after it.
    const first = commitFact(database, 'b', 2);
    const second = commitFact(database, 'c', 3);
    await Promise.all([first, second]);
    await database.close();
  });

  it('[RL-1] writes nothing of a transaction that threw, nor of a nested one', async () => {
    const folder = newFolder();
    const database = await openDatabase(folder);
    const set = (key: string) => database.run('INSERT INTO fact (key, value) VALUES (?, 1)', [key]);
    assert.throws(
      () =>
        database.transaction(() => {
          set('lost');
          throw new Error('no');
        }),
      /no/,
    );
    database.transaction(() => {
      set('outer');
      assert.throws(() =>
        database.transaction(() => {
          set('inner');
          throw new Error('no');
        }),
      );
      set('later');
    });
    await database.durable();
    const again = await openDatabase(copyOf(folder));
    assert.deepEqual(Object.keys(facts(again)), ['later', 'outer']);
    assert.deepEqual(facts(again), facts(database));
    await Promise.all([database.close(), again.close()]);
  });

  it('[RL-1] refuses a transaction that waits, and a write through a reading call', async () => {
    const database = await openDatabase(newFolder());
    assert.throws(() => database.transaction(() => Promise.resolve()), /synchronous/);
    assert.throws(() => database.all('DELETE FROM fact'), /run\(\)/);
    await database.close();
  });

  it('[RL-1] a snapshot made beside the work loses nothing and is a database of its own', async () => {
    const folder = newFolder();
    const database = await openDatabase(folder);
    for (let index = 0; index < 20; index++) await commitFact(database, `k${index}`, index);
    const snapshot = database.snapshot();
    for (let index = 20; index < 40; index++) await commitFact(database, `k${index}`, index);
    await snapshot;
    assert.equal(snapshots(folder).length, 1);
    const file = new DatabaseSync(snapshots(folder)[0] ?? '', { readOnly: true });
    const count = Number(file.prepare('SELECT count(*) AS count FROM fact').get()?.count);
    assert.ok(count >= 20 && count < 40, `${count} facts in the snapshot`);
    file.close();
    const again = await openDatabase(copyOf(folder));
    assert.deepEqual(facts(again), facts(database));
    assert.equal(integrity(again), 'ok');
    await Promise.all([database.close(), again.close()]);
  });

  it('[RL-1] keeps the previous generation and what leads on from it, and no more', async () => {
    const folder = newFolder();
    const database = await openDatabase(folder);
    for (let round = 0; round < 4; round++) {
      await commitFact(database, `k${round}`, round);
      await database.snapshot();
    }
    await commitFact(database, 'last', 9);
    assert.deepEqual(
      snapshots(folder).map(path => path.slice(-13)),
      ['0000000003.db', '0000000004.db'],
    );
    assert.equal(journals(folder).length, 2);
    await database.close();
  });

  it('[RL-2] cuts a torn tail at every byte of the last record, and says so', async () => {
    const folder = newFolder();
    const database = await openDatabase(folder);
    await commitFact(database, 'kept', 1);
    const before = journalEnd(folder);
    await commitFact(database, 'torn', 2);
    const after = journalEnd(folder);
    const journal = journals(folder)[0] ?? '';
    const wasm = readFileSync(assets.wasm);
    assert.ok(after > before);
    for (let cut = before + 1; cut < after; cut++) {
      const copy = copyOf(folder);
      const path = join(copy, 'journal-0000000001.log');
      writeFileSync(path, readFileSync(journal).subarray(0, cut));
      const found = await recover({ system: nodeFileSystem, folder: copy, wasm, schema: migrations.length });
      assert.deepEqual(
        found.engine.all('SELECT key FROM fact').map(row => row.key),
        ['kept'],
        `cut at ${cut}`,
      );
      found.engine.close();
      if (cut % 16 !== 0) continue;
      const torn = await openDatabase(copy);
      assert.deepEqual(facts(torn), { kept: 1 }, `cut at ${cut}`);
      assert.match(torn.health().notices[0] ?? '', /no whole record and were cut/);
      assert.equal(readFileSync(`${path}.cut`).length, cut - before);
      await commitFact(torn, 'next', 3);
      await torn.close();
      const again = await openDatabase(copy);
      assert.deepEqual(facts(again), { kept: 1, next: 3 });
      assert.deepEqual(again.health().notices, [], 'a cut is reported once');
      await again.close();
      rmSync(copy, { recursive: true });
    }
    await database.close();
  }).timeout(60_000);

  it('[RL-2] a flipped bit in the journal costs what follows it and nothing else', async () => {
    const folder = newFolder();
    const database = await openDatabase(folder);
    await commitFact(database, 'kept', 1);
    const before = journalEnd(folder);
    await commitFact(database, 'flipped', 2);
    await commitFact(database, 'behind', 3);
    const copy = copyOf(folder);
    flip(journals(copy)[0] ?? '', before + 20);
    const again = await openDatabase(copy);
    assert.deepEqual(facts(again), { kept: 1 });
    assert.match(again.health().notices.join(), /were cut/);
    assert.equal(integrity(again), 'ok');
    await Promise.all([database.close(), again.close()]);
  });

  it('[RL-2] falls back to the previous snapshot when the newest has a flipped bit, is cut or is gone', async () => {
    const folder = newFolder();
    const database = await openDatabase(folder);
    await commitFact(database, 'a', 1);
    await database.snapshot();
    await commitFact(database, 'b', 2);
    await database.snapshot();
    await commitFact(database, 'c', 3);
    const damages: Record<string, (path: string) => void> = {
      'a bit in the middle': path => flip(path, 9000),
      'a bit in the trailer': path => flip(path, readFileSync(path).length - 3),
      'cut in half': path => writeFileSync(path, readFileSync(path).subarray(0, 20_000)),
      empty: path => writeFileSync(path, ''),
      gone: path => rmSync(path),
    };
    for (const [name, damage] of Object.entries(damages)) {
      const copy = copyOf(folder);
      damage(snapshots(copy)[1] ?? '');
      const again = await openDatabase(copy);
      assert.deepEqual(facts(again), { a: 1, b: 2, c: 3 }, name);
      if (name !== 'gone') assert.match(again.health().notices[0] ?? '', /Snapshot 2 cannot be used/, name);
      await commitFact(again, 'd', 4);
      await again.snapshot();
      await again.close();
      const later = await openDatabase(copy);
      assert.deepEqual(facts(later), { a: 1, b: 2, c: 3, d: 4 }, name);
      assert.deepEqual(later.health().notices, [], name);
      await later.close();
    }
    await database.close();
  });

  it('[RL-2] keeps everything it found aside when acknowledged commits cannot be read back', async () => {
    const folder = newFolder();
    const database = await openDatabase(folder);
    await commitFact(database, 'a', 1);
    await database.snapshot();
    await commitFact(database, 'b', 2);
    await database.snapshot();
    await commitFact(database, 'c', 3);
    const copy = copyOf(folder);
    for (const path of snapshots(copy)) flip(path, 9000);
    const found = readdirSync(copy).sort();
    const again = await openDatabase(copy);
    assert.notDeepEqual(again.health().notices, []);
    await commitFact(again, 'new', 1);
    const aside = readdirSync(copy).find(name => name.startsWith('damaged-')) ?? '';
    assert.deepEqual(readdirSync(join(copy, aside)).sort(), found);
    await again.close();
    const later = await openDatabase(copy);
    assert.equal(facts(later).new, 1);
    await Promise.all([database.close(), later.close()]);
  });

  it('[RL-2] a damaged header of the journal is told, and the file kept', async () => {
    const folder = newFolder();
    const database = await openDatabase(folder);
    await commitFact(database, 'a', 1);
    await database.snapshot();
    await commitFact(database, 'b', 2);
    const copy = copyOf(folder);
    flip(journals(copy)[1] ?? '', 15);
    const again = await openDatabase(copy);
    assert.deepEqual(facts(again), { a: 1 });
    assert.match(again.health().notices.join(), /damaged header/);
    await again.close();
    const later = await openDatabase(copy);
    assert.deepEqual(later.health().notices, []);
    const aside = readdirSync(copy).find(name => name.startsWith('damaged-')) ?? '';
    assert.ok(readdirSync(join(copy, aside)).includes('journal-0000000002.log'));
    await Promise.all([database.close(), later.close()]);
  });

  it('[RL-2] a segment that was created and never begun is nothing to tell', async () => {
    const folder = newFolder();
    const database = await openDatabase(folder);
    await commitFact(database, 'a', 1);
    const copy = copyOf(folder);
    writeFileSync(join(copy, 'journal-0000000002.log'), '');
    writeFileSync(join(copy, 'journal-0000000003.log'), new Uint8Array(20));
    const again = await openDatabase(copy);
    assert.deepEqual([facts(again), again.health().notices], [{ a: 1 }, []]);
    await commitFact(again, 'b', 2);
    await again.close();
    const later = await openDatabase(copy);
    assert.deepEqual(facts(later), { a: 1, b: 2 });
    await Promise.all([database.close(), later.close()]);
  });

  it('[RL-2] a segment that an older process left with more records than were taken over is superseded', async () => {
    const folder = newFolder();
    const first = await openDatabase(folder);
    await commitFact(first, 'shared', 1);
    const copy = copyOf(folder);
    await commitFact(first, 'ghost', 2);
    const ghost = readFileSync(journals(folder)[0] ?? '');
    const second = await openDatabase(copy);
    await commitFact(second, 'real', 3);
    await second.close();
    // The tail that the second process could not read comes back.
    writeFileSync(join(copy, 'journal-0000000001.log'), ghost);
    const third = await openDatabase(copy);
    assert.deepEqual(facts(third), { shared: 1, real: 3 });
    await Promise.all([first.close(), third.close()]);
  });
});

/** Where the last record of the only journal ends: behind it are zeros. */
function journalEnd(folder: string): number {
  const path = journals(folder)[0] ?? '';
  const descriptor = openSync(path, 'r+');
  fsyncSync(descriptor);
  closeSync(descriptor);
  return readFileSync(path).findLastIndex(byte => byte !== 0) + 1;
}
