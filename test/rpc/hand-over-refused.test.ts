import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { nodeFileSystem } from '../../server/src/store/file-system.ts';
import { OwnerLock } from '../../server/src/store/owner-lock.ts';
import { DaemonProcess, type Place } from './support/server-process.ts';
import { SocketClient } from './support/socket-client.ts';
import { lockOf, storageOf, Windows } from './support/windows.ts';

describe('a storage that another process owns', function () {
  this.timeout(120_000);
  const windows = new Windows();
  after(() => windows.close());

  /** The test's own process takes the lock, since a minute ago. */
  function holdLock(place: Place): OwnerLock {
    mkdirSync(storageOf(place), { recursive: true });
    const acquired = OwnerLock.acquire({
      system: nodeFileSystem,
      folder: storageOf(place),
      token: randomUUID,
      now: () => Date.now() - 20_000,
    });
    assert.equal(acquired.kind, 'owned');
    return acquired.kind === 'owned' ? acquired.lock : assert.fail();
  }

  it('[RL-16] the door of the first is open to the lock file’s token alone, and nothing tells that token', async () => {
    const place = windows.newPlace();
    const first = await windows.open(place);
    await (await windows.open(place)).call('ping', {});
    const { endpoint, access, pid } = lockOf(place);
    assert.equal(pid, first.process.pid);
    assert.ok(endpoint !== null && typeof access === 'string' && access.length >= 32);
    assert.match(endpoint, /^ws:\/\/127\.0\.0\.1:\d+$/);
    if (process.platform !== 'win32') assert.equal(statSync(OwnerLock.path(storageOf(place))).mode & 0o777, 0o600);
    const bearer = { authorization: `Bearer ${access}` };
    const client = await SocketClient.open(endpoint, bearer);
    assert.deepEqual(await client.call('ping', {}), {});
    await client.close();
    await assert.rejects(SocketClient.open(endpoint), /401/);
    await assert.rejects(SocketClient.open(endpoint, { authorization: `Bearer ${access}x` }), /401/);
    await assert.rejects(SocketClient.open(endpoint, { ...bearer, origin: 'http://localhost' }), /403/);
    assert.ok(!windows.logged.some(line => line.includes(access)));
  });

  it('[RL-4] [RL-16] a token that the owner refuses: the sentence says who has the storage, without the token', async () => {
    const [place, elsewhere] = [windows.newPlace(), windows.newPlace()];
    const daemon = await DaemonProcess.start(elsewhere, { env: { PLURNK_TOKEN: 'right-token' } });
    const lock = holdLock(place);
    lock.setEndpoint(daemon.url, 'wrong-token');
    await assert.rejects(windows.open(place), (error: Error) => {
      assert.match(error.message, new RegExp(`is in use by process ${process.pid}.*${daemon.url}`));
      assert.ok(!error.message.includes('wrong-token'));
      return true;
    });
    // The same lock with the right one: attached, so the storage of the daemon answers.
    lock.setEndpoint(daemon.url, 'right-token');
    const made = await (await windows.open(place)).call('session.create', { name: 'there' });
    const socket = await daemon.connect({ authorization: 'Bearer right-token' });
    const { sessions } = await socket.call('session.list', {});
    assert.deepEqual(
      sessions.map(({ id }) => id),
      [made.id],
    );
    lock.release();
    await daemon.stop();
  });

  it('[RL-4] an owner without an endpoint, or on another host: the sentence says who has it', async () => {
    const place = windows.newPlace();
    const lock = holdLock(place);
    await assert.rejects(windows.open(place), new RegExp(`is in use by process ${process.pid} on ${hostname()}\\.`));
    lock.release();
    const away = { ...lock.owner, host: 'elsewhere', endpoint: 'ws://127.0.0.1:9', since: 0, renewed: Date.now() };
    writeFileSync(OwnerLock.path(storageOf(place)), JSON.stringify(away));
    await assert.rejects(windows.open(place), /on elsewhere, listening at/);
  });
});
