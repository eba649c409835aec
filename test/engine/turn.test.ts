import assert from 'node:assert/strict';
import type { LogRow } from '../../server/src/store/contract.ts';
import { readLog } from './support/packet-reader.ts';
import { done, must, openWorld, turn, type World, type WorldOptions } from './support/world.ts';

describe('a turn', () => {
  let world: World;
  const open = async (options: WorldOptions): Promise<World> => {
    world = await openWorld(options);
    return world;
  };
  afterEach(async () => {
    assert.deepEqual(world.defects, []);
    await world.close();
  });
  const ops = (rows: readonly LogRow[], turnSeq = 1): string[] =>
    rows.filter(row => row.turnSeq === turnSeq && row.origin === 'model').map(row => row.op);
  const section = (call: number, name: string): string =>
    world.store.turns
      .readPacket(must(world.store.turns.listRun(must(world.engine.conversationRun(world.session.id)).id)[call]).id)
      ?.find(s => s.name === name)?.content ?? '';

  it('[ENG-10] [ENG-25] a prompt is worked on, turn by turn, until SEND[200]', async () => {
    await open({ replies: [turn('<<EDIT(known:///a.md):hello:EDIT'), done('all good')] });
    const end = await world.run('go');
    assert.equal(end.status, 200);
    assert.equal(world.mock.requests.length, 2);
    assert.deepEqual(
      world.store.turns.listRun(end.runId).map(row => row.status),
      [102, 200],
    );
    const entry = world.store.entries.find({
      sessionId: world.session.id,
      scope: 'session',
      runId: null,
      scheme: 'known',
      pathname: '/a.md',
    });
    assert.notEqual(entry, null);
  });

  it('[ENG-20] [ENG-28] the first row is an exemplar made of what was really dispatched', async () => {
    await open({ replies: [done()], files: { 'a.md': 'x', 'b.md': 'y' } });
    const { runId } = await world.run('go');
    const rows = world.rows(runId);
    const exemplar = rows[0];
    assert.equal(exemplar?.op, 'model');
    assert.equal(exemplar?.origin, 'plurnk');
    assert.equal(exemplar?.sequence, 1);
    assert.equal(exemplar?.expanded, true);
    const finds = rows.filter(row => row.op === 'FIND' && row.origin === 'plurnk');
    assert.ok(finds.length >= 2);
    const shown = (exemplar?.rx ?? '').split('\n').filter(line => line.startsWith('<<FIND'));
    assert.equal(shown.length, finds.length);
    assert.ok(shown.includes('<<FIND(**)::FIND'));
    assert.match(exemplar?.rx ?? '', /^<<PLAN:[^\n]*:PLAN\n[\s\S]*<<SEND\[102\]:[^\n]*:SEND$/);
  });

  it('[ENG-20] the prompt is an EDIT row born folded and has a section of its own', async () => {
    await open({ replies: [done()] });
    const { runId } = await world.run('look into it');
    const row = world.rows(runId).find(one => one.op === 'EDIT');
    assert.equal(row?.pathname, '/prompt/1/1');
    assert.equal(row?.origin, 'plurnk');
    assert.equal(row?.expanded, false);
    assert.equal(section(0, 'prompt'), '<<:::plurnk:///prompt/1/1\n1:\tlook into it\n:::plurnk:///prompt/1/1\n');
  });

  it('[ENG-20] the file list is capped to filesItems: all, none, the first N, never out of range', async () => {
    for (const [filesItems, expected] of [
      [-1, '**'],
      [0, null],
      [1, '**'],
      [50, '**'],
    ] as const) {
      await open({ replies: [done()], files: { 'a.md': 'x', 'b.md': 'y' }, sessionSettings: { filesItems } });
      const { runId } = await world.run('go');
      const row = world.rows(runId).find(one => one.op === 'FIND' && one.scheme === null);
      assert.equal(row?.pathname ?? null, expected, String(filesItems));
      assert.deepEqual(row?.lineMarker?.marks ?? null, filesItems === 1 ? [1, 1] : null);
      if (expected !== null) assert.equal(JSON.parse(row?.rx ?? '[]').length, filesItems === 1 ? 1 : 2);
      if (filesItems !== 50) await world.close();
    }
  });

  it('[ENG-20] files that the request or the prompt names are read on the first turn', async () => {
    await open({ replies: [done()], files: { 'a.md': 'alpha\n', 'b.md': 'beta\n', 'c.md': 'gamma\n' } });
    const { runId } = await world.run('compare with @b.md, please', { openPaths: ['a.md'] });
    const reads = world.rows(runId).filter(row => row.op === 'READ');
    assert.deepEqual(
      reads.map(row => [row.pathname, row.rx]),
      [
        ['a.md', '1:\talpha'],
        ['b.md', '1:\tbeta'],
      ],
    );
  });

  it('[ENG-20] operator documents are foisted as READ rows on the first turn only', async () => {
    await open({ replies: [done()], sessionSettings: { mdDocs: [{ alias: 'rules', content: 'Be kind.' }] } });
    const { runId } = await world.run('go');
    await world.run('again');
    const reads = world.rows(runId).filter(row => row.op === 'READ');
    assert.deepEqual(
      reads.map(row => [row.loopSeq, row.pathname, row.rx]),
      [[1, '/operator/rules.md', '1:\tBe kind.']],
    );
  });

  it('[ENG-24] good statements run although others fail to parse; error rows and the mirror come last', async () => {
    const emission =
      '<<PLAN:x:PLAN\nsome prose\n<<READ(known:///b.md::READ\n<<EDIT(known:///b.md):fine:EDIT\n<<SEND[102]:on:SEND';
    await open({ replies: [emission, done()] });
    const { runId } = await world.run('go');
    const rows = world.rows(runId).filter(row => row.turnSeq === 1 && row.sequence > 3);
    const shape = rows.map(row => `${row.op} ${row.statusRx}`);
    assert.deepEqual(shape, ['PLAN 200', 'SEND 200', 'EDIT 201', 'SEND 200', 'error 400', 'model 200']);
    const prose = rows[1];
    assert.equal(prose?.signal, 103);
    assert.deepEqual(prose?.tx, { body: { raw: 'some prose', json: null } });
    const error = rows[4];
    assert.equal(error?.source, 'grammar');
    assert.match(error?.rx ?? '', /3:\d+ /);
  });

  it('[ENG-27] every emission is mirrored; folded, or open when an error points into it', async () => {
    await open({ replies: [turn('<<READ(known:///x::READ'), turn('<<FIND(known:///**)::FIND'), done()] });
    const { runId } = await world.run('go');
    const mirrors = world.rows(runId).filter(row => row.op === 'model' && row.origin === 'model');
    assert.deepEqual(
      mirrors.map(row => row.expanded),
      [true, false, false],
    );
    assert.equal(mirrors[0]?.mimetypeRx, 'text/vnd.plurnk');
    assert.equal(mirrors[1]?.rx, turn('<<FIND(known:///**)::FIND'));
  });

  it('[ENG-25] no op at all is 422, ops without disposition are 102', async () => {
    await open({ replies: ['just talk', '<<PLAN:x:PLAN\n<<FIND(known:///**)::FIND', done()] });
    const { runId } = await world.run('go');
    assert.deepEqual(
      world.store.turns.listRun(runId).map(row => row.status),
      [422, 102, 200],
    );
  });

  it('[ENG-26] ops over maxCommands are dropped with one 429 row; PLAN and the terminal SEND are exempt', async () => {
    const many = [1, 2, 3, 4].map(n => `<<EDIT(known:///${n}.md):x:EDIT`).join('\n');
    await open({ replies: [`<<PLAN:x:PLAN\n${many}\n<<SEND[200]:done:SEND`], settings: { maxCommands: 2 } });
    const { runId, status } = await world.run('go');
    assert.equal(status, 200);
    assert.deepEqual(ops(world.rows(runId)), ['PLAN', 'EDIT', 'EDIT', 'SEND', 'model']);
    const errors = world.rows(runId).filter(row => row.op === 'error');
    assert.deepEqual(
      errors.map(row => row.statusRx),
      [429],
    );
    assert.match(errors[0]?.rx ?? '', /Max Commands Exceeded/);
  });

  it('[ENG-26] a session may only tighten the limit', async () => {
    const many = [1, 2, 3].map(n => `<<EDIT(known:///${n}.md):x:EDIT`).join('\n');
    await open({
      replies: [`<<PLAN:x:PLAN\n${many}\n<<SEND[200]:done:SEND`],
      settings: { maxCommands: 2 },
      sessionSettings: { maxCommands: 50 },
    });
    const { runId } = await world.run('go');
    assert.equal(ops(world.rows(runId)).filter(op => op === 'EDIT').length, 2);
  });

  it('[ENG-23] two notices bracket the model call and its text is forwarded', async () => {
    await open({ replies: [done('hello')] });
    const { loopId } = await world.run('go');
    const kinds = world.events.of('telemetry/event').map(notice => notice.event.kind);
    assert.deepEqual(kinds, ['turn_awaiting_model', 'turn_generated']);
    const text = world.events
      .of('turn/delta')
      .filter(delta => delta.loopId === loopId)
      .map(delta => delta.text)
      .join('');
    assert.equal(text, done('hello'));
  });

  it('[ENG-29] a provider failure ends the loop 500 with its cause on a row and in the event', async () => {
    await open({ replies: [{ error: { kind: 'server_error', message: 'The model is on fire.' } }] });
    const { runId, status, reason } = await world.run('go');
    assert.deepEqual([status, reason], [500, 'The model is on fire.']);
    assert.match(world.rows(runId).at(-1)?.rx ?? '', /500 Provider Failure: The model is on fire\./);
  });

  it('[ENG-29] a completed exchange is used whatever the model wrote', async () => {
    await open({ replies: ['', 'no plurnk at all', done()] });
    const { runId, status } = await world.run('go');
    assert.equal(status, 200);
    const turns = world.store.turns.listRun(runId);
    assert.deepEqual(
      turns.map(row => row.status),
      [422, 422, 200],
    );
    assert.equal(turns[1]?.emission, 'no plurnk at all');
  });

  it('[PKT-1] [PKT-3] stored sections re-render to the bytes that were sent; empty ones are absent; 1–6 are stable', async () => {
    await open({ replies: [turn('<<READ(known:///no.md)::READ'), done()] });
    const { runId } = await world.run('go');
    const turns = world.store.turns.listRun(runId);
    const rendered = turns.map(row => {
      const sections = world.store.turns.readPacket(row.id) ?? [];
      const slot = (name: string): string =>
        sections
          .filter(one => one.slot === name)
          .map(one => (one.header === null ? '' : `# ${one.header}\n\n`) + one.content)
          .join('\n\n');
      return [slot('system'), slot('user')];
    });
    assert.deepEqual(
      rendered,
      world.mock.requests.map(request => request.messages.map(message => message.content)),
    );
    const names = world.store.turns.readPacket(must(turns[0]).id)?.map(one => one.name);
    assert.deepEqual(names, ['definition', 'tools', 'schemes', 'log', 'prompt', 'requirements']);
    assert.ok(world.store.turns.readPacket(must(turns[1]).id)?.some(one => one.name === 'errors'));
    const [first, second] = world.mock.requests.map(request => request.messages[0]);
    assert.equal(first?.stablePrefix, second?.stablePrefix);
    assert.equal(first?.content.slice(0, first.stablePrefix), second?.content.slice(0, second.stablePrefix));
  });

  it('[PKT-10] the log of a real packet reads back row by row, in the order of events', async () => {
    await open({ replies: [turn('<<EDIT(known:///a.md):hello:EDIT\n<<READ(known:///a.md)::READ'), done()] });
    await world.run('go');
    const rows = readLog(section(1, 'log'));
    const paths = rows.map(row => String(row.meta.path));
    assert.equal(paths[0], 'log:///1/1/1/model');
    const sequences = paths.map(path => Number(path.split('/')[5]));
    assert.deepEqual(
      sequences,
      sequences.map((_, index) => index + 1),
    );
    assert.equal(rows.find(row => row.meta.op === 'READ')?.body, '1:\thello');
  });

  it('[ENG-2] [ENG-4] a packet renders one run only; the runtime works in the reserved run', async () => {
    await open({ replies: [done()], sessionSettings: { mdDocs: [{ alias: 'x', content: 'secret-of-the-journal' }] } });
    const { runId } = await world.run('go');
    const runs = world.store.runs.list(world.session.id);
    const journal = runs.find(run => run.name === 'plurnk');
    assert.equal(journal?.origin, 'plurnk');
    assert.ok(world.rows(must(journal).id).some(row => row.pathname === '/operator/x.md' && row.op === 'EDIT'));
    assert.equal(
      world.rows(runId).every(row => row.runId === runId),
      true,
    );
    assert.throws(() => world.engine.clientRun(world.session.id, 'Plurnk'), /reserved/);
    assert.throws(() => world.engine.clientRun(world.session.id, 'SELF'), /reserved/);
    assert.equal(world.engine.clientRun(world.session.id, null).origin, 'client');
  });

  it('[PKT-21] [PKT-22] cost, usage and price version are kept with the turn and summed', async () => {
    await open({
      mock: { cost: () => ({ pico: 1234, priceVersion: 'test 1' }) },
      replies: [turn('<<FIND(known:///**)::FIND'), done()],
    });
    const { runId, loopId } = await world.run('go');
    const turns = world.store.turns.listRun(runId);
    assert.deepEqual(
      turns.map(row => [row.costPico, row.priceVersion]),
      [
        [1234, 'test 1'],
        [1234, 'test 1'],
      ],
    );
    assert.ok('usage' in must(turns[0]).meta);
    const end = world.events.of('loop/terminated').find(event => event.loopId === loopId);
    assert.equal(end?.usage.costPico, 2468);
    assert.deepEqual(
      end?.turnIds,
      turns.map(row => row.id),
    );
  });
});
