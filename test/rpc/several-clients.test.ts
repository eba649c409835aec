import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { DaemonProcess, Place } from './support/server-process.ts';
import { makeWorkspace, makeWorld, WORLD_SCRIPTS } from './support/world.ts';

const SCRIPTS = {
  ...WORLD_SCRIPTS,
  editor: [
    '<<PLAN:Change it.:PLAN\n<<EDIT(hello.txt)<1>:one:EDIT\n<<SEND[102]:going on:SEND',
    '<<PLAN:Change more.:PLAN\n<<EDIT(src/a.ts)<1>:two:EDIT\n<<SEND[102]:going on:SEND',
    '<<PLAN:Finish.:PLAN\n<<SEND[200]:done:SEND',
  ],
};

describe('several clients', () => {
  const place = new Place();
  let daemon: DaemonProcess;
  before(async function () {
    this.timeout(60_000);
    daemon = await DaemonProcess.start(place, { scripts: SCRIPTS });
  });
  after(async () => {
    await daemon.stop();
    place.remove();
  });

  it('[RPC-5] on one session see the same rows in the same order, and nothing of other sessions', async function () {
    this.timeout(60_000);
    const [first, second, stranger] = [await daemon.connect(), await daemon.connect(), await daemon.connect()];
    const session = await first.call('session.create', { projectRoot: makeWorkspace(place.folder, 'shared') });
    await second.call('session.attach', { id: session.id });
    await stranger.call('session.create', {});
    const started = await first.call('loop.run', { prompt: 'Change two files', alias: 'editor' });
    assert.ok('loopId' in started);
    const proposal = await second.until('loop/proposal');
    await second.call('loop.resolve', { logEntryId: proposal.logEntryId, decision: 'accept' });
    const { logEntryId } = await first.until('loop/proposal', each => each.logEntryId !== proposal.logEntryId);
    await first.call('loop.resolve', { logEntryId, decision: 'reject', outcome: 'not_now' });
    await Promise.all([first, second].map(each => each.until('loop/terminated', end => end.loopId === started.loopId)));
    const told = [first, second].map(client =>
      client.received.filter(({ payload }) => 'runId' in payload && payload.runId === started.modelRunId),
    );
    assert.ok((told[0]?.length ?? 0) > 10);
    assert.deepEqual(told[0], told[1]);
    assert.deepEqual(
      first.payloads('proposal/resolved').map(each => each.decision),
      ['accept', 'reject'],
    );
    assert.deepEqual([...new Set(stranger.received.map(({ name }) => name))], ['session/created']);
  });

  it('[RPC-4] a client that leaves in the middle of a loop loses nothing, and goes on when it attaches again', async function () {
    this.timeout(60_000);
    const leaving = await daemon.connect();
    const session = await leaving.call('session.create', { projectRoot: makeWorkspace(place.folder, 'left') });
    await leaving.call('op.edit', { target: 'known:///mine.md', content: 'before leaving' });
    const started = await leaving.call('loop.run', { prompt: 'Note it' });
    assert.ok('loopId' in started);
    leaving.socket.terminate();

    const back = await daemon.connect();
    await back.call('session.attach', { id: session.id, runId: session.runId });
    const { loops } = await back.call('run.turns', { runId: started.modelRunId });
    if (loops[0]?.status === 102 || loops[0]?.status === 100) await back.until('loop/terminated');
    const { entries } = await back.call('log.read', { runId: started.modelRunId, limit: 1000 });
    assert.ok(entries.some(row => row.op === 'SEND' && row.signal === 200));
    const mine = await back.call('log.read', { limit: 1000 });
    assert.ok(mine.entries.some(row => row.op === 'EDIT' && row.pathname === '/mine.md'));
    const own = await back.call('run.turns', { runId: session.runId });
    assert.equal(own.loops[0]?.status, 200, 'the client loop closed when the client left');
    const { entries: after } = await back.call('op.read', { target: 'known:///mine.md' });
    assert.match(String(after[0]?.rx), /before leaving/);
    assert.equal(after[0]?.run_id, session.runId);
  });

  it('[RPC-4] [RPC-3] what a client that leaves was waiting for is cancelled, told to the others, and kept', async () => {
    const [leaver, other] = [await daemon.connect(), await daemon.connect()];
    const projectRoot = makeWorkspace(place.folder, 'left');
    const { id, runId } = await leaver.call('session.create', { projectRoot });
    await other.call('session.attach', { id });
    const answer = leaver.send('op.edit', { target: 'hello.txt', content: 'never' }).answer.catch(() => null);
    const { logEntryId } = await other.until('loop/proposal');
    await leaver.close();
    await answer;
    const settled = await other.until('proposal/resolved', each => each.logEntryId === logEntryId);
    assert.deepEqual([settled.decision, settled.by], ['cancel', 'client']);
    assert.deepEqual((await other.call('proposal.list', {})).proposals, []);
    const { entries } = await other.call('log.read', { runId });
    assert.deepEqual([entries.at(-1)?.id, entries.at(-1)?.status_rx], [logEntryId, 499]);
    const { loops } = await other.call('run.turns', { runId });
    assert.deepEqual(
      loops.map(({ status }) => status),
      [200],
    );
  });

  it('[RPC-4] attaching again binds in place: what comes then is of the new session only', async () => {
    const client = await daemon.connect();
    const one = await client.call('session.create', {});
    const two = await client.call('session.create', {});
    await client.call('session.attach', { id: one.id });
    await client.call('session.attach', { id: two.id });
    const from = client.received.length;
    await client.call('op.edit', { target: 'known:///x.md', content: 'x' });
    const rows = client.received.slice(from).filter(({ name }) => name === 'log/entry');
    assert.ok(rows.length > 0);
    assert.ok(rows.every(({ payload }) => 'sessionId' in payload && payload.sessionId === two.id));
  });

  it('[RPC-1] an unconfigured daemon answers a prompt with 501, not with an error', async function () {
    this.timeout(60_000);
    const bare = new Place();
    const other = await DaemonProcess.start(bare);
    try {
      const client = await other.connect();
      const answer = await client.call('loop.run', { prompt: 'Is anybody there' });
      assert.ok('status' in answer && answer.status === 501 && /PLURNK_MODEL.*"demo"/.test(answer.error));
      assert.deepEqual((await client.call('providers.list', {})).aliases, []);
    } finally {
      await other.stop();
      bare.remove();
    }
  });
});

describe('the daemon over time', () => {
  it('[RL-1] [ENG-18] after kill -9 has everything that it told anybody, and says what was interrupted', async function () {
    this.timeout(90_000);
    const place = new Place();
    const daemon = await DaemonProcess.start(place, { scripts: SCRIPTS });
    const client = await daemon.connect();
    const world = await makeWorld({ place }, client);
    const started = await client.call('loop.run', { prompt: 'Change two files', alias: 'editor' });
    assert.ok('loopId' in started);
    await client.until('loop/proposal');
    const told = client.payloads('log/entry').map(({ entry }) => entry);
    await daemon.kill();

    const again = await DaemonProcess.start(place, { scripts: SCRIPTS });
    try {
      const back = await again.connect();
      await back.call('session.attach', { id: world.sessionId, runId: world.clientRunId });
      for (const runId of [world.modelRunId, world.clientRunId]) {
        const { entries } = await back.call('log.read', { runId, limit: 1000 });
        const ids = new Set(entries.map(entry => entry.id));
        for (const row of told.filter(each => each.run_id === runId))
          assert.ok(ids.has(row.id), `row ${row.id} is lost`);
      }
      const { loops } = await back.call('run.turns', { runId: world.modelRunId });
      const interrupted = loops.find(loop => loop.id === started.loopId);
      assert.equal(interrupted?.status, 499);
      assert.deepEqual((await back.call('proposal.list', {})).proposals, []);
    } finally {
      await again.stop();
      place.remove();
    }
  });

  it('[RL-4] a second daemon on the same storage says who has it', async function () {
    this.timeout(90_000);
    const place = new Place();
    const daemon = await DaemonProcess.start(place);
    try {
      await assert.rejects(DaemonProcess.start(place), error => {
        const message = String(error);
        return message.includes(`process ${daemon.child.pid}`) && message.includes(daemon.url);
      });
    } finally {
      await daemon.stop();
      place.remove();
    }
  });

  it('[RPC-6] --help lists every environment variable of the settings table', async function () {
    this.timeout(60_000);
    const { SETTINGS } = await import('@plurnk/protocol');
    const daemon = join(import.meta.dirname, '../../server/src/daemon.ts');
    const child = spawn(process.execPath, ['--conditions=plurnk-source', '--no-warnings', daemon, '--help']);
    let text = '';
    child.stdout.on('data', (data: Buffer) => {
      text += String(data);
    });
    const code = await new Promise(resolve => child.once('close', resolve));
    assert.equal(code, 0);
    for (const { env } of Object.values(SETTINGS)) if (env !== null) assert.ok(text.includes(env), env);
  });
});
