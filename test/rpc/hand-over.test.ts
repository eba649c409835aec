import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import type { LogEntry } from '@plurnk/protocol';
import type { EditorClient } from './support/editor-client.ts';
import { lockOf, Windows } from './support/windows.ts';
import { makeWorkspace } from './support/world.ts';

const edit = '<<PLAN:Change.:PLAN\n<<EDIT(hello.txt)<1>:good day:EDIT\n<<SEND[102]:on:SEND';
const end = '<<PLAN:End.:PLAN\n<<SEND[200]:done:SEND';

describe('two windows on one storage', function () {
  this.timeout(120_000);
  const windows = new Windows();
  after(() => windows.close());
  const ids = (rows: readonly Pick<LogEntry, 'id'>[]): number[] => rows.map(({ id }) => id);

  it('[RL-4] the second lists the sessions of the first and runs a loop; both see the same rows in the same order', async () => {
    const place = windows.newPlace();
    const workspace = makeWorkspace(place.folder, 'workspace');
    const first = await windows.open(place, { scripts: { writer: [edit, end] } });
    const session = await first.call('session.create', { projectRoot: workspace, name: 'shared' });
    const applied: unknown[] = [];
    first.answer('plurnk/editor.applyEdit', params => {
      applied.push(params.edit);
      return { applied: true };
    });
    const second = await windows.open(place);
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

  it('[RL-4] [RES-62] [RES-64] what is unsaved in the second window is what the engine reads, and is changed there', async () => {
    const place = windows.newPlace();
    const projectRoot = makeWorkspace(place.folder, 'workspace');
    const path = join(projectRoot, 'hello.txt');
    const first = await windows.open(place);
    const session = await first.call('session.create', { projectRoot });
    const edits: Record<'first' | 'second', unknown[]> = { first: [], second: [] };
    const second = await windows.open(place, {}, false);
    for (const [name, window] of Object.entries({ first, second })) {
      window.answer('plurnk/editor.applyEdit', ({ edit: each }) => {
        edits[name as 'first' | 'second'].push(each);
        return { applied: true };
      });
    }
    const read = async (window: EditorClient) => {
      const { entries } = await window.call('op.read', { target: 'hello.txt' });
      return entries?.[0]?.rx;
    };
    await second.call('session.attach', { id: session.id });
    const buffers = (text: string | null) =>
      second.connection.sendNotification('plurnk/buffers.changed', { buffers: [{ path, text }] });
    await buffers('unsaved\n');
    assert.match(String(await read(second)), /hello/, 'an untrusted window changes nothing for the others');
    await second.connection.sendNotification('plurnk/editor.changed', { trusted: true });
    assert.match(String(await read(second)), /unsaved/);
    assert.match(String(await read(first)), /unsaved/);

    const accept = async (content: string) => {
      const edited = second.call('op.edit', { target: 'hello.txt', content, lineRange: [1] });
      const seen = second.payloads('loop/proposal').length;
      const { logEntryId } = await second.until(
        'loop/proposal',
        each => second.payloads('loop/proposal').indexOf(each) >= seen,
      );
      await second.call('loop.resolve', { logEntryId, decision: 'accept' });
      assert.equal((await edited).status, 200);
    };
    await accept('changed');
    assert.deepEqual(edits, { first: [], second: [{ kind: 'write', path, text: 'changed\n', create: false }] });
    // Saved: the first window's editor writes again, to what is on the disk.
    await buffers(null);
    assert.match(String(await read(second)), /hello/);
    await accept('again');
    assert.deepEqual(edits.first, [{ kind: 'write', path, text: 'again\nworld\n', create: false }]);
    // A window that is closed takes its unsaved text with it.
    await buffers('gone\n');
    assert.match(String(await read(second)), /gone/);
    assert.match(String(await read(first)), /gone/);
    await second.close();
    while (/gone/.test(String(await read(first))));
    assert.match(String(await read(first)), /hello/);
  });

  it('[RL-4] [RPC-2] [RPC-3] errors, cancellation and the language pass through the second window', async () => {
    const place = windows.newPlace();
    const first = await windows.open(place);
    const workspace = makeWorkspace(place.folder, 'workspace');
    const second = await windows.open(place);
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
    const place = windows.newPlace();
    await windows.open(place);
    const second = await windows.open(place, {}, false);
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
    const place = windows.newPlace();
    const first = await windows.open(place);
    const projectRoot = makeWorkspace(place.folder, 'workspace');
    const session = await first.call('session.create', { projectRoot, name: 'kept' });
    const second = await windows.open(place);
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
    const successor = await windows.open(place);
    assert.equal(lockOf(place).pid, successor.process.pid);
    await successor.call('session.attach', { id: session.id });
    for (const target of written) {
      const { entry } = await successor.call('entry.read', { target });
      assert.equal(entry?.channels.body?.content, target);
    }
    const third = await windows.open(place);
    assert.equal((await third.call('session.list', {})).sessions[0]?.name, 'kept');
  });

  it('[RL-4] the owner closes: what waits gets an answer, and of two windows that take over one works through the other', async () => {
    const place = windows.newPlace();
    const first = await windows.open(place);
    const session = await first.call('session.create', { projectRoot: makeWorkspace(place.folder, 'workspace') });
    const others = [await windows.open(place), await windows.open(place)] as const;
    await others[0].call('session.attach', { id: session.id });
    const waits = others[0].refused('op.exec', { command: 'true' });
    await others[0].until('loop/proposal');
    const ended = others.map(each => once(each.process, 'exit'));
    await first.close();
    assert.match((await waits).message, /stopping|ended/);
    await Promise.all(ended);
    const heirs = await Promise.all([windows.open(place), windows.open(place)]);
    assert.ok(heirs.some(({ process: { pid } }) => pid === lockOf(place).pid));
    for (const window of heirs) {
      await window.call('session.attach', { id: session.id });
      const notices = window.payloads('telemetry/event').map(each => each.event.kind);
      if (window.process.pid === lockOf(place).pid) assert.deepEqual(notices, []);
      else await window.until('telemetry/event', each => each.event.kind === 'through_another_window');
    }
  });

  it('[RL-4] a stale lock with an endpoint and a token never blocks', async () => {
    const place = windows.newPlace();
    const first = await windows.open(place);
    await (await windows.open(place)).call('ping', {});
    const left = lockOf(place);
    const ended = once(first.process, 'exit');
    first.process.kill('SIGKILL');
    await ended;
    assert.equal(lockOf(place).token, left.token);
    const next = await windows.open(place);
    assert.equal(lockOf(place).pid, next.process.pid);
  });
});
