import assert from 'node:assert/strict';
import { throughBothDoors } from './support/both-doors.ts';
import type { TestClient } from './support/test-client.ts';
import { makeWorld, WORLD_SCRIPTS, type World } from './support/world.ts';

/** Runs a command in the caller's run, accepted at once; resolves with its address. */
async function start(client: TestClient, command: string): Promise<string> {
  const accept = client.on('loop/proposal', ({ logEntryId }) => {
    client.call('loop.resolve', { logEntryId, decision: 'accept' }).catch(() => undefined);
  });
  const { entries } = await client.call('op.exec', { command });
  accept.dispose();
  return `sh://${entries[0]?.pathname}`;
}

throughBothDoors('reading what others made', WORLD_SCRIPTS, door => {
  let world: World;
  let client: TestClient;
  /** Two runs of one session, each with a command at the same address. */
  const runs: { runId: number; target: string }[] = [];
  before(async function () {
    this.timeout(60_000);
    client = door().client;
    world = await makeWorld(door(), client);
    for (const runName of ['one', 'two']) {
      const { runId } = await client.call('session.attach', { id: world.sessionId, runName });
      await client.call('op.edit', { target: 'run://self/note.md', content: `scratch of ${runName}` });
      const target = await start(client, `echo output of ${runName}`);
      await client.until('stream/concluded', each => each.runId === runId);
      runs.push({ runId, target });
    }
    await client.call('session.attach', { id: world.sessionId, runId: world.clientRunId });
  });

  it('[ENG-3] entry.read with a run reads the stream of that run, where several have one of that address', async () => {
    const [one, two] = runs;
    assert.equal(one?.target, two?.target);
    for (const [at, { runId, target }] of runs.entries()) {
      const { entry } = await client.call('entry.read', { target, runId });
      assert.equal(entry?.channels.stdout?.content, `output of ${at === 0 ? 'one' : 'two'}\n`);
      assert.deepEqual([entry?.scope, entry?.channels.stdout?.state], ['run', 'closed']);
      const part = await client.call('entry.read', { target, runId, from: 7, limit: 2 });
      assert.deepEqual([part.entry?.channels.stdout?.content, part.entry?.channels.stdout?.length], ['of', 14]);
    }
    assert.deepEqual(await client.call('entry.read', { target: 'sh:///9/9/9', runId: one?.runId ?? 0 }), {
      status: 404,
      entry: null,
    });
    const newest = await client.call('entry.read', { target: one?.target ?? '' });
    assert.equal(newest.entry?.channels.stdout?.content, 'output of two\n');
  });

  it('[ENG-3] entry.list with a run lists the scratch of that run', async () => {
    for (const { runId } of runs) {
      const { entries } = await client.call('entry.list', { scheme: 'run', runId });
      assert.deepEqual(
        entries.map(entry => entry.pathname),
        ['/note.md'],
      );
    }
    const named = await client.call('entry.read', { target: 'run://two/note.md' });
    assert.equal(Object.values(named.entry?.channels ?? {})[0]?.content, 'scratch of two');
  });

  it('[RPC-2] neither reads a run of another session', async () => {
    const { sessionId, clientRunId } = world;
    const [one] = runs;
    await client.call('session.create', {});
    for (const [method, params] of [
      ['entry.read', { target: one?.target, runId: one?.runId }],
      ['entry.list', { scheme: 'run', runId: one?.runId }],
      ['stream.kill', { target: one?.target, runId: one?.runId }],
    ] as const) {
      const { code, data } = await client.refused(method, params);
      assert.deepEqual([code, data.field], [-32002, 'runId'], method);
    }
    await client.call('session.attach', { id: sessionId, runId: clientRunId });
  });

  it('[RES-19] stream.kill tells killed, killed already, ended before and unknown apart', async () => {
    const { clientRunId } = world;
    const target = await start(client, 'sleep 60');
    const kill = (address: string) => client.call('stream.kill', { target: address, runId: clientRunId });
    assert.equal((await kill(target)).status, 200);
    const { closeStatus } = await client.until('stream/concluded', each => each.target === target);
    assert.equal(closeStatus, 499);
    assert.equal((await kill(target)).status, 410);
    const short = await start(client, 'true');
    await client.until('stream/concluded', each => each.runId === clientRunId && each.target === short);
    assert.equal((await kill(short)).status, 304);
    const unknown = await kill('sh:///77/1/1');
    assert.equal(unknown.status, 404);
    assert.match(unknown.message ?? '', /77\/1\/1/);
  });

  it('[ENG-3] log.read pages by id both ways, and by coordinates, loop and turn', async () => {
    const { modelRunId: runId, loopId, turnIds } = world;
    const ids = async (params: object): Promise<number[]> =>
      (await client.call('log.read', { runId, ...params })).entries.map(entry => entry.id);
    const all = await ids({ limit: 1000 });
    assert.deepEqual(await ids({ limit: 2 }), all.slice(0, 2));
    assert.deepEqual(await ids({ last: true, limit: 2 }), all.slice(-2));
    assert.deepEqual(await ids({ sinceId: all[2], limit: 2 }), all.slice(3, 5));
    assert.deepEqual(await ids({ beforeId: all[4], limit: 2 }), all.slice(2, 4));
    assert.deepEqual(await ids({ loopId, limit: 1000 }), all);
    const [first = 0, second = 0] = turnIds;
    assert.deepEqual([...(await ids({ turnId: first })), ...(await ids({ turnId: second }))], all);
    assert.deepEqual(await ids({ loopSeq: 1, turnSeq: 1, sequence: 1 }), all.slice(0, 1));
  });
});
