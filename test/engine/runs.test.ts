import assert from 'node:assert/strict';
import type { GenerateRequest } from '@plurnk/plurnk-providers';
import type { LogRow, RunRow } from '../../server/src/store/contract.ts';
import { done, must, openWorld, turn, type World, type WorldOptions } from './support/world.ts';

type Reply = string | ((request: GenerateRequest, call: number) => string | Promise<string>);

/** Answers by the run that asks: its first prompt names it (`parent`, `worker`, …). */
function byPrompt(scripts: {
  readonly [prompt: string]: readonly Reply[];
}): (request: GenerateRequest, call: number) => Promise<string> {
  const used = new Map<string, number>();
  return async (request, call) => {
    const user = must(request.messages[1]).content;
    const prompts = user.slice(user.indexOf('# Plurnk Service Active User Prompts'));
    const name = must(Object.keys(scripts).find(key => prompts.includes(`1:\t${key}\n`)));
    const at = used.get(name) ?? 0;
    used.set(name, at + 1);
    const list = must(scripts[name]);
    const reply = must(list[Math.min(at, list.length - 1)]);
    return typeof reply === 'function' ? reply(request, call) : reply;
  };
}

describe('runs that work together', () => {
  let world: World;
  const open = async (
    scripts: { readonly [prompt: string]: readonly Reply[] },
    options: WorldOptions = {},
  ): Promise<World> => {
    world = await openWorld({ replies: [byPrompt(scripts)], ...options });
    return world;
  };
  afterEach(async () => {
    assert.deepEqual(world.defects, []);
    await world.close();
  });
  const named = (name: string): RunRow => must(world.store.runs.byName(world.session.id, name));
  const wait = turn('', 202, 'waiting');
  const spawn = turn('<<COPY(run://worker):worker:COPY', 202, 'waiting');
  const own = (rows: readonly LogRow[]): LogRow[] => rows.filter(row => row.origin === 'model' && row.op !== 'model');

  it('[RES-30] [ENG-15] a spawned run works on its prompt and its end resumes the parked parent', async () => {
    await open({ parent: [spawn, done('got it')], worker: [done('the answer is 42')] });
    const end = await world.run('parent');
    assert.equal(end.status, 200);
    const worker = named('worker');
    assert.deepEqual([worker.origin, worker.parentRunId], ['model', end.runId]);
    const told = must(
      world.rows(end.runId).find(row => row.turnSeq === 2 && row.op === 'SEND' && row.origin === 'plurnk'),
    );
    assert.deepEqual([told.source, told.statusRx, told.expanded], ['run://worker', 200, true]);
    assert.deepEqual(told.tx, { body: { raw: 'the answer is 42', json: null } });
  });

  it('[ENG-15] a child that concludes before the parent parks is remembered', async () => {
    const childEnded = () => world.events.wait('loop/terminated', event => event.runId === named('worker').id);
    await open({
      parent: [
        turn('<<COPY(run://worker):worker:COPY\n<<FIND(known:///**)::FIND'),
        async () => {
          await childEnded();
          return wait;
        },
        done(),
      ],
      worker: [done()],
    });
    assert.equal((await world.run('parent')).status, 200);
  });

  it('[ENG-51] no death is silent: a failed run is told folded, to sisters too', async () => {
    const released = Promise.withResolvers<void>();
    const sisterLooked = Promise.withResolvers<void>();
    await open({
      parent: [turn('<<COPY(run://bad):bad:COPY\n<<COPY(run://sister):sister:COPY', 202), wait, done()],
      // Who was not there yet has missed nothing: it dies after its sister's first look.
      bad: [
        async () => {
          await sisterLooked.promise;
          return 'x';
        },
        'y',
        'z',
      ],
      sister: [
        async () => {
          sisterLooked.resolve();
          await world.events.wait('loop/terminated', event => event.runId === named('bad').id);
          return turn('<<FIND(known:///**)::FIND');
        },
        async () => {
          released.resolve();
          return done('fine');
        },
      ],
    });
    const end = await world.run('parent');
    await released.promise;
    assert.equal(end.status, 200);
    for (const run of [end.runId, named('sister').id]) {
      const told = must(world.rows(run).find(row => row.source === 'run://bad' && row.op === 'SEND'));
      assert.deepEqual([told.statusRx, told.expanded], [500, false]);
    }
  });

  it('[ENG-34] SEND[200] while a child works is refused; a spawn in the same emission does not count', async () => {
    await open({
      parent: [turn('<<COPY(run://worker):worker:COPY'), done('too early'), wait, done()],
      worker: [
        async () => {
          await world.events.wait('turn/finished', event => event.runId !== named('worker').id && event.turnSeq === 2);
          return done();
        },
      ],
    });
    const end = await world.run('parent');
    const error = must(world.rows(end.runId).find(row => row.op === 'error'));
    assert.match(must(error.rx), /Premature End: run:\/\/worker/);
    await world.close();
    await open({ parent: [turn('<<COPY(run://worker):worker:COPY', 200)], worker: [done()] });
    assert.equal((await world.run('parent')).status, 200);
    await world.events.wait('loop/terminated', event => event.runId === named('worker').id);
  });

  it('[RES-30] a live name is refused 409, an ended one is given to a fresh run', async () => {
    await open({
      parent: [
        turn('<<COPY(run://worker):worker:COPY\n<<COPY(run://worker):worker:COPY', 202),
        turn('<<COPY(run://worker):worker:COPY', 202),
        done(),
      ],
      worker: [done('one'), done('two')],
    });
    const end = await world.run('parent');
    const copies = own(world.rows(end.runId)).filter(row => row.op === 'COPY');
    assert.deepEqual(
      copies.map(row => row.statusRx),
      [201, 409, 201],
    );
    assert.equal(world.store.runs.list(world.session.id).filter(run => run.name === 'worker').length, 2);
    assert.equal(world.rows(named('worker').id)[0]?.sequence, 1);
  });

  it('[ENG-4] [RES-30] reserved names and names of conversations are refused', async () => {
    await open({
      parent: [
        turn(
          '<<COPY(run://plurnk):x:COPY\n<<COPY(run://main):x:COPY\n<<COPY(run://):x:COPY\n<<EDIT(run://worker):x:EDIT',
        ),
        done(),
      ],
    });
    const end = await world.run('parent');
    const rows = own(world.rows(end.runId)).filter(row => row.op === 'COPY' || row.op === 'EDIT');
    assert.deepEqual(
      rows.map(row => row.statusRx),
      [403, 409, 400, 400],
    );
  });

  it('[ENG-5] [ENG-53] [RES-30] a fork has a deep copy of log, fold state and scratch, and its own future', async () => {
    await open({
      parent: [
        turn('<<EDIT(run://self/notes.md):mine:EDIT\n<<EDIT(known:///a.md):shared:EDIT'),
        turn('<<FOLD(log:///1/1/*/EDIT)::FOLD\n<<COPY(run://self):fork:COPY', 202),
        done(),
      ],
      fork: [turn('<<EDIT(run://self/notes.md):changed by the fork:EDIT'), done('forked')],
    });
    const end = await world.run('parent');
    const fork = must(world.store.runs.list(world.session.id).find(run => run.name === 'main-fork-1'));
    assert.deepEqual([fork.parentRunId, fork.origin], [end.runId, 'model']);
    const loops = world.store.loops.list(fork.id);
    assert.deepEqual(
      loops.map(loop => loop.status),
      [499, 200],
    );
    const parentRows = world.rows(end.runId).filter(row => row.turnSeq === 1);
    const copied = world.rows(fork.id).filter(row => row.loopSeq === 1 && row.turnSeq === 1);
    const shape = (row: LogRow) => [row.sequence, row.op, row.statusRx, row.expanded, row.rx, row.pathname];
    assert.deepEqual(copied.map(shape), parentRows.map(shape));
    assert.ok(copied.some(row => row.op === 'EDIT' && !row.expanded && row.origin === 'model'));
    const scratch = (run: RunRow['id']) => {
      const entry = must(
        world.store.entries.find({
          sessionId: world.session.id,
          scope: 'run',
          runId: run,
          scheme: 'run',
          pathname: '/notes.md',
        }),
      );
      return world.store.entries.content(entry.id, must(world.store.entries.channels(entry.id)[0]).name);
    };
    assert.equal(scratch(end.runId), 'mine');
    assert.equal(scratch(fork.id), 'changed by the fork');
  });

  it('[ENG-17] above the cap of active runs a spawn is refused 508, messages are exempt', async () => {
    await open(
      {
        parent: [
          turn('<<COPY(run://a):worker:COPY\n<<COPY(run://b):worker:COPY\n<<SEND(run://a):hello:SEND', 202),
          done(),
        ],
        worker: [done()],
      },
      { settings: { maxActiveRuns: 2 } },
    );
    const end = await world.run('parent');
    const rows = own(world.rows(end.runId)).filter(
      row => row.op === 'COPY' || (row.op === 'SEND' && row.scheme === 'run'),
    );
    assert.deepEqual(
      rows.map(row => row.statusRx),
      [201, 508, 200],
    );
  });

  it('[ENG-65] a spawned run inherits the flags', async () => {
    await open({ parent: [spawn, done()], worker: [turn('<<EDIT(a.md):y:EDIT'), done()] }, { files: { 'a.md': 'x' } });
    await world.run('parent', { flags: { yolo: true, noWeb: true } });
    assert.equal(await world.file('a.md'), 'y');
    const loop = must(world.store.loops.latest(named('worker').id));
    assert.deepEqual([loop.flags.yolo, loop.flags.noWeb], [true, true]);
  });

  it('[RES-31] SEND delivers to a run, READ gives its final message or 425, KILL cancels it', async () => {
    let asked = 0;
    await open({
      parent: [
        turn('<<COPY(run://worker):worker:COPY'),
        turn('<<READ(run://worker)::READ\n<<SEND(run://worker):also this:SEND\n<<SEND(run://nobody):x:SEND', 202),
        turn('<<READ(run://worker)::READ\n<<KILL(run://worker)::KILL\n<<READ(run://nobody)::READ'),
        done(),
      ],
      worker: [
        async () => {
          asked += 1;
          await world.events.wait('turn/finished', event => event.runId !== named('worker').id && event.turnSeq === 2);
          return turn('<<FIND(known:///**)::FIND');
        },
        done('final words'),
      ],
    });
    const end = await world.run('parent');
    assert.equal(end.status, 200);
    const rows = own(world.rows(end.runId)).filter(row => row.scheme === 'run' && row.op !== 'COPY');
    assert.deepEqual(
      rows.map(row => `${row.op} ${row.statusRx}`),
      ['READ 425', 'SEND 200', 'SEND 404', 'READ 200', 'KILL 200', 'READ 404'],
    );
    assert.match(must(rows[3]?.rx), /final words/);
    assert.equal(asked, 1);
    const prompt = must(world.rows(named('worker').id).find(row => row.pathname === '/prompt/1/2'));
    assert.equal(prompt.source, 'run://main');
  });

  it('[ENG-12] cancelling a run stops the runs it delegated to; a fork that a person made goes on', async () => {
    await open({
      parent: [spawn],
      worker: [
        async request => {
          await new Promise<void>(resolve => request.signal.addEventListener('abort', () => resolve()));
          return done();
        },
      ],
    });
    const { loopId, runId } = await world.start('parent');
    await world.events.wait(
      'turn/started',
      event => event.runId === world.store.runs.byName(world.session.id, 'worker')?.id,
    );
    await world.engine.cancel(runId, 'user_cancelled');
    assert.equal((await world.ended(loopId)).status, 499);
    const worker = await world.events.wait('loop/terminated', event => event.runId === named('worker').id);
    assert.deepEqual([worker.finalStatus, worker.reason], [499, 'parent cancelled']);
  });

  it('[ENG-50] edits of other runs arrive as folded rows with the cause and the span, and wake nobody', async () => {
    await open({
      parent: [turn('<<COPY(run://worker):worker:COPY', 202), done()],
      worker: [turn('<<EDIT(known:///shared.md):written by the worker:EDIT'), done()],
    });
    const end = await world.run('parent');
    const told = must(
      world.rows(end.runId).find(row => row.op === 'EDIT' && row.origin === 'plurnk' && row.scheme === 'known'),
    );
    assert.deepEqual(
      [told.source, told.expanded, told.pathname, told.rx],
      ['run://worker', false, '/shared.md', '1:\twritten by the worker'],
    );
    const idle = world.mock.requests.length;
    const client = world.engine.clientRun(world.session.id, 'me');
    const { PlurnkParser } = await import('@plurnk/plurnk-grammar');
    const item = must(PlurnkParser.parseStatements('<<EDIT(known:///shared.md):by hand:EDIT').items[0]);
    if (item.kind === 'statement')
      await world.engine.dispatch(world.session.id, client.id, item.statement, new AbortController().signal);
    assert.equal(world.mock.requests.length, idle);
    await world.run('parent');
    const hand = world.rows(end.runId).filter(row => row.source === 'run://me');
    assert.deepEqual(
      hand.map(row => [row.op, row.expanded, row.rx]),
      [['EDIT', false, '1:\tby hand']],
    );
  });

  it('[ENG-50] a change on disk arrives as a row whose source is file', async () => {
    await open(
      {
        parent: [
          turn('<<READ(a.md)::READ'),
          async () => {
            await world.write('a.md', 'one\nZWEI\nthree\n');
            return turn('<<FIND(known:///**)::FIND');
          },
          done(),
        ],
      },
      { files: { 'a.md': 'one\ntwo\nthree\n' } },
    );
    const end = await world.run('parent');
    const told = world.rows(end.runId).filter(row => row.source === 'file');
    assert.deepEqual(
      told.map(row => [row.op, row.turnSeq, row.pathname, row.expanded, row.rx]),
      [['EDIT', 3, 'a.md', false, '1:\tone\n2:\tZWEI\n3:\tthree\n4:\t']],
    );
  });

  it('[ENG-50] an edit that waited for a person is told although the other run looked in between', async () => {
    const later = Promise.withResolvers<void>();
    await open(
      {
        parent: [
          turn('<<COPY(run://worker):worker:COPY'),
          async () => {
            await world.events.wait('loop/proposal');
            return turn('<<FIND(known:///**)::FIND');
          },
          async () => {
            const proposal = must(world.events.of('loop/proposal')[0]);
            await world.engine.resolve(proposal.logEntryId as never, 'accept', { by: 'alice' });
            later.resolve();
            return turn('<<FIND(unknown:///**)::FIND', 202);
          },
          done(),
        ],
        worker: [turn('<<EDIT(a.md):new:EDIT'), done()],
      },
      { files: { 'a.md': 'old' } },
    );
    const end = await world.run('parent');
    await later.promise;
    const told = world.rows(end.runId).filter(row => row.source === 'run://worker' && row.op === 'EDIT');
    assert.deepEqual(
      told.map(row => [row.pathname, row.turnSeq]),
      [['a.md', 4]],
    );
  });

  it('[RES-33] the packet lists child runs that have not concluded', async () => {
    await open({
      parent: [turn('<<COPY(run://worker):worker:COPY'), wait, done()],
      worker: [
        async () => {
          await world.events.wait('turn/finished', event => event.turnSeq === 2);
          return done();
        },
      ],
    });
    await world.run('parent');
    const seen = world.mock.requests
      .map(request => must(request.messages[0]).content)
      .filter(text => text.includes('Child Runs'));
    assert.ok(seen.length > 0);
    assert.match(must(seen[0]), /# Plurnk Service Child Runs\n\n\* 10[02] run:\/\/worker(\n|$)/);
  });
});
