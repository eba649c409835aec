import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import type { StoreHealth } from '../../../server/src/store/contract.ts';
import type { Database } from '../../../server/src/store/database.ts';
import { buildSnapshot } from '../../../server/src/store/snapshot-build.ts';
import {
  assets,
  commitFact,
  type Faults,
  facts,
  faultySystem,
  integrity,
  ManualTimers,
  newFolder,
  openDatabase,
  removeFolders,
  systemError,
} from './support.ts';

interface Rig {
  readonly folder: string;
  readonly faults: Faults;
  readonly database: Database;
  readonly health: StoreHealth[];
}

async function openRig(folder = newFolder()): Promise<Rig> {
  const { system, faults } = faultySystem();
  const database = await openDatabase(folder, { system });
  const health: StoreHealth[] = [];
  database.onHealth(state => health.push(state));
  return { folder, faults, database, health };
}

async function factsAfterRestart(folder: string): Promise<Record<string, number>> {
  const database = await openDatabase(folder);
  const found = facts(database);
  assert.equal(integrity(database), 'ok');
  assert.deepEqual(database.health().notices, []);
  await database.close();
  return found;
}

const FAULTS: Record<string, (faults: Faults) => void> = {
  'ENOSPC while writing': faults => {
    faults.write = () => {
      throw systemError('ENOSPC');
    };
  },
  'EIO while writing': faults => {
    faults.write = () => {
      throw systemError('EIO');
    };
  },
  'EROFS while writing': faults => {
    faults.write = () => {
      throw systemError('EROFS');
    };
    faults.open = () => {
      throw systemError('EROFS');
    };
  },
  'a short write, then ENOSPC': faults => {
    let writes = 0;
    faults.write = (_path, bytes) => {
      if (++writes % 2 === 0) throw systemError('ENOSPC');
      return Math.min(bytes, 7);
    };
  },
  'a failing flush': faults => {
    faults.sync = () => {
      throw systemError('EIO');
    };
  },
  'a disk that takes no bytes': faults => {
    faults.write = () => 0;
  },
};

function heal(faults: Faults): void {
  Object.assign(faults, { write: null, sync: null, open: null, change: null, read: null });
}

describe('degraded storage', () => {
  after(removeFolders);

  it('[RL-3] a short write is finished, not a failure', async () => {
    const { folder, faults, database, health } = await openRig();
    faults.write = (_path, bytes) => Math.min(bytes, 5);
    await commitFact(database, 'a', 1);
    assert.deepEqual(health, []);
    await database.close();
    assert.deepEqual(await factsAfterRestart(folder), { a: 1 });
  });

  for (const [name, inject] of Object.entries(FAULTS)) {
    it(`[RL-3] ${name}: told at once, work goes on, nothing stored is damaged, saving resumes`, async () => {
      const { folder, faults, database, health } = await openRig();
      await commitFact(database, 'before', 1);
      inject(faults);
      await commitFact(database, 'during', 2);
      assert.equal(health.length, 1);
      assert.equal(health[0]?.state, 'degraded');
      assert.match(health[0]?.message ?? '', /cannot save in .*: the disk/);
      await commitFact(database, 'more', 3);
      await database.retrySaving();
      assert.equal(database.health().state, 'degraded');
      assert.deepEqual(facts(database), { before: 1, during: 2, more: 3 });
      heal(faults);
      await database.retrySaving();
      assert.deepEqual(database.health().state, 'ok');
      await commitFact(database, 'after', 4);
      await database.close();
      assert.deepEqual(await factsAfterRestart(folder), { after: 4, before: 1, during: 2, more: 3 });
    });

    it(`[RL-3] ${name}: a restart in the middle has everything from before it`, async () => {
      const { folder, faults, database } = await openRig();
      await commitFact(database, 'before', 1);
      inject(faults);
      await commitFact(database, 'during', 2);
      await database.close();
      const found = await factsAfterRestartWithCut(folder);
      assert.equal(found.before, 1);
    });
  }

  it('[RL-3] a waiting caller is answered when saving fails, and retries happen by themselves', async () => {
    const timers = new ManualTimers();
    const { system, faults } = faultySystem();
    const folder = newFolder();
    const database = await openDatabase(folder, { system, after: timers.after });
    faults.write = () => {
      throw systemError('ENOSPC');
    };
    await Promise.all([commitFact(database, 'a', 1), commitFact(database, 'b', 2)]);
    const recovered = new Promise<void>(done => {
      database.onHealth(health => {
        if (health.state === 'ok') done();
      });
    });
    heal(faults);
    timers.fire(5000);
    await recovered;
    await database.close();
    assert.deepEqual(await factsAfterRestart(folder), { a: 1, b: 2 });
  });

  it('[RL-3] a removed storage folder is noticed at the next commit and written anew, whole', async () => {
    const { folder, database, health } = await openRig();
    await commitFact(database, 'a', 1);
    rmSync(folder, { recursive: true });
    await commitFact(database, 'b', 2);
    assert.match(health[0]?.message ?? '', /was removed/);
    await database.retrySaving();
    assert.equal(database.health().state, 'ok');
    await commitFact(database, 'c', 3);
    await database.close();
    assert.deepEqual(await factsAfterRestart(folder), { a: 1, b: 2, c: 3 });
  });

  it('[RL-3] a storage folder that was moved away and comes back keeps its history', async () => {
    const { folder, database } = await openRig();
    await commitFact(database, 'a', 1);
    renameSync(folder, `${folder}-away`);
    await commitFact(database, 'b', 2);
    assert.equal(database.health().state, 'degraded');
    renameSync(`${folder}-away`, folder);
    await database.retrySaving();
    assert.equal(database.health().state, 'ok');
    await database.close();
    assert.deepEqual(await factsAfterRestart(folder), { a: 1, b: 2 });
  });

  it('[RL-3] a storage folder that is replaced by a copy of itself loses nothing', async () => {
    const { folder, database, health } = await openRig();
    await commitFact(database, 'before', 1);
    const copy = `${folder}-copy`;
    cpSync(folder, copy, { recursive: true });
    rmSync(folder, { recursive: true });
    renameSync(copy, folder);
    // Told within a tenth of a second; what was committed until then went into the removed file.
    const started = performance.now();
    let count = 0;
    while (health.length === 0 && performance.now() - started < 10_000) await commitFact(database, `n${count++}`, 1);
    assert.equal(health[0]?.state, 'degraded');
    await database.retrySaving();
    assert.equal(health.at(-1)?.state, 'ok');
    await commitFact(database, 'after', 1);
    const expected = facts(database);
    assert.equal(Object.keys(expected).length, count + 2);
    await database.close();
    assert.deepEqual(await factsAfterRestart(folder), expected);
  });

  it('[RL-3] opens in memory where nothing may be written, and saves as soon as that changes', async () => {
    const { system, faults } = faultySystem();
    const refuse = () => {
      throw systemError('EROFS');
    };
    Object.assign(faults, { open: refuse, change: refuse, write: refuse });
    const folder = newFolder();
    const database = await openDatabase(folder, { system });
    assert.equal(database.health().state, 'degraded');
    assert.match(database.health().message ?? '', /read-only/);
    await commitFact(database, 'a', 1);
    heal(faults);
    await database.retrySaving();
    assert.equal(database.health().state, 'ok');
    await database.close();
    assert.deepEqual(await factsAfterRestart(folder), { a: 1 });
  });

  it('[RL-3] reads a database in a read-only folder and goes on in memory', async () => {
    const folder = newFolder();
    const first = await openDatabase(folder);
    await commitFact(first, 'a', 1);
    await first.close();
    const { system, faults } = faultySystem();
    const refuse = () => {
      throw systemError('EROFS');
    };
    Object.assign(faults, { open: refuse, change: refuse, write: refuse });
    const database = await openDatabase(folder, { system });
    assert.deepEqual(facts(database), { a: 1 });
    assert.equal(database.health().state, 'degraded');
    await commitFact(database, 'b', 2);
    await database.close();
    assert.deepEqual(await factsAfterRestart(folder), { a: 1 });
  });

  it('[RL-3] never writes over a database that it could not read', async () => {
    const folder = newFolder();
    const first = await openDatabase(folder);
    await commitFact(first, 'precious', 1);
    await first.close();
    const { system, faults } = faultySystem();
    faults.read = path => {
      if (path.endsWith('.log')) throw systemError('EACCES');
    };
    const database = await openDatabase(folder, { system });
    assert.equal(database.health().state, 'degraded');
    await commitFact(database, 'other', 2);
    heal(faults);
    await database.retrySaving();
    assert.equal(database.health().state, 'degraded');
    assert.match(database.health().message ?? '', /restart/);
    await database.close();
    assert.deepEqual(await factsAfterRestart(folder), { precious: 1 });
  });

  it('[RL-3] a snapshot that cannot be written costs nothing but the notice', async () => {
    const { system, faults } = faultySystem();
    const folder = newFolder();
    const wasm = readFileSync(assets.wasm);
    const database = await openDatabase(folder, {
      system,
      snapshots: request => buildSnapshot(system, wasm, request),
    });
    await commitFact(database, 'a', 1);
    await database.snapshot();
    await commitFact(database, 'b', 2);
    faults.write = path => {
      if (path.includes('snapshot')) throw systemError('ENOSPC');
      return Number.POSITIVE_INFINITY;
    };
    await database.snapshot();
    assert.match(database.health().notices.join(), /snapshot could not be made \(ENOSPC\)/);
    await commitFact(database, 'c', 3);
    assert.equal(database.health().state, 'ok');
    assert.deepEqual(
      readdirSync(folder).filter(name => name.startsWith('snapshot')),
      ['snapshot-0000000001.db'],
    );
    heal(faults);
    await database.snapshot();
    await database.close();
    assert.deepEqual(await factsAfterRestart(folder), { a: 1, b: 2, c: 3 });
  });
});

async function factsAfterRestartWithCut(folder: string): Promise<Record<string, number>> {
  const database = await openDatabase(folder);
  const found = facts(database);
  assert.equal(integrity(database), 'ok');
  await database.close();
  return found;
}
