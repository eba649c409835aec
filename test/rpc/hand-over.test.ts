import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { LogEntry } from '@plurnk/protocol';
import { nodeFileSystem } from '../../server/src/store/file-system.ts';
import { type Owner, OwnerLock } from '../../server/src/store/owner-lock.ts';
import type { EditorClient } from './support/editor-client.ts';
import { DaemonProcess, Place, type ServerSetup, startLanguageServer } from './support/server-process.ts';
import { SocketClient } from './support/socket-client.ts';
import { makeWorkspace } from './support/world.ts';

const edit = '<<PLAN:Change.:PLAN\n<<EDIT(hello.txt)<1>:good day:EDIT\n<<SEND[102]:on:SEND';
const end = '<<PLAN:End.:PLAN\n<<SEND[200]:done:SEND';

describe('two windows on one storage', function () {
  this.timeout(120_000);
  const places: Place[] = [];
  const clients: EditorClient[] = [];
  const logged: string[] = [];

  after(async () => {
    for (const client of clients.reverse()) await client.close().catch(() => client.process.kill('SIGKILL'));
    for (const place of places) place.remove();
  });

  function newPlace(): Place {
    const place = new Place();
    places.push(place);
    return place;
  }

  async function openWindow(place: Place, setup: ServerSetup = {}, trusted = true): Promise<EditorClient> {
    const client = await startLanguageServer(place, setup, { trusted });
    clients.push(client);
    client.connection.onNotification('window/logMessage', ({ message }: { message: string }) => {
      logged.push(message);
    });
    return client;
  }

  const storageOf = (place: Place): string => join(place.folder, 'editor-storage');
  const lockOf = (place: Place): Owner => JSON.parse(readFileSync(OwnerLock.path(storageOf(place)), 'utf8')) as Owner;
  const ids = (rows: readonly Pick<LogEntry, 'id'>[]): number[] => rows.map(({ id }) => id);

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

  it('[RL-4] the second lists the sessions of the first and runs a loop; both see the same rows in the same order', async () => {
    const place = newPlace();
    const workspace = makeWorkspace(place.folder, 'workspace');
    const first = await openWindow(place, { scripts: { writer: [edit, end] } });
    const session = await first.call('session.create', { projectRoot: workspace, name: 'shared' });
    const applied: unknown[] = [];
    first.answer('plurnk/editor.applyEdit', params => {
      applied.push(params.edit);
      return { applied: true };
    });
    const second = await openWindow(place);
    assert.equal(lockOf(place).pid, first.process.pid);
    const { sessions } = await second.call('session.list', {});
    assert.deepEqual(
      sessions.map(({ id, name }) => ({ id, name })),
      [{ id: session.id, name: 'shared' }],
    );
    await second.call('session.attach', { id: session.id });
    const { event } = await second.until('telemetry/event', each => each.event.kind === 'through_another_window');
    assert.match(event.message ?? '', /Another window has this storage open/);

    const started = await second.call('loop.run', { prompt: 'Change it' });
    assert.ok('loopId' in started);
    const { logEntryId } = await second.until('loop/proposal');
    assert.equal((await second.call('loop.resolve', { logEntryId, decision: 'accept' })).status, 200);
    const terminated = [first, second].map(window =>
      window.until('loop/terminated', ({ loopId }) => loopId === started.loopId),
    );
    for (const { finalStatus } of await Promise.all(terminated)) assert.equal(finalStatus, 200);
    // The first window's editor applied what the second one accepted.
    const path = join(workspace, 'hello.txt');
    assert.deepEqual(applied, [{ kind: 'write', path, text: 'good day\nworld\n', create: false }]);
    const seen = [first, second].map(window =>
      ids(window.payloads('log/entry').flatMap(({ entry }) => (entry.run_id === started.modelRunId ? [entry] : []))),
    );
    assert.ok((seen[0]?.length ?? 0) >= 4);
    assert.deepEqual(seen[1], seen[0]);
    const read = await Promise.all(
      [first, second].map(window => window.call('log.read', { runId: started.modelRunId, limit: 1000 })),
    );
    assert.deepEqual(read[1], read[0]);

    await second.call('session.attach', { id: session.id });
    await second.call('ping', {});
    const notices = second.payloads('telemetry/event').filter(each => each.event.kind === 'through_another_window');
    assert.equal(notices.length, 1);
    assert.ok(!first.payloads('telemetry/event').some(each => each.event.kind === 'through_another_window'));
  });

  it('[RL-4] [RPC-2] [RPC-3] errors, cancellation and the language pass through the second window', async () => {
    const place = newPlace();
    const first = await openWindow(place);
    const workspace = makeWorkspace(place.folder, 'workspace');
    const second = await openWindow(place);
    await second.call('session.create', { projectRoot: workspace });
    assert.equal((await second.refused('no.such', {})).code, -32601);
    const wrong = await second.refused('session.attach', { id: 'one' });
    assert.deepEqual([wrong.code, wrong.data.field], [-32602, 'id']);
    const exec = second.send('op.exec', { command: 'true' });
    const refused = assert.rejects(exec.answer, { code: -32800 });
    await second.until('loop/proposal');
    exec.cancel();
    await refused;
    assert.deepEqual((await first.call('session.list', {})).sessions.length, 1);

    const uri = 'file:///draft.plurnk';
    const textDocument = { uri, languageId: 'plurnk', version: 1, text: '<<READ(' };
    await second.connection.sendNotification('textDocument/didOpen', { textDocument });
    const position = { line: 0, character: '<<READ('.length };
    const found: unknown = await second.connection.sendRequest('textDocument/completion', {
      textDocument: { uri },
      position,
    });
    assert.match(JSON.stringify(found), /hello\.txt/);
  });

  it('[RL-17] an untrusted second window only reads', async () => {
    const place = newPlace();
    await openWindow(place);
    const second = await openWindow(place, {}, false);
    await second.call('session.create', { projectRoot: makeWorkspace(place.folder, 'workspace') });
    assert.equal((await second.call('op.read', { target: 'hello.txt' })).status, 200);
    for (const [method, params] of [
      ['op.edit', { target: 'new.txt', content: 'x' }],
      ['op.exec', { command: 'true' }],
      ['op.parse', { text: '<<READ(hello.txt):READ' }],
      ['loop.run', { prompt: 'go' }],
      ['loop.resolve', { logEntryId: 1, decision: 'accept' }],
    ] as const)
      assert.match((await second.refused(method, params)).message, /not trusted/);
    await second.connection.sendNotification('plurnk/editor.changed', { trusted: true });
    assert.equal((await second.call('op.edit', { target: 'known:///new.md', content: 'x' })).status, 201);
  });

  it('[RL-1] [RL-4] [RL-5] kill −9 of the first: the second ends with every answer given, its successor owns every acknowledged row', async () => {
    const place = newPlace();
    const first = await openWindow(place);
    const projectRoot = makeWorkspace(place.folder, 'workspace');
    const session = await first.call('session.create', { projectRoot, name: 'kept' });
    const second = await openWindow(place);
    await second.call('session.attach', { id: session.id });
    const note = async (writer: EditorClient, name: string): Promise<string> => {
      const { status } = await writer.call('op.edit', { target: name, content: name });
      assert.equal(status, 201);
      return name;
    };
    const written: string[] = [];
    for (let at = 0; at < 20; at++) written.push(await note(at % 2 === 0 ? second : first, `known:///note-${at}.md`));
    const waits = second.refused('op.exec', { command: 'true' });
    await second.until('loop/proposal');
    const gone = once(second.process, 'exit');
    const racing = Array.from({ length: 20 }, (_, at) => note(second, `known:///racing-${at}.md`));
    first.process.kill('SIGKILL');
    for (const each of await Promise.allSettled(racing)) {
      if (each.status === 'fulfilled') written.push(each.value);
      else assert.match(String(each.reason), /has ended/);
    }
    assert.match((await waits).message, /has ended/);
    assert.deepEqual(await gone, [0, null]);
    const successor = await openWindow(place);
    assert.equal(lockOf(place).pid, successor.process.pid);
    await successor.call('session.attach', { id: session.id });
    for (const target of written) {
      const { entry } = await successor.call('entry.read', { target });
      assert.equal(entry?.channels.body?.content, target);
    }
    const third = await openWindow(place);
    assert.equal((await third.call('session.list', {})).sessions[0]?.name, 'kept');
  });

  it('[RL-4] the owner closes: what waits gets an answer, and of two windows that take over one works through the other', async () => {
    const place = newPlace();
    const first = await openWindow(place);
    const session = await first.call('session.create', { projectRoot: makeWorkspace(place.folder, 'workspace') });
    const others = [await openWindow(place), await openWindow(place)] as const;
    await others[0].call('session.attach', { id: session.id });
    const waits = others[0].refused('op.exec', { command: 'true' });
    await others[0].until('loop/proposal');
    const ended = others.map(each => once(each.process, 'exit'));
    await first.close();
    assert.match((await waits).message, /stopping|ended/);
    await Promise.all(ended);
    const windows = await Promise.all([openWindow(place), openWindow(place)]);
    assert.ok(windows.some(({ process: { pid } }) => pid === lockOf(place).pid));
    for (const window of windows) {
      await window.call('session.attach', { id: session.id });
      const notices = window.payloads('telemetry/event').map(each => each.event.kind);
      if (window.process.pid === lockOf(place).pid) assert.deepEqual(notices, []);
      else await window.until('telemetry/event', each => each.event.kind === 'through_another_window');
    }
  });

  it('[RL-16] the door of the first is open to the lock file’s token alone, and nothing tells that token', async () => {
    const place = newPlace();
    const first = await openWindow(place);
    await (await openWindow(place)).call('ping', {});
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
    assert.ok(!logged.some(line => line.includes(access)));
  });

  it('[RL-4] [RL-16] a token that the owner refuses: the sentence says who has the storage, without the token', async () => {
    const [place, elsewhere] = [newPlace(), newPlace()];
    const daemon = await DaemonProcess.start(elsewhere, { env: { PLURNK_TOKEN: 'right-token' } });
    const lock = holdLock(place);
    lock.setEndpoint(daemon.url, 'wrong-token');
    await assert.rejects(openWindow(place), (error: Error) => {
      assert.match(error.message, new RegExp(`is in use by process ${process.pid}.*${daemon.url}`));
      assert.ok(!error.message.includes('wrong-token'));
      return true;
    });
    // The same lock with the right one: attached, so the storage of the daemon answers.
    lock.setEndpoint(daemon.url, 'right-token');
    const made = await (await openWindow(place)).call('session.create', { name: 'there' });
    const socket = await daemon.connect({ authorization: 'Bearer right-token' });
    assert.deepEqual(ids((await socket.call('session.list', {})).sessions), [made.id]);
    lock.release();
    await daemon.stop();
  });

  it('[RL-4] an owner without an endpoint, or on another host: the sentence says who has it', async () => {
    const place = newPlace();
    const lock = holdLock(place);
    await assert.rejects(openWindow(place), new RegExp(`is in use by process ${process.pid} on ${hostname()}\\.`));
    lock.release();
    const away = { ...lock.owner, host: 'elsewhere', endpoint: 'ws://127.0.0.1:9', since: 0, renewed: Date.now() };
    writeFileSync(OwnerLock.path(storageOf(place)), JSON.stringify(away));
    await assert.rejects(openWindow(place), /on elsewhere, listening at/);
  });

  it('[RL-4] a stale lock with an endpoint and a token never blocks', async () => {
    const place = newPlace();
    const first = await openWindow(place);
    await (await openWindow(place)).call('ping', {});
    const left = lockOf(place);
    const ended = once(first.process, 'exit');
    first.process.kill('SIGKILL');
    await ended;
    assert.equal(lockOf(place).token, left.token);
    const next = await openWindow(place);
    assert.equal(lockOf(place).pid, next.process.pid);
  });
});
