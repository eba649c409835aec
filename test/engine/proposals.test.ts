import assert from 'node:assert/strict';
import type { LogEntryId } from '../../server/src/store/contract.ts';
import { SimClock } from './support/sim-clock.ts';
import { done, must, openWorld, turn, type World, type WorldOptions } from './support/world.ts';

describe('a proposal', () => {
  let world: World;
  const open = async (options: WorldOptions): Promise<World> => {
    world = await openWorld({ files: { 'a.md': 'one\ntwo\nthree\n' }, replies: [edit, done()], ...options });
    return world;
  };
  afterEach(async () => {
    assert.deepEqual(world.defects, []);
    await world.close();
  });
  const edit = turn('<<EDIT(a.md)<2>:TWO:EDIT');
  const proposed = async () => {
    const event = await world.events.wait('loop/proposal');
    return { ...event, id: event.logEntryId as LogEntryId };
  };
  const row = (id: LogEntryId) => must(world.store.log.get(id));

  it('[ENG-60] [PKT-14] waits: the row is proposed, the turn does not go on, the packet does not show it', async () => {
    await open({ replies: [edit, done()] });
    const { loopId } = await world.start('go');
    const event = await proposed();
    assert.equal(event.op, 'EDIT');
    assert.deepEqual(event.target, { scheme: null, pathname: 'a.md' });
    assert.match(event.body, /-two\n\+TWO/);
    assert.deepEqual([row(event.id).state, row(event.id).statusRx], ['proposed', 202]);
    assert.equal(world.mock.requests.length, 1);
    await world.engine.resolve(event.id, 'accept', { by: 'alice' });
    assert.equal((await world.ended(loopId)).status, 200);
  });

  it('[ENG-61] accept: the effect runs, the file holds the text, the row is resolved', async () => {
    await open({});
    const { loopId } = await world.start('go');
    const { id } = await proposed();
    assert.deepEqual(await world.engine.resolve(id, 'accept', { by: 'alice' }), { status: 200 });
    assert.equal(await world.file('a.md'), 'one\nTWO\nthree\n');
    assert.deepEqual([row(id).state, row(id).statusRx], ['resolved', 200]);
    const event = await world.events.wait('proposal/resolved');
    assert.deepEqual([event.decision, event.by, event.logEntryId], ['accept', 'alice', id]);
    await world.ended(loopId);
  });

  it('[ENG-61] reject: nothing is written, failed 400 rejected, and the model reads the word', async () => {
    await open({});
    const { loopId } = await world.start('go');
    const { id } = await proposed();
    assert.equal((await world.engine.resolve(id, 'reject', { by: 'alice' }))?.status, 400);
    await world.ended(loopId);
    assert.equal(await world.file('a.md'), 'one\ntwo\nthree\n');
    assert.deepEqual([row(id).state, row(id).statusRx, row(id).outcome], ['failed', 400, 'rejected']);
    assert.match(must(world.mock.requests[1]?.messages[1]).content, /<<:::a\.md\nrejected\n:::a\.md/);
  });

  it('[ENG-30] [ENG-61] rejections by a person never end the loop, however many', async () => {
    const asks = ['TWO', 'Two', 'two!', 'Zwei'].map(text => turn(`<<EDIT(a.md)<2>:${text}:EDIT`));
    await open({ replies: [...asks, done()] });
    const { loopId } = await world.start('go');
    const seen = new Set<LogEntryId>();
    for (const _ of asks) {
      const event = await world.events.wait('loop/proposal', payload => !seen.has(payload.logEntryId as LogEntryId));
      const id = event.logEntryId as LogEntryId;
      seen.add(id);
      await world.engine.resolve(id, 'reject', { by: 'alice' });
    }
    assert.equal((await world.ended(loopId)).status, 200);
  });

  it('[ENG-61] cancel: cancelled 499; a second decision finds nothing', async () => {
    await open({});
    const { loopId } = await world.start('go');
    const { id } = await proposed();
    const decisions = await Promise.all([
      world.engine.resolve(id, 'cancel', { by: 'alice' }),
      world.engine.resolve(id, 'accept', { by: 'bob' }),
    ]);
    assert.deepEqual(decisions, [{ status: 499 }, null]);
    assert.deepEqual([row(id).state, row(id).statusRx, row(id).outcome], ['cancelled', 499, 'loop_aborted']);
    assert.equal(await world.file('a.md'), 'one\ntwo\nthree\n');
    await world.ended(loopId);
    assert.equal(await world.engine.resolve(id, 'accept', { by: 'bob' }), null);
  });

  it('[ENG-61] an effect that fails turns the acceptance into a rejection with its own outcome', async () => {
    await open({});
    const { loopId } = await world.start('go');
    const { id } = await proposed();
    await world.write('a.md', 'someone else was here\n');
    assert.equal((await world.engine.resolve(id, 'accept', { by: 'alice' }))?.status, 400);
    await world.ended(loopId);
    assert.equal(await world.file('a.md'), 'someone else was here\n');
    assert.deepEqual([row(id).state, row(id).outcome], ['failed', 'write_conflict']);
    const event = await world.events.wait('proposal/resolved');
    assert.deepEqual([event.decision, event.outcome], ['reject', 'write_conflict']);
  });

  it('[ENG-12] [ENG-61] cancelling the run cancels what it waits for', async () => {
    await open({});
    const { loopId, runId } = await world.start('go');
    const { id } = await proposed();
    await world.engine.cancel(runId, 'user_cancelled');
    assert.equal((await world.ended(loopId)).status, 499);
    assert.deepEqual([row(id).state, row(id).outcome], ['cancelled', 'loop_aborted']);
  });

  it('[ENG-62] accept may carry a changed body: that is written, and the row says so', async () => {
    await open({});
    const { loopId } = await world.start('go');
    const { id } = await proposed();
    await world.engine.resolve(id, 'accept', { by: 'alice', body: 'one\nZWEI\nthree\n' });
    await world.ended(loopId);
    assert.equal(await world.file('a.md'), 'one\nZWEI\nthree\n');
    assert.equal(row(id).outcome, 'amended');
    assert.match(must(row(id).rx), /^Amended by the reviewer[\s\S]*ZWEI/);
  });

  it('[ENG-63] headless: a proposal nobody can review is cancelled after the timeout', async () => {
    const clock = new SimClock();
    await open({ clock, reviewer: () => false, settings: { proposalTimeoutMs: 5000 } });
    const { loopId } = await world.start('go');
    const { id } = await proposed();
    clock.advance(4999);
    assert.equal(row(id).state, 'proposed');
    clock.advance(1);
    await world.events.wait('proposal/resolved');
    assert.deepEqual([row(id).state, row(id).outcome], ['cancelled', 'timeout']);
    assert.equal(world.store.proposals.get(id)?.by, 'timeout');
    await world.ended(loopId);
  });

  it('[ENG-63] while a client can review there is no timeout', async () => {
    const clock = new SimClock();
    await open({ clock, reviewer: () => true, settings: { proposalTimeoutMs: 5000 } });
    const { loopId } = await world.start('go');
    const { id } = await proposed();
    clock.advance(50_000_000);
    assert.equal(row(id).state, 'proposed');
    await world.engine.resolve(id, 'accept', { by: 'alice' });
    await world.ended(loopId);
  });

  it('[ENG-64] [RES-62] [RES-63] yolo refuses an edit whose target changed on disk this turn; the next turn narrates it', async () => {
    const meanwhile = async () => {
      await world.write('a.md', 'zero\none\ntwo\nthree\n');
      return edit;
    };
    await open({ replies: [turn('<<READ(a.md)::READ'), meanwhile, done()] });
    const end = await world.run('go', { flags: { yolo: true } });
    assert.equal(await world.file('a.md'), 'zero\none\ntwo\nthree\n');
    const rows = world.rows(end.runId);
    assert.equal(rows.find(one => one.op === 'EDIT' && one.origin === 'model')?.outcome, 'write_conflict');
    assert.ok(rows.some(one => one.op === 'EDIT' && one.origin === 'plurnk' && one.source === 'file'));
  });

  it('[ENG-64] yolo resolves in-process; the notification still goes out with the flags', async () => {
    await open({});
    const end = await world.run('go', { flags: { yolo: true } });
    assert.equal(end.status, 200);
    assert.equal(await world.file('a.md'), 'one\nTWO\nthree\n');
    const [event] = world.events.of('loop/proposal');
    assert.equal(event?.flags.yolo, true);
    assert.equal(world.store.proposals.get(must(event).logEntryId as LogEntryId)?.by, 'yolo');
  });

  it('[ENG-36] noProposals rejects everything at once', async () => {
    await open({});
    await world.run('go', { flags: { noProposals: true } });
    const { id } = await proposed();
    assert.deepEqual([row(id).state, row(id).outcome], ['failed', 'no_review_channel']);
  });

  it('[ENG-66] a rule accepts inside its glob and is named; a deny rule always wins', async () => {
    const rules = [
      { name: 'docs', kind: 'edit', effect: 'allow', pattern: '**/*.md' },
      { name: 'locked', kind: 'edit', effect: 'deny', pattern: 'locked/**' },
    ];
    await open({
      files: { 'a.md': 'one\ntwo\n', 'locked/b.md': 'one\ntwo\n' },
      sessionSettings: { policies: rules },
      replies: [edit, turn('<<EDIT(locked/b.md)<2>:TWO:EDIT'), done()],
    });
    const { loopId } = await world.start('go');
    const second = await world.events.wait('loop/proposal', event => event.target.pathname === 'locked/b.md');
    assert.equal(await world.file('a.md'), 'one\nTWO\n');
    const first = must(world.events.of('loop/proposal')[0]);
    assert.equal(world.store.proposals.get(first.logEntryId as LogEntryId)?.by, 'policy:docs');
    assert.equal(row(second.logEntryId as LogEntryId).state, 'proposed');
    await world.engine.resolve(second.logEntryId as LogEntryId, 'reject', { by: 'alice' });
    await world.ended(loopId);
  });

  it('[ENG-67] an accepted change can be undone while the file holds it, and other runs hear of it', async () => {
    await open({ replies: [edit, done(), done()] });
    await world.run('go', { flags: { yolo: true } });
    const { id } = await proposed();
    assert.equal((await world.engine.revert(id)).status, 200);
    assert.equal(await world.file('a.md'), 'one\ntwo\nthree\n');
    assert.equal((await world.engine.revert(id)).status, 304);
    const next = await world.run('next');
    const told = world
      .rows(next.runId)
      .filter(one => one.loopSeq === 2 && one.op === 'EDIT' && one.pathname === 'a.md');
    assert.deepEqual(
      told.map(one => [one.origin, one.source]),
      [['plurnk', 'file']],
    );
  });

  it('[ENG-67] a file that changed since is not undone: 409', async () => {
    await open({});
    await world.run('go', { flags: { yolo: true } });
    const { id } = await proposed();
    await world.write('a.md', 'changed by hand\n');
    assert.equal((await world.engine.revert(id)).status, 409);
    assert.equal(await world.file('a.md'), 'changed by hand\n');
  });

  it('[ENG-68] the ledger keeps who, when, base, proposed, amended and written, also after a restart', async () => {
    await open({});
    const { loopId } = await world.start('go');
    const { id } = await proposed();
    await world.engine.resolve(id, 'accept', { by: 'alice', body: 'one\nZWEI\nthree\n' });
    await world.ended(loopId);
    await world.abandon();
    world = await openWorld({ from: world, replies: [done()] });
    const ledger = must(world.store.proposals.get(id));
    assert.deepEqual([ledger.decision, ledger.by, ledger.outcome], ['accept', 'alice', 'amended']);
    assert.ok(must(ledger.decidedAt) >= ledger.createdAt);
    assert.equal(world.store.blobs.get(must(ledger.proposedHash)), 'one\nTWO\nthree\n');
    assert.equal(world.store.blobs.get(must(ledger.amendedHash)), 'one\nZWEI\nthree\n');
    assert.equal(world.store.blobs.get(must(ledger.baselineHash)), 'one\ntwo\nthree\n');
    assert.ok(
      ledger.baseSignature !== null &&
        ledger.writtenSignature !== null &&
        ledger.baseSignature !== ledger.writtenSignature,
    );
  });

  it('[ENG-68] a rejection is in the ledger with what was proposed', async () => {
    await open({});
    const { loopId } = await world.start('go');
    const { id } = await proposed();
    await world.engine.resolve(id, 'reject', { by: 'bob', outcome: 'wrong_file' });
    await world.ended(loopId);
    const ledger = must(world.store.proposals.get(id));
    assert.deepEqual(
      [ledger.decision, ledger.by, ledger.outcome, ledger.writtenSignature],
      ['reject', 'bob', 'wrong_file', null],
    );
    assert.equal(world.store.blobs.get(must(ledger.proposedHash)), 'one\nTWO\nthree\n');
  });
});
