import assert from 'node:assert/strict';
import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { LogEntryId } from '../../server/src/store/contract.ts';
import { done, must, openWorld, turn, type World } from './support/world.ts';

/** A crash as the next process sees it: the storage folder as it was, copied while the first server is still at work. */
async function crashed(world: World): Promise<World> {
  await world.store.durable();
  const folder = await mkdtemp(join(tmpdir(), 'plurnk-crash-'));
  await cp(world.folder, folder, { recursive: true, filter: path => !/owner|lock/.test(basename(path)) });
  return { ...world, folder, root: world.root === null ? null : join(folder, 'workspace') };
}

describe('recovery', () => {
  const worlds: World[] = [];
  const keep = (world: World): World => {
    worlds.push(world);
    return world;
  };
  afterEach(async () => {
    for (const world of worlds.splice(0).reverse()) await world.close();
  });

  it('[ENG-18] loops at work are closed 499 interrupted, and the log says so', async () => {
    const first = keep(await openWorld({ replies: [turn('<<FIND(known:///**)::FIND'), { hang: true, text: 'x' }] }));
    const { loopId, runId } = await first.start('go');
    await first.events.wait('turn/started', event => event.turnSeq === 2);
    await first.events.wait('turn/delta', event => event.text === 'x');
    const second = keep(await openWorld({ from: await crashed(first), replies: [done()] }));
    const loop = must(second.store.loops.get(loopId));
    assert.deepEqual([loop.status, loop.reason], [499, 'interrupted']);
    const last = must(second.rows(runId).at(-1));
    assert.deepEqual([last.op, last.statusRx], ['error', 499]);
    assert.match(must(last.rx), /Interrupted/);
    assert.ok(second.store.turns.listRun(runId).every(row => row.endedAt !== null));
    assert.equal((await second.run('again')).status, 200);
  });

  it('[ENG-18] open streams become errored and pending proposals cancelled', async () => {
    const first = keep(
      await openWorld({ files: { 'a.md': 'x' }, replies: [turn('<<EXEC[sh]:sleep 60:EXEC\n<<EDIT(a.md):y:EDIT')] }),
    );
    const { runId } = await first.start('go');
    const exec = await first.events.wait('loop/proposal', event => event.op === 'EXEC');
    await first.engine.resolve(exec.logEntryId as LogEntryId, 'accept', { by: 'alice' });
    const edit = await first.events.wait('loop/proposal', event => event.op === 'EDIT');
    const second = keep(await openWorld({ from: await crashed(first), replies: [done()] }));
    assert.deepEqual(second.store.subscriptions.active(), []);
    const stream = must(second.store.subscriptions.unseen(runId)[0]);
    assert.equal(stream.state, 'errored');
    assert.ok(second.store.entries.channels(stream.entryId).every(channel => channel.state === 'errored'));
    const proposal = must(second.store.proposals.get(edit.logEntryId as LogEntryId));
    assert.deepEqual([proposal.decision, proposal.by], ['cancel', 'crash']);
    const row = must(second.store.log.get(edit.logEntryId as LogEntryId));
    assert.deepEqual([row.state, row.statusRx], ['cancelled', 499]);
    assert.equal(await second.engine.resolve(edit.logEntryId as LogEntryId, 'accept', { by: 'alice' }), null);
    assert.equal(await second.file('a.md'), 'x');
  });

  it('[ENG-18] a parked loop stays parked and can be resumed', async () => {
    const first = keep(await openWorld({ replies: [turn('', 202, 'waiting')] }));
    const { loopId, runId } = await first.start('go');
    await first.events.wait('loop/quiesced');
    const second = keep(await openWorld({ from: await crashed(first), replies: [done()] }));
    assert.equal(second.store.loops.get(loopId)?.status, 202);
    assert.equal(second.mock.requests.length, 0);
    const resumed = await second.engine.startLoop({ sessionId: second.session.id, runId, prompt: 'go on' });
    assert.equal(resumed.action, 'resumed_parked_loop');
    assert.equal((await second.ended(loopId)).status, 200);
  });

  it('[ENG-18] [ENG-51] a child that a crash ended is told to its parked parent when that looks again', async () => {
    const first = keep(
      await openWorld({
        replies: [turn('<<COPY(run://worker):work:COPY', 202), { hang: true, text: 'x' }],
      }),
    );
    const { loopId, runId } = await first.start('go');
    await first.events.wait('turn/delta', event => event.text === 'x');
    const second = keep(await openWorld({ from: await crashed(first), replies: [done()] }));
    assert.equal(second.store.loops.get(loopId)?.status, 202);
    await second.engine.startLoop({ sessionId: second.session.id, runId, prompt: 'well?' });
    assert.equal((await second.ended(loopId)).status, 200);
    const told = must(second.rows(runId).find(row => row.source === 'run://worker' && row.op === 'SEND'));
    assert.deepEqual([told.statusRx, told.expanded], [499, false]);
  });

  it('a graceful stop ends what is at work as interrupted and leaves what is parked', async () => {
    const first = keep(await openWorld({ replies: [{ hang: true, text: 'x' }] }));
    const { loopId } = await first.start('go');
    await first.events.wait('turn/delta');
    await first.engine.shutdown();
    assert.deepEqual(
      [first.store.loops.get(loopId)?.status, first.store.loops.get(loopId)?.reason],
      [499, 'interrupted'],
    );
  });
});
