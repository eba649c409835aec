import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NOTIFICATIONS } from '@plurnk/protocol';
import { type ChatRequest, ChatServer } from './support/chat-server.ts';
import { DaemonProcess, Place } from './support/server-process.ts';
import { makeWorkspace } from './support/world.ts';

const KEY = 'sk-test-0123456789abcdef0123456789abcdef';

/** A model that spawns a helper, starts a command, changes a file, waits for both, and reports. */
function makeModel(): (request: ChatRequest) => string {
  let [mainTurns, helperTurns] = [0, 0];
  return ({ user }) => {
    if (user.includes('Count the files')) {
      helperTurns += 1;
      if (helperTurns === 1) return '<<PLAN:Look.:PLAN\n<<FIND(**):FIND\n<<SEND[102]:looking:SEND';
      return '<<PLAN:Say.:PLAN\n<<SEND[200]:there are two files:SEND';
    }
    mainTurns += 1;
    if (mainTurns === 1) {
      return [
        '<<PLAN:Delegate, run, change.:PLAN',
        '<<COPY(run://helper):Count the files:COPY',
        '<<EXEC[sh]:echo from-the-shell:EXEC',
        '<<EDIT(hello.txt)<1>:changed by the model:EDIT',
        '<<SEND[202]:waiting for the helper and the command:SEND',
      ].join('\n');
    }
    if (!user.includes('there are two files')) return '<<PLAN:Wait.:PLAN\n<<SEND[202]:still waiting:SEND';
    return '<<PLAN:Report.:PLAN\n<<SEND[200]:the helper says two files:SEND';
  };
}

describe('the daemon with a model behind HTTP', () => {
  const place = new Place();
  const server = new ChatServer(makeModel());
  let daemon: DaemonProcess;
  before(async function () {
    this.timeout(60_000);
    const env = {
      PLURNK_MODEL_MOCK: 'openai/mock-1',
      PLURNK_MODEL: 'mock',
      OPENAI_BASE_URL: await server.listen(),
      OPENAI_API_KEY: KEY,
    };
    daemon = await DaemonProcess.start(place, { env });
  });
  after(async () => {
    await daemon.stop();
    await server.close();
    place.remove();
  });

  it('[RPC-5] [ENG-15] [ENG-60] carries proposals, streams, a spawned run and a park through WebSocket alone', async function () {
    this.timeout(60_000);
    const client = await daemon.connect();
    const workspace = makeWorkspace(place.folder, 'workspace');
    const { id } = await client.call('session.create', { projectRoot: workspace });
    client.on('loop/proposal', ({ logEntryId }) => {
      client.call('loop.resolve', { logEntryId, decision: 'accept' }).catch(() => undefined);
    });
    const started = await client.call('loop.run', { prompt: 'Do several things at once' });
    assert.ok('loopId' in started);
    const end = await client.until('loop/terminated', ({ loopId }) => loopId === started.loopId);
    assert.equal(end.finalStatus, 200, end.reason);
    assert.equal(readFileSync(join(workspace, 'hello.txt'), 'utf8'), 'changed by the model\nworld\n');

    const concluded = await client.until('stream/concluded');
    assert.equal(concluded.closeStatus, 200);
    const output = await client.call('entry.read', { target: concluded.target });
    assert.equal(output.entry?.channels.stdout?.content, 'from-the-shell\n');
    assert.ok(client.payloads('stream/event').every(event => !('content' in event)));

    const { runs } = await client.call('session.runs', { id });
    const helper = runs.find(run => run.name === 'helper');
    assert.equal(helper?.parent_run_id, started.modelRunId);
    assert.equal(helper?.status, 200);
    assert.ok(client.payloads('loop/terminated').some(({ runId }) => runId === helper?.id));
    assert.ok(client.payloads('proposal/resolved').length === 2);
    assert.equal(end.usage.promptTokens, 100 * end.turnIds.length);
    assert.equal(end.usage.costPico, null);
    const names = new Set(client.received.map(({ name }) => name));
    for (const name of ['log/entry', 'turn/delta', 'stream/event', 'telemetry/event'] as const)
      assert.ok(names.has(name));
    for (const { name, payload } of client.received) {
      assert.deepEqual(NOTIFICATIONS[name].payload.strict().parse(payload), payload, name);
    }
  });

  it('[UI-3] keeps the key out of the database, the packets, the exports and every message', async () => {
    const client = await daemon.connect();
    assert.equal(server.requests[0]?.authorization, `Bearer ${KEY}`);
    const { sessions } = await client.call('session.list', {});
    const [session] = sessions;
    assert.ok(session);
    const stored = readdirSync(place.storage).map(name => readFileSync(join(place.storage, name), 'latin1'));
    assert.ok(
      stored.some(text => text.includes('Do several things at once')),
      'the prompt is stored',
    );
    assert.ok(!stored.some(text => text.includes(KEY)), 'the key is not');
    await client.call('session.attach', { id: session.id });
    // A person who types the key into a prompt by mistake: it is in the log, but no export carries it away.
    const started = await client.call('loop.run', { prompt: `Count the files with ${KEY}` });
    assert.ok('loopId' in started);
    await client.until('loop/terminated', ({ loopId }) => loopId === started.loopId);
    for (const format of ['jsonl', 'html'] as const) {
      const { content } = await client.call('session.export', { id: session.id, format });
      assert.ok(content.includes('Count the files with'));
      assert.ok(!content.includes(KEY));
    }
    for (const answer of [
      await client.call('providers.list', {}),
      await client.call('doctor', {}),
      await client.call('discover', {}),
      await client.call('models.discover', {}),
    ]) {
      assert.ok(!JSON.stringify(answer).includes(KEY));
    }
  });
});
