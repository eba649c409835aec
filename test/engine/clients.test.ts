import assert from 'node:assert/strict';
import { PlurnkParser, type Statement } from '@plurnk/plurnk-grammar';
import { replay } from '../../server/src/engine/replay.ts';
import type { LogEntryId, LogRow, RunRow } from '../../server/src/store/contract.ts';
import { done, must, openWorld, turn, type World, type WorldOptions } from './support/world.ts';

const statement = (text: string): Statement => {
  const item = must(PlurnkParser.parseStatements(text).items[0]);
  if (item.kind !== 'statement') throw new Error(`${text} is no statement`);
  return item.statement;
};

const { signal } = new AbortController();

describe('ops of a client', () => {
  let world: World;
  let me: RunRow;
  const open = async (options: WorldOptions = {}): Promise<void> => {
    world = await openWorld({ files: { 'a.md': 'one\n' }, replies: [done()], ...options });
    me = world.engine.clientRun(world.session.id, 'me');
  };
  const op = (text: string): Promise<readonly LogRow[]> =>
    world.engine.dispatch(world.session.id, me.id, statement(text), signal);
  afterEach(async () => {
    assert.deepEqual(world.defects, []);
    await world.close();
  });

  it('[ENG-4] each op is one turn in the client loop, with one log/entry per row', async () => {
    await open();
    const first = await op('<<EDIT(known:///x.md):y:EDIT');
    const second = await op('<<READ(known:///x.md)::READ');
    assert.deepEqual([first[0]?.statusRx, first[0]?.origin, first[0]?.turnSeq], [201, 'client', 1]);
    assert.deepEqual([second[0]?.rx, second[0]?.turnSeq, second[0]?.loopSeq], ['1:\ty', 2, 1]);
    const told = world.events.of('log/entry').filter(event => event.runId === me.id);
    assert.deepEqual(
      told.map(event => event.entry.id),
      [first[0]?.id, second[0]?.id],
    );
    assert.equal(world.engine.clientRun(world.session.id, 'me').id, me.id);
  });

  it('an edit of a file answers when its proposal is settled', async () => {
    await open();
    const answer = op('<<EDIT(a.md):two:EDIT');
    const event = await world.events.wait('loop/proposal');
    await world.engine.resolve(event.logEntryId as LogEntryId, 'accept', { by: 'me' });
    const [row] = await answer;
    assert.deepEqual([row?.state, row?.statusRx], ['resolved', 200]);
    assert.equal(await world.file('a.md'), 'two');
  });

  it('look leaves no turn, no row and no notification', async () => {
    await open();
    const before = [world.store.log.lastId(), world.events.all.length, world.store.turns.listRun(me.id).length];
    const seen = await world.engine.look(world.session.id, me.id, statement('<<READ(a.md)::READ'), signal);
    assert.deepEqual(seen, { status: 200, rx: '1:\tone', mimetypeRx: 'text/plain' });
    assert.equal(
      (await world.engine.look(world.session.id, me.id, statement('<<READ(b.md)::READ'), signal)).status,
      404,
    );
    assert.deepEqual(
      [world.store.log.lastId(), world.events.all.length, world.store.turns.listRun(me.id).length],
      before,
    );
  });

  it('[ENG-3] [ENG-1] reading another run’s rows writes nothing; ops of a client never enter a model’s log as its own', async () => {
    await open();
    await op('<<EDIT(known:///x.md):y:EDIT');
    const { runId } = await world.run('go');
    const before = world.store.log.lastId();
    assert.ok(world.store.log.list(runId).length > 0);
    assert.equal(world.store.log.lastId(), before);
    assert.equal(
      world.rows(runId).some(row => row.runId === me.id),
      false,
    );
  });

  it('when the peer leaves, its loop closes with 200; the next op opens a new one', async () => {
    await open();
    await op('<<FIND(**)::FIND');
    world.engine.closeClientLoop(me.id);
    assert.equal(world.store.loops.latest(me.id)?.status, 200);
    await op('<<FIND(**)::FIND');
    assert.deepEqual(
      world.store.loops.list(me.id).map(loop => loop.status),
      [200, 102],
    );
  });

  it('a person forks a run up to a turn; the fork goes its own way and is nobody’s child to wait for', async () => {
    await open({
      replies: [turn('<<EDIT(known:///1.md):1:EDIT'), turn('<<EDIT(known:///2.md):2:EDIT'), done(), done('other way')],
    });
    const { runId } = await world.run('go');
    const first = must(world.store.turns.listRun(runId)[0]);
    const fork = world.engine.fork(runId, { name: 'other', untilTurn: first.id });
    assert.deepEqual([fork.name, fork.parentRunId, fork.origin], ['other', runId, 'model']);
    assert.ok(world.rows(fork.id).every(row => row.turnSeq === 1));
    const end = await world.run('differently', { runId: fork.id });
    assert.equal(end.status, 200);
    assert.throws(() => world.engine.fork(runId, { name: 'self', untilTurn: null }), /reserved/);
    assert.throws(() => world.engine.fork(runId, { name: 'other', untilTurn: null }), /There is a run/);
    assert.equal(world.engine.conversationRun(world.session.id)?.id, runId);
  });

  it('[ENG-69] a finished run is stepped through again from its rows, without a model and without touching a file', async () => {
    await open({ replies: [turn('<<EDIT(a.md):two:EDIT'), done()] });
    const { runId } = await world.run('go', { flags: { yolo: true } });
    await world.write('a.md', 'by hand');
    const asked = world.mock.requests.length;
    const steps = [...replay(world.store, runId)];
    const rows = steps.flatMap(step => (step.kind === 'row' ? [step.row] : []));
    assert.deepEqual(
      rows.map(row => row.id),
      world.rows(runId).map(row => row.id),
    );
    const packets = steps.flatMap(step => (step.kind === 'turn' ? [step.packet] : []));
    assert.equal(packets.length, 2);
    assert.ok(packets.every(packet => packet !== null && packet.length > 0));
    assert.equal(world.mock.requests.length, asked);
    assert.equal(await world.file('a.md'), 'by hand');
  });
});
