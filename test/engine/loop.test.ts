import assert from 'node:assert/strict';
import type { LoopId } from '../../server/src/store/contract.ts';
import { SimClock } from './support/sim-clock.ts';
import { done, must, openWorld, turn, type World, type WorldOptions } from './support/world.ts';

describe('a loop', () => {
  let world: World;
  const open = async (options: WorldOptions): Promise<World> => {
    world = await openWorld(options);
    return world;
  };
  afterEach(async () => {
    assert.deepEqual(world.defects, []);
    await world.close();
  });
  const look = turn('<<FIND(known:///**)::FIND');
  const edit = (n: number): string => turn(`<<EDIT(known:///${n}.md):${n}:EDIT`);
  const errors = (loopId: LoopId): string[] =>
    world.store.log
      .list(must(world.store.loops.get(loopId)).runId, { loopId })
      .filter(row => row.op === 'error')
      .map(row => must(row.rx).split(':')[0] ?? '');

  it('[ENG-11] a prompt for a busy run is an additional prompt, visible from its next turn', async () => {
    await open({
      replies: [
        async () => {
          const injected = await world.engine.startLoop({
            sessionId: world.session.id,
            runId: null,
            prompt: 'and this',
          });
          assert.equal(injected.action, 'injected_next_turn');
          return look;
        },
        done(),
      ],
    });
    const end = await world.run('first');
    const second = must(world.mock.requests[1]?.messages[1]).content;
    assert.match(
      second,
      /<<:::plurnk:\/\/\/prompt\/1\/1\n1:\tfirst\n:::plurnk:\/\/\/prompt\/1\/1\n<<:::plurnk:\/\/\/prompt\/1\/2\n1:\tand this/,
    );
    assert.equal(world.store.loops.list(end.runId).length, 1);
  });

  it('[ENG-11] a prompt that arrives while the model says done is worked on, not lost', async () => {
    await open({
      replies: [
        async () => {
          await world.engine.inject(world.session.id, null, 'wait, also this', {});
          return done();
        },
        done('both'),
      ],
    });
    const end = await world.run('first');
    assert.equal(end.status, 200);
    assert.equal(world.mock.requests.length, 2);
    assert.match(must(world.mock.requests[1]?.messages[1]).content, /wait, also this/);
  });

  it('[ENG-11] a prompt for a loop that fails is worked on in a loop of its own', async () => {
    await open({
      replies: [
        async () => {
          await world.engine.inject(world.session.id, null, 'still there?', {});
          return { error: { message: 'gone' } };
        },
        done(),
      ],
    });
    const first = await world.run('first');
    assert.equal(first.status, 500);
    const next = await world.events.wait('loop/terminated', event => event.loopId !== first.loopId);
    assert.equal(next.finalStatus, 200);
    assert.equal(world.store.loops.get(next.loopId as LoopId)?.prompt, 'still there?');
  });

  it('[ENG-11] an idle run gets a new loop, a parked one resumes in place', async () => {
    await open({ replies: [turn('', 202, 'waiting'), done()] });
    const { loopId, runId } = await world.start('first');
    await world.events.wait('loop/quiesced');
    const resumed = await world.engine.startLoop({ sessionId: world.session.id, runId: null, prompt: 'go on' });
    assert.deepEqual(resumed, { action: 'resumed_parked_loop', loopId, modelRunId: runId });
    assert.equal((await world.ended(loopId)).status, 200);
    const next = await world.start('again');
    assert.notEqual(next.loopId, loopId);
    assert.equal(next.runId, runId);
    await world.ended(next.loopId);
  });

  it('[ENG-11] inject without any model run is an error', async () => {
    await open({});
    await assert.rejects(world.engine.inject(world.session.id, null, 'x', {}), /no model run/);
  });

  it('no model: a result, not an exception', async () => {
    await open({ provider: () => null });
    const started = await world.engine.startLoop({ sessionId: world.session.id, runId: null, prompt: 'x' });
    assert.deepEqual(started, { action: 'no_model', status: 501, error: 'No model is configured.' });
  });

  it('[ENG-12] cancelling ends the active loop 499; a later loop of that run is not born cancelled', async () => {
    await open({ replies: [{ hang: true, text: '<<PLAN' }, done()] });
    const { loopId, runId } = await world.start('first');
    await world.events.wait('turn/delta');
    assert.equal(await world.engine.cancel(runId, 'user_cancelled'), true);
    assert.equal(world.store.loops.get(loopId)?.status, 499, 'the answer comes when the loop has ended');
    const end = await world.ended(loopId);
    assert.deepEqual([end.status, end.reason], [499, 'user_cancelled']);
    assert.equal(await world.engine.cancel(runId, 'user_cancelled'), false);
    assert.equal((await world.run('second')).status, 200);
  });

  it('[ENG-12] cancelling a parked run ends its loop 499', async () => {
    await open({ replies: [turn('', 202)] });
    const { loopId, runId } = await world.start('first');
    await world.events.wait('loop/quiesced');
    assert.equal(await world.engine.cancel(runId, 'enough'), true);
    assert.deepEqual(await world.ended(loopId), { loopId, runId, status: 499, reason: 'enough', hitMaxTurns: false });
  });

  it('[ENG-16] a parked loop with nothing live is told as quiesced, and is not ended', async () => {
    await open({ replies: [turn('', 202)] });
    const { loopId, runId } = await world.start('first');
    const event = await world.events.wait('loop/quiesced');
    assert.deepEqual([event.loopId, event.runId, event.status], [loopId, runId, 202]);
    assert.equal(world.store.loops.get(loopId)?.status, 202);
    assert.equal(world.events.of('loop/terminated').length, 0);
    await new Promise(resolve => setImmediate(resolve));
    assert.equal(world.events.of('loop/quiesced').length, 1, 'told once');
  });

  it('[ENG-30] three bad turns in a row end the loop 500; a clean turn resets the streak', async () => {
    const bad = (n: number): string =>
      turn(`<<EDIT(known:///${n}.md)<9,8>:x:EDIT\n<<READ(log:///9/9/9#x)<${n}>::READ\n<<EDIT(plurnk:///x):no:EDIT`);
    await open({ replies: [bad(1), bad(2), look, bad(3), bad(4), bad(5), done()] });
    const end = await world.run('go');
    assert.equal(end.status, 500);
    assert.equal(world.mock.requests.length, 6);
  });

  it('[ENG-30] 404 and 501 do not strike', async () => {
    const absent = (n: number): string => turn(`<<READ(known:///${n}.md)::READ\n<<OPEN(known:///${n}.md)::OPEN`);
    await open({ replies: [absent(1), absent(2), absent(3), absent(4), done()] });
    assert.equal((await world.run('go')).status, 200);
  });

  it('[ENG-30] an emission without op strikes', async () => {
    await open({ replies: ['a', 'b', 'c', done()] });
    const end = await world.run('go');
    assert.equal(end.status, 500);
    assert.equal(world.mock.requests.length, 3);
  });

  it('[ENG-31] turns that repeat end the loop 508', async () => {
    await open({ replies: [look] });
    const end = await world.run('go');
    assert.equal(end.status, 508);
    assert.equal(
      world.mock.requests.length,
      5,
      'the third repetition strikes first, the fifth turn is the third strike',
    );
  });

  it('[ENG-31] a cycle of two is found, a longer period than maxCyclePeriod is not', async () => {
    const period = (n: number) => (_: unknown, call: number) => (call > 30 ? done() : edit(call % n));
    await open({ replies: [period(2)] });
    assert.equal((await world.run('go')).status, 508);
    await world.close();
    await open({ replies: [period(5)] });
    assert.equal((await world.run('go')).status, 200);
  });

  it('[ENG-31] waiting again and again is no runaway', async () => {
    await open({ replies: [(_, call) => (call > 9 ? done() : turn('', 202, 'waiting'))] });
    const { loopId } = await world.start('go');
    for (let n = 0; n < 9; n += 1) {
      const seen = world.events.all.length;
      await world.events.wait('loop/quiesced', () => world.mock.requests.length === n + 1);
      await world.engine.inject(world.session.id, null, `look ${n}`, {});
      await world.events.wait('turn/finished', () => true, seen);
    }
    assert.equal((await world.ended(loopId)).status, 200);
  });

  it('[ENG-32] the turn ceiling ends the loop 429, after soft warnings that do not strike', async () => {
    await open({ replies: [(_, call) => edit(call)] });
    const end = await world.run('go', { maxTurns: 5 });
    assert.deepEqual([end.status, end.hitMaxTurns], [429, true]);
    assert.equal(world.mock.requests.length, 5);
    assert.deepEqual(errors(end.loopId), ['429 Few Turns Left', '429 Few Turns Left', '429 Few Turns Left']);
    const warned = world
      .rows(end.runId)
      .filter(row => row.op === 'error')
      .map(row => row.turnSeq);
    assert.deepEqual(warned, [3, 4, 5]);
  });

  it('[ENG-32] the smaller of the operator’s and the caller’s ceiling counts', async () => {
    await open({ replies: [(_, call) => edit(call)], settings: { maxTurns: 2 } });
    await world.run('go', { maxTurns: 5 });
    assert.equal(world.mock.requests.length, 2);
  });

  it('[ENG-33] nothing but PLAN and SEND is an idle turn: 409 and a strike', async () => {
    await open({ replies: [(_, call) => turn('', 102, `thinking ${call}`)] });
    const end = await world.run('go');
    assert.equal(end.status, 500);
    assert.deepEqual(errors(end.loopId), ['409 Idle Turn', '409 Idle Turn', '409 Idle Turn']);
  });

  it('[ENG-35] a loop that works longer than the timeout ends 504', async () => {
    const clock = new SimClock();
    await open({ clock, replies: [{ hang: true, text: 'x' }], settings: { loopTimeoutMs: 1000 } });
    const { loopId } = await world.start('go');
    await world.events.wait('turn/delta');
    clock.advance(999);
    assert.equal(world.store.loops.get(loopId)?.status, 102);
    clock.advance(1);
    const end = await world.ended(loopId);
    assert.deepEqual([end.status, end.reason], [504, 'loop_timeout']);
  });

  it('[ENG-35] parked time does not count', async () => {
    const clock = new SimClock();
    await open({ clock, replies: [turn('', 202), done()], settings: { loopTimeoutMs: 1000 } });
    const { loopId } = await world.start('go');
    await world.events.wait('loop/quiesced');
    clock.advance(5000);
    await world.engine.inject(world.session.id, null, 'on', {});
    assert.equal((await world.ended(loopId)).status, 200);
  });

  it('[ENG-36] ask mode refuses what changes anything and allows reading', async () => {
    await open({
      replies: [turn('<<EDIT(known:///a.md):x:EDIT\n<<EXEC:ls:EXEC\n<<COPY(run://w):x:COPY\n<<FIND(**)::FIND'), done()],
      files: { 'a.md': 'x' },
    });
    const end = await world.run('go', { flags: { mode: 'ask' } });
    const rows = world.rows(end.runId).filter(row => row.turnSeq === 1 && row.origin === 'model' && row.op !== 'model');
    assert.deepEqual(
      rows.map(row => `${row.op} ${row.statusRx}`),
      ['PLAN 200', 'EDIT 403', 'EXEC 403', 'COPY 403', 'FIND 200', 'SEND 200'],
    );
  });

  it('[ENG-37] neither packet nor rows speak of streaks, cycles or thresholds', async () => {
    await open({ replies: [look] });
    const end = await world.run('go');
    const seen = world.mock.requests.flatMap(request => request.messages.map(message => message.content)).join('\n');
    const told = world
      .rows(end.runId)
      .map(row => row.rx ?? '')
      .join('\n');
    for (const word of [/strike/i, /streak/i, /cycle/i, /runaway/i, /threshold/i]) {
      assert.doesNotMatch(seen, word);
      assert.doesNotMatch(told, word);
    }
  });

  it('[ENG-25] SEND[499] gives up: the loop ends 499', async () => {
    await open({ replies: [turn('', 499, 'cannot')] });
    assert.equal((await world.run('go')).status, 499);
  });
});
