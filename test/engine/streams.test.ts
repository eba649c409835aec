import assert from 'node:assert/strict';
import { done, must, openWorld, turn, type World, type WorldOptions } from './support/world.ts';

describe('streams of a run', () => {
  let world: World;
  const open = async (options: WorldOptions): Promise<World> => {
    world = await openWorld({ files: { 'a.md': 'x' }, ...options });
    return world;
  };
  afterEach(async () => {
    assert.deepEqual(world.defects, []);
    await world.close();
  });
  const yolo = { flags: { yolo: true } } as const;
  const wait = turn('', 202, 'waiting for it');

  it('[ENG-14] [ENG-52] [UI-11] the end of a stream resumes its parked loop, and its output is an open READ row', async () => {
    await open({ replies: [turn('<<EXEC[sh]:sleep 0.3; echo one; echo two:EXEC', 202), done()] });
    const end = await world.run('go', yolo);
    assert.equal(end.status, 200);
    assert.equal(world.store.loops.list(end.runId).length, 1, 'no synthetic prompt, no new loop');
    const rows = world.rows(end.runId);
    const read = must(rows.find(row => row.op === 'READ' && row.fragment === 'stdout'));
    assert.deepEqual(
      [read.scheme, read.turnSeq, read.origin, read.expanded, read.statusRx, read.rx],
      ['sh', 2, 'plurnk', true, 200, '1:\tone\n2:\ttwo'],
    );
    const exec = must(rows.find(row => row.op === 'EXEC'));
    assert.equal(exec.statusRx, 200, 'the 102 of the EXEC row became what the stream ended with');
    assert.ok((exec.attrs.durationMs as number) >= 250, '[UI-11] the row says how long the command ran');
    const told = await world.events.wait('stream/concluded');
    assert.deepEqual([told.wakeAction, told.wakeLoopId, told.closeStatus], ['resumed-loop', end.loopId, 200]);
  });

  it('[ENG-52] new output since the last look, with continuing line numbers, folded while it streams', async () => {
    const command = 'echo one; echo two; while [ ! -f go ]; do sleep 0.02; done; echo three';
    const grown = (lines: number) =>
      world.events.wait('stream/event', event => event.channel === 'stdout' && event.contentLength >= lines);
    await open({
      replies: [
        turn(`<<EXEC[sh]:${command}:EXEC`),
        async () => {
          await grown(8);
          return turn('<<FIND(**)::FIND');
        },
        async () => {
          await world.write('go', '');
          return wait;
        },
        done(),
      ],
    });
    const end = await world.run('go', yolo);
    const reads = world.rows(end.runId).filter(row => row.op === 'READ' && row.fragment === 'stdout');
    assert.deepEqual(
      reads.map(row => [row.rx, row.expanded]),
      [
        ['1:\tone\n2:\ttwo', false],
        ['3:\tthree', true],
      ],
    );
    assert.equal(reads[0]?.statusRx, 102);
  });

  it('[ENG-52] an end without new output says that there was some before', async () => {
    await open({
      replies: [
        turn('<<EXEC[sh]:echo one; echo two; until [ -f go ]; do sleep 0.02; done:EXEC'),
        async () => {
          await world.events.wait('stream/event', event => event.channel === 'stdout' && event.contentLength >= 8);
          return turn('<<FIND(**)::FIND');
        },
        async () => {
          await world.write('go', '');
          return wait;
        },
        done(),
      ],
    });
    const end = await world.run('go', yolo);
    const reads = world.rows(end.runId).filter(row => row.op === 'READ' && row.fragment === 'stdout');
    assert.deepEqual(
      reads.map(row => row.rx),
      ['1:\tone\n2:\ttwo', 'ended with status 200, no further output after line 2 of stdout'],
    );
  });

  it('[ENG-52] an end without new output is told with its status', async () => {
    await open({ replies: [turn('<<EXEC[sh]:exit 3:EXEC', 202), done()] });
    const end = await world.run('go', yolo);
    const read = must(world.rows(end.runId).find(row => row.op === 'READ'));
    assert.equal(read.expanded, true);
    assert.match(must(read.rx), /ended with status \d+/);
    assert.ok(read.statusRx >= 400);
  });

  it('[ENG-52] a command that ends while the packet is being made is told in it or in the next one, never in none', async () => {
    let looks = 0;
    await open({
      replies: [turn('<<EXEC[sh]:until [ -f go ]; do sleep 0.02; done; echo late:EXEC'), done()],
      wrapWorkspace: workspace =>
        Object.assign(workspace, {
          // The last thing a turn waits for: the command ends meanwhile.
          gitStatus: async () => {
            looks += 1;
            if (looks < 2) return null;
            await world.write('go', '');
            await world.events.wait('stream/concluded');
            return null;
          },
        }),
    });
    const end = await world.run('go', yolo);
    assert.equal(end.status, 200);
    assert.equal(looks, 2);
    const packet = must(world.mock.requests[1]?.messages[1]).content;
    assert.match(packet, /1:\tlate/);
    assert.doesNotMatch(must(world.mock.requests[1]?.messages[0]).content, /Child Streams/);
  });

  it('[ENG-22] a turn-scoped stream is gone before the next packet', async () => {
    await open({ replies: [turn('<<EXEC[sh]<0>:sleep 60:EXEC'), done()] });
    const end = await world.run('go', yolo);
    assert.equal(end.status, 200);
    assert.equal(world.streams.live(end.runId).length, 0);
    assert.doesNotMatch(must(world.mock.requests[1]?.messages[0]).content, /Child Streams/);
  });

  it('[ENG-34] SEND[200] with an open stream is refused 409, and the row keeps its body', async () => {
    await open({
      replies: [
        turn('<<EXEC[sh]:sleep 60:EXEC'),
        done('too early'),
        (_, call) => turn(`<<KILL(sh:///1/1/${sequence()})::KILL`, call > 3 ? 200 : 102),
        done('now'),
      ],
    });
    const sequence = (): number =>
      must(world.rows(must(world.engine.conversationRun(world.session.id)).id).find(row => row.op === 'EXEC')).sequence;
    const end = await world.run('go', yolo);
    assert.equal(end.status, 200);
    const rows = world.rows(end.runId);
    const refused = must(rows.find(row => row.op === 'SEND' && row.turnSeq === 2));
    assert.deepEqual(
      [refused.signal, refused.statusRx, refused.tx],
      [200, 409, { body: { raw: 'too early', json: null } }],
    );
    const error = must(rows.find(row => row.op === 'error' && row.turnSeq === 2));
    assert.match(must(error.rx), /409 Premature End: sh:\/\/\/1\/1\/\d+/);
    assert.equal(world.store.turns.listRun(end.runId)[1]?.status, 102);
  });

  it('[ENG-34] a stream that starts in the same emission does not count', async () => {
    await open({ replies: [turn('<<EXEC[sh]:true:EXEC', 200, 'started it')] });
    assert.equal((await world.run('go', yolo)).status, 200);
  });

  it('[ENG-12] [ENG-13] cancelling reaps every stream, and their end revives nothing', async () => {
    await open({ replies: [turn('<<EXEC[sh]:sleep 60:EXEC\n<<EXEC[sh]:sleep 61:EXEC', 202), done()] });
    const { loopId, runId } = await world.start('go', yolo);
    await world.events.wait('turn/finished');
    await world.engine.cancel(runId, 'user_cancelled');
    assert.equal((await world.ended(loopId)).status, 499);
    assert.equal(world.streams.live(runId).length, 0);
    const ends = world.events.of('stream/concluded');
    assert.deepEqual(
      ends.map(event => [event.closeStatus, event.wakeAction]),
      [
        [499, 'skipped-cancelled'],
        [499, 'skipped-cancelled'],
      ],
    );
    assert.equal(world.mock.requests.length, 1);
  });

  it('[ENG-15] a stream that ends between emission and park is remembered: the wait ends', async () => {
    await open({
      replies: [
        turn('<<EXEC[sh]:while [ ! -f go ]; do sleep 0.02; done:EXEC'),
        async () => {
          await world.write('go', '');
          await world.events.wait('stream/concluded');
          return wait;
        },
        done(),
      ],
    });
    assert.equal((await world.run('go', yolo)).status, 200);
    assert.equal(world.events.of('stream/concluded')[0]?.wakeAction, 'no-op-active-loop');
  });

  it('[RES-24] P: a parked loop looks every P seconds', async () => {
    await open({
      replies: [turn('<<EXEC[sh]<60,1>:sleep 30:EXEC', 202), (_, call) => (call < 3 ? wait : turn('', 499, 'enough'))],
    });
    const end = await world.run('go', yolo);
    assert.equal(end.status, 499);
    assert.equal(world.mock.requests.length, 3);
  });

  it('[RES-33] the packet lists live streams', async () => {
    await open({ replies: [turn('<<EXEC[sh]:sleep 60:EXEC'), turn('', 499)] });
    await world.run('go', yolo);
    assert.match(
      must(world.mock.requests[1]?.messages[0]).content,
      /# Plurnk Service Child Streams\n\n\* active sh:\/\/\/1\/1\/\d+(\n|$)/,
    );
  });

  it('a loop that fails leaves no process behind', async () => {
    await open({ replies: [turn('<<EXEC[sh]:sleep 60:EXEC'), { error: { message: 'gone' } }] });
    const end = await world.run('go', yolo);
    assert.equal(end.status, 500);
    assert.equal(world.streams.live(end.runId).length, 0);
  });
});
