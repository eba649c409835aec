import assert from 'node:assert/strict';
import { PlurnkParser, type Statement } from '@plurnk/plurnk-grammar';
import type { LogEntryId } from '../../server/src/store/contract.ts';
import { done, must, openWorld, turn, type World, type WorldOptions } from './support/world.ts';

const parse = (text: string): Statement[] =>
  PlurnkParser.parse(text).items.flatMap(item => (item.kind === 'statement' ? [item.statement] : []));

describe('a world that runs share', () => {
  let world: World;
  const open = async (options: WorldOptions): Promise<void> => {
    world = await openWorld({ files: { 'a.md': 'one\ntwo\n' }, ...options });
  };
  afterEach(async () => {
    assert.deepEqual(world.defects, []);
    await world.close();
  });
  const isWorker = (text: string): boolean => text.includes('1:\tworker\n');

  it('[ENG-7] nothing is locked: of two edits of one file the second is a write conflict, told as a row', async () => {
    const replies: WorldOptions['replies'] = [
      request => {
        const text = must(request.messages[1]).content;
        if (isWorker(text))
          return text.includes('"EDIT","origin":"model"') ? done() : turn('<<EDIT(a.md)<2>:WORKER:EDIT');
        if (text.includes('"EDIT","origin":"model"'))
          return text.includes('Child Runs') ? turn('', 202) : turn('', 499, 'over');
        return turn('<<COPY(run://w):worker:COPY\n<<EDIT(a.md)<2>:PARENT:EDIT');
      },
    ];
    await open({ replies });
    const { loopId, runId } = await world.start('parent');
    const mine = await world.events.wait('loop/proposal', event => event.runId === runId);
    const theirs = await world.events.wait('loop/proposal', event => event.runId !== runId);
    assert.deepEqual(await world.engine.resolve(mine.logEntryId as LogEntryId, 'accept', { by: 'alice' }), {
      status: 200,
    });
    const second = await world.engine.resolve(theirs.logEntryId as LogEntryId, 'accept', { by: 'alice' });
    assert.deepEqual([second?.status, second?.outcome], [400, 'write_conflict']);
    assert.equal(await world.file('a.md'), 'one\nPARENT\n');
    assert.equal(must(world.store.log.get(theirs.logEntryId as LogEntryId)).outcome, 'write_conflict');
    await world.ended(loopId);
    const worker = must(world.store.runs.byName(world.session.id, 'w'));
    if (world.store.loops.latest(worker.id)?.status === 102)
      await world.events.wait('loop/terminated', event => event.runId === worker.id);
  });

  it('[ENG-13] a stream that ends well after its loop is told to the run’s next loop, and starts nothing', async () => {
    await open({ replies: [turn('<<EXEC[sh]:while [ ! -f go ]; do sleep 0.02; done; echo late:EXEC', 200), done()] });
    const first = await world.run('go', { flags: { yolo: true } });
    await world.write('go', '');
    const told = await world.events.wait('stream/concluded');
    assert.equal(told.wakeAction, 'no-loop');
    assert.equal(world.mock.requests.length, 1);
    await world.run('again');
    const read = must(world.rows(first.runId).find(row => row.op === 'READ' && row.fragment === 'stdout'));
    assert.deepEqual([read.loopSeq, read.rx, read.expanded], [2, '1:\tlate', true]);
  });

  it('[ENG-1] entries belong to the session: what one run wrote, another reads; rows stay with their run', async () => {
    await open({
      replies: [
        turn('<<EDIT(known:///fact.md):water is wet:EDIT'),
        done(),
        turn('<<READ(known:///fact.md)::READ'),
        done(),
      ],
    });
    const first = await world.run('one');
    const other = world.store.runs.create({
      sessionId: world.session.id,
      name: 'other',
      origin: 'model',
      parentRunId: null,
      at: 1,
    });
    const second = await world.run('two', { runId: other.id });
    assert.notEqual(first.runId, second.runId);
    assert.ok(world.rows(other.id).some(row => row.op === 'READ' && row.rx === '1:\twater is wet'));
    assert.equal(
      world.rows(other.id).some(row => row.op === 'EDIT' && row.origin === 'model'),
      false,
    );
  });

  it('[RES-62] [RES-63] another run’s change of a file is none that this run has seen: its edit by old lines is a conflict', async () => {
    const writing = (body: string) => turn(`<<EDIT(a.md)<2>:${body}:EDIT`);
    const changeByOther = async (): Promise<void> => {
      const me = world.engine.clientRun(world.session.id, 'me');
      const [edit] = parse('<<EDIT(a.md)<0>:zero:EDIT');
      await world.engine.dispatch(world.session.id, me.id, must(edit), new AbortController().signal);
    };
    await open({
      replies: [
        turn('<<READ(a.md)::READ'),
        async () => {
          await changeByOther();
          return writing('TWO');
        },
        turn('<<READ(a.md)::READ'),
        async () => {
          await changeByOther();
          return turn('<<READ(a.md)::READ\n<<EDIT(a.md)<4>:TWO:EDIT');
        },
        done(),
      ],
    });
    world.engine.onEvent(event => {
      if (event.name === 'loop/proposal')
        void world.engine.resolve(event.payload.logEntryId as LogEntryId, 'accept', { by: 'alice' });
    });
    const { runId, status } = await world.run('go');
    assert.equal(status, 200);
    const edits = world.rows(runId).filter(row => row.op === 'EDIT' && row.origin === 'model');
    assert.deepEqual(
      edits.map(row => [row.state, row.outcome]),
      [
        ['failed', 'write_conflict'],
        ['resolved', null],
      ],
      'the edit behind its own READ is made on what is there',
    );
    assert.equal(await world.file('a.md'), 'zero\nzero\none\nTWO\n');
  });

  it('[RES-62] [RES-63] another run’s MOVE of a file is none that this run has seen: both places are conflicts', async () => {
    const byOther = async (...texts: string[]): Promise<void> => {
      const me = world.engine.clientRun(world.session.id, 'me');
      for (const text of texts) {
        const [op] = parse(text);
        await world.engine.dispatch(world.session.id, me.id, must(op), new AbortController().signal);
      }
    };
    await open({
      files: { 'a.md': 'one\ntwo\n', 'c.md': 'three\n' },
      replies: [
        turn('<<READ(a.md)::READ\n<<READ(c.md)::READ'),
        async () => {
          await byOther(
            '<<MOVE(a.md):b.md:MOVE',
            '<<MOVE(c.md):known:///c.md:MOVE',
            '<<EDIT(known:///d.md):four:EDIT',
            '<<COPY(known:///d.md):d.md:COPY',
          );
          return turn(
            '<<EDIT(a.md)<2>:TWO:EDIT\n<<EDIT(b.md):new:EDIT\n<<EDIT(c.md)<1>:THREE:EDIT\n<<EDIT(d.md):new:EDIT',
          );
        },
        done(),
      ],
    });
    world.engine.onEvent(event => {
      if (event.name === 'loop/proposal')
        void world.engine.resolve(event.payload.logEntryId as LogEntryId, 'accept', { by: 'alice' });
    });
    const { runId } = await world.run('go');
    const edits = world.rows(runId).filter(row => row.op === 'EDIT' && row.origin === 'model');
    assert.deepEqual(
      edits.map(row => [row.pathname, row.outcome]),
      ['a.md', 'b.md', 'c.md', 'd.md'].map(path => [path, 'write_conflict']),
    );
    assert.equal(await world.file('b.md'), 'one\ntwo\n');
    assert.equal(await world.file('d.md'), 'four');
  });

  it('[ENG-21] a turn does not wait for an index: one run’s search is still building it while another is through', async () => {
    let release = (): void => {};
    const held = new Promise<void>(resolve => {
      release = resolve;
    });
    let searching = (): void => {};
    const begun = new Promise<void>(resolve => {
      searching = resolve;
    });
    await open({
      files: { 'a.md': 'one\ntwo\n', 'b.md': 'three\n' },
      replies: [
        request =>
          must(request.messages[1]).content.includes('1:\tsearch\n')
            ? turn('<<FIND(**):~what is two:FIND', 200)
            : turn('<<READ(b.md)::READ\n<<FIND(**)::FIND\n<<EDIT(known:///x.md):x:EDIT', 200),
      ],
      wrapMatching: matching => ({
        ...matching,
        dispose: () => matching.dispose(),
        matchMany: async (...given) => {
          searching();
          await held;
          return matching.matchMany(...given);
        },
      }),
    });
    const first = await world.start('search');
    await begun;
    const other = world.store.runs.create({
      sessionId: world.session.id,
      name: 'other',
      origin: 'model',
      parentRunId: null,
      at: 1,
    });
    const second = await world.run('read', { runId: other.id });
    assert.equal(second.status, 200);
    assert.equal(world.store.loops.get(first.loopId)?.status, 102, 'the search is still under way');
    release();
    assert.equal((await world.ended(first.loopId)).status, 200);
  });

  it('[ENG-21] a sync that fails is a notice, and the turn goes on', async () => {
    const broken = new Error('the disk is gone');
    await open({
      replies: [done()],
      wrapWorkspace: workspace => Object.assign(workspace, { sync: () => Promise.reject(broken) }),
    });
    assert.equal((await world.run('go')).status, 200);
    const told = must(world.events.of('telemetry/event').find(one => one.event.kind === 'sync_failed'));
    assert.deepEqual([told.event.level, told.event.message], ['warn', 'the disk is gone']);
    assert.deepEqual(world.defects.splice(0), [broken]);
  });

  it('[UI-30] a turn records what its parts took, and how long it was open before the model was asked', async () => {
    await open({ replies: [done()] });
    const { runId } = await world.run('go');
    const timings = must(world.store.turns.listRun(runId)[0]).meta.timings as { [name: string]: number };
    assert.deepEqual(Object.keys(timings).sort(), [
      'buildMs',
      'commitMs',
      'executeMs',
      'generateMs',
      'parseMs',
      'waitMs',
    ]);
    const { waitMs, buildMs, commitMs } = timings;
    assert.ok(must(waitMs) > 0);
    assert.ok(Math.abs(must(waitMs) - must(buildMs) - must(commitMs)) < 1e-6);
  });

  it('[ENG-36] noWeb refuses what needs the web', async () => {
    await open({ replies: [turn('<<READ(https://example.org/)::READ'), done()] });
    const { runId } = await world.run('go', { flags: { noWeb: true } });
    const read = must(world.rows(runId).find(row => row.op === 'READ'));
    assert.equal(read.statusRx, 403);
  });
});
