import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { nodeFileSystem } from '../../../server/src/store/file-system.ts';
import { StorageHeldError } from '../../../server/src/store/open-storage.ts';
import { type Owner, OwnerLock, type OwnerLockOptions } from '../../../server/src/store/owner-lock.ts';
import { AT, commitFact, ManualTimers, newFolder, openDatabase, removeFolders, systemError } from './support.ts';

let tokens = 0;

function lockOptions(folder: string, more: Partial<OwnerLockOptions> = {}): OwnerLockOptions {
  return {
    system: nodeFileSystem,
    folder,
    token: () => `token-${++tokens}`,
    now: () => AT,
    after: new ManualTimers().after,
    ...more,
  };
}

function owned(options: OwnerLockOptions): OwnerLock {
  const acquired = OwnerLock.acquire(options);
  assert.equal(acquired.kind, 'owned');
  return acquired.kind === 'owned' ? acquired.lock : assert.fail();
}

function leave(folder: string, owner: Partial<Owner>): void {
  const whole = {
    pid: process.pid,
    processStart: null,
    host: hostname(),
    token: 'left',
    endpoint: null,
    since: AT,
    renewed: AT,
    ...owner,
  };
  writeFileSync(OwnerLock.path(folder), JSON.stringify(whole));
}

/** Id of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid ?? assert.fail();
}

describe('owner lock', () => {
  after(removeFolders);

  it('[RL-4] one owner; a second one learns who and where', () => {
    const folder = newFolder();
    const lock = owned(lockOptions(folder));
    lock.setEndpoint('/run/plurnk.sock');
    const second = OwnerLock.acquire(lockOptions(folder));
    assert.equal(second.kind, 'held');
    assert.equal(second.kind === 'held' && second.owner.endpoint, '/run/plurnk.sock');
    assert.equal(second.kind === 'held' && second.owner.pid, process.pid);
    lock.release();
    assert.deepEqual(readdirSync(folder), []);
    owned(lockOptions(folder)).release();
  });

  it('[RL-4] the lock of a dead process never blocks', async () => {
    const folder = newFolder();
    leave(folder, { pid: await deadPid() });
    const acquired = OwnerLock.acquire(lockOptions(folder));
    assert.equal(acquired.kind, 'owned');
    assert.equal(acquired.kind === 'owned' && acquired.stale?.token, 'left');
    assert.deepEqual(readdirSync(folder), ['owner.json']);
  });

  it('[RL-4] a reused process id is not taken for the owner', () => {
    const folder = newFolder();
    leave(folder, { pid: process.pid, processStart: 'another-boot/1' });
    owned(lockOptions(folder, { processStart: () => 'this-boot/2' })).release();
  });

  it('[RL-4] where the system does not tell when a process started, a silent owner is dead and a renewing one lives', () => {
    const unknown = () => 'unknown' as const;
    const folder = newFolder();
    leave(folder, { renewed: AT - 31_000 });
    owned(lockOptions(folder, { processStart: unknown })).release();
    leave(folder, { renewed: AT - 5_000 });
    assert.equal(OwnerLock.acquire(lockOptions(folder, { processStart: unknown })).kind, 'held');
  });

  it('[RL-4] an owner on another host counts as long as it renews', () => {
    const folder = newFolder();
    leave(folder, { host: 'elsewhere', pid: 1 });
    assert.equal(OwnerLock.acquire(lockOptions(folder)).kind, 'held');
    leave(folder, { host: 'elsewhere', pid: 1, renewed: AT - 31_000 });
    owned(lockOptions(folder)).release();
  });

  it('[RL-4] a living owner renews its lock', () => {
    const folder = newFolder();
    const timers = new ManualTimers();
    let now = AT;
    const lock = owned(lockOptions(folder, { after: timers.after, now: () => now }));
    now = AT + 20_000;
    timers.fire();
    const stored = JSON.parse(readFileSync(OwnerLock.path(folder), 'utf8')) as Owner;
    assert.equal(stored.renewed, AT + 20_000);
    assert.equal(stored.token, lock.owner.token);
    lock.release();
  });

  it('[RL-4] an owner that lost its lock while suspended stops writing and says so', async () => {
    const folder = newFolder();
    const timers = new ManualTimers();
    const database = await openDatabase(folder, { after: timers.after });
    await commitFact(database, 'mine', 1);
    leave(folder, { token: 'thief', pid: process.ppid, processStart: null });
    timers.fire(5000);
    assert.equal(database.health().state, 'degraded');
    assert.match(database.health().message ?? '', /another process owns/);
    await commitFact(database, 'late', 2);
    await database.close();
    rmSync(OwnerLock.path(folder));
    const again = await openDatabase(folder);
    assert.deepEqual(
      again.all('SELECT key FROM fact').map(row => row.key),
      ['mine'],
    );
    await again.close();
  });

  it('[RL-4] half a lock file, and a system without hard links, are no obstacle', () => {
    const folder = newFolder();
    writeFileSync(OwnerLock.path(folder), '{"pid":');
    owned(lockOptions(folder)).release();
    const system = {
      ...nodeFileSystem,
      link: () => {
        throw systemError('EPERM');
      },
    };
    const lock = owned(lockOptions(folder, { system }));
    assert.equal(OwnerLock.acquire(lockOptions(folder, { system })).kind, 'held');
    lock.release();
  });

  it('[RL-4] of many processes that find one stale lock exactly one gets it', async function () {
    this.timeout(60_000);
    const folder = newFolder();
    leave(folder, { pid: await deadPid() });
    const script = `
      import { OwnerLock } from ${JSON.stringify(new URL('../../../server/src/store/owner-lock.ts', import.meta.url).href)};
      import { nodeFileSystem } from ${JSON.stringify(new URL('../../../server/src/store/file-system.ts', import.meta.url).href)};
      import { randomUUID } from 'node:crypto';
      process.stdin.once('data', () => {
        const got = OwnerLock.acquire({ system: nodeFileSystem, folder: ${JSON.stringify(folder)}, token: randomUUID, now: Date.now });
        process.stdout.write(got.kind + '\\n');
      });
      process.stdin.on('end', () => process.exit(0));
      process.stdout.write('ready\\n');
    `;
    const children = Array.from({ length: 6 }, () =>
      spawn(process.execPath, ['--conditions=plurnk-source', '--no-warnings', '--input-type=module', '-e', script], {
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
    );
    const line = async (child: (typeof children)[number]) => String((await once(child.stdout, 'data'))[0]).trim();
    await Promise.all(children.map(line));
    const verdicts = Promise.all(children.map(line));
    for (const child of children) child.stdin.write('go\n');
    assert.deepEqual((await verdicts).sort(), ['held', 'held', 'held', 'held', 'held', 'owned']);
    const ended = Promise.all(children.map(child => once(child, 'exit')));
    for (const child of children) child.stdin.end();
    await ended;
  });

  it('[RL-4] a database says who holds its folder, and is free again after closing', async () => {
    const folder = newFolder();
    const database = await openDatabase(folder);
    database.lock?.setEndpoint('ws://127.0.0.1:3044');
    await assert.rejects(openDatabase(folder), (error: unknown) => {
      assert.ok(error instanceof StorageHeldError);
      assert.equal(error.owner.endpoint, 'ws://127.0.0.1:3044');
      assert.match(error.message, new RegExp(`process ${process.pid} `));
      return true;
    });
    await commitFact(database, 'a', 1);
    await database.close();
    await (await openDatabase(folder)).close();
  });

  it('[RL-4] an owner whose folder was taken over while it was away does not write into it', async () => {
    const folder = newFolder();
    const database = await openDatabase(folder);
    rmSync(folder, { recursive: true });
    await commitFact(database, 'mine', 1);
    const other = await openDatabase(join(folder));
    await commitFact(other, 'theirs', 2);
    await database.retrySaving();
    assert.match(database.health().message ?? '', /owns the storage folder now|has written there meanwhile/);
    await database.close();
    await other.close();
    const again = await openDatabase(folder);
    assert.deepEqual(
      again.all('SELECT key FROM fact').map(row => row.key),
      ['theirs'],
    );
    await again.close();
  });
});
