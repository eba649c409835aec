import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogEntryId } from '../../server/src/store/contract.ts';
import { done, must, openWorld, turn, type World, type WorldOptions } from './support/world.ts';

const BEFORE = Array.from({ length: 12 }, (_, at) => `line ${at + 1}\n`).join('');
const swap = (...pairs: readonly (readonly [string, string])[]): string =>
  pairs.reduce((text, [from, to]) => text.replace(`${from}\n`, to), BEFORE);
const AFTER = swap(['line 2', 'two\n'], ['line 6', 'six\n'], ['line 10', '']);

describe('review of a proposal', () => {
  let world: World;
  const open = async (statement: string, options: WorldOptions = {}) => {
    world = await openWorld({ files: { 'a.md': BEFORE }, replies: [turn(statement), done()], ...options });
    const { loopId } = await world.start('go');
    const event = await world.events.wait('loop/proposal');
    return { event, id: event.logEntryId as LogEntryId, ended: () => world.ended(loopId) };
  };
  const edit = `<<EDIT(a.md):${AFTER}:EDIT`;
  const row = (id: LogEntryId) => must(world.store.log.get(id));
  afterEach(async () => {
    assert.deepEqual(world.defects, []);
    await world.close();
  });

  it('[UI-21] the hunks come with the proposal; those that are accepted are written, as one amended acceptance', async () => {
    const { event, id, ended } = await open(edit);
    assert.deepEqual(event.attrs.hunks, [
      [1, 2, 1, 2],
      [5, 6, 5, 6],
      [9, 10, 9, 9],
    ]);
    assert.deepEqual(await world.engine.resolve(id, 'accept', { by: 'alice', hunks: [0, 2] }), { status: 200 });
    await ended();
    const chosen = swap(['line 2', 'two\n'], ['line 10', '']);
    assert.equal(await world.file('a.md'), chosen);
    assert.equal(row(id).outcome, 'amended');
    assert.equal(world.store.blobs.get(must(must(world.store.proposals.get(id)).amendedHash)), chosen);
  });

  it('[UI-21] all hunks are the proposal itself, none of them is a rejection', async () => {
    const all = await open(edit);
    await world.engine.resolve(all.id, 'accept', { by: 'alice', hunks: [0, 1, 2] });
    await all.ended();
    assert.deepEqual([await world.file('a.md'), row(all.id).outcome], [AFTER, null]);
    await world.close();

    const none = await open(edit);
    assert.equal((await world.engine.resolve(none.id, 'accept', { by: 'alice', hunks: [] }))?.status, 400);
    await none.ended();
    assert.deepEqual([await world.file('a.md'), row(none.id).outcome], [BEFORE, 'rejected']);
  });

  it('[UI-24] a change elsewhere in the file is merged, reviewed on the new baseline, and accepted; both are kept', async () => {
    const { id, ended } = await open(edit);
    const mine = swap(['line 12', 'my last\n']);
    assert.equal((await world.engine.check(id))?.conflict, false);
    await world.write('a.md', mine);
    assert.equal((await world.engine.check(id))?.conflict, true);
    const merged = must(await world.engine.merge(id, null));
    assert.ok('base' in merged);
    assert.deepEqual([merged.base, merged.now, merged.mine, merged.conflicts], [BEFORE, mine, AFTER, 0]);
    const again = must(world.events.of('loop/proposal')[1]);
    const both = AFTER.replace('line 12\n', 'my last\n');
    assert.deepEqual(
      [again.logEntryId, again.attrs.baseline, again.attrs.proposed, again.attrs.revision],
      [id, mine, both, 1],
    );
    assert.equal((await world.engine.check(id))?.conflict, false);
    assert.equal(await world.file('a.md'), mine, 'merging writes nothing');
    assert.deepEqual(await world.engine.resolve(id, 'accept', { by: 'alice' }), { status: 200 });
    await ended();
    assert.equal(await world.file('a.md'), both);
    assert.match(must(row(id).rx), /^Merged by the reviewer/);
    const ledger = must(world.store.proposals.get(id));
    assert.equal(world.store.blobs.get(must(ledger.proposedHash)), AFTER, 'what the model wrote stays in the ledger');
    assert.equal(world.store.blobs.get(must(ledger.amendedHash)), both);
    // Undoing takes back the model's change, never what the person wrote meanwhile.
    assert.equal((await world.engine.revert(id)).status, 200);
    assert.equal(await world.file('a.md'), mine);
  });

  it('[UI-24] the same place changed twice: both are there, and nothing is written before the person has decided', async () => {
    const { id, ended } = await open(edit);
    const mine = swap(['line 6', 'my six\n']);
    await world.write('a.md', mine);
    const merged = must(await world.engine.merge(id, null));
    assert.ok('base' in merged && merged.conflicts === 1);
    const text = String(must(world.events.of('loop/proposal')[1]).attrs.proposed);
    for (const part of ['two\n', 'my six\n', 'six\n', 'line 6\n']) assert.ok(text.includes(part), part);
    assert.equal((await world.engine.resolve(id, 'accept', { by: 'alice' }))?.status, 409);
    assert.equal((await world.engine.resolve(id, 'accept', { by: 'alice', body: text }))?.status, 409);
    assert.deepEqual([row(id).state, await world.file('a.md')], ['proposed', mine]);
    const solved = AFTER.replace('six\n', 'my six and six\n');
    assert.deepEqual(await world.engine.resolve(id, 'accept', { by: 'alice', body: solved }), { status: 200 });
    await ended();
    assert.equal(await world.file('a.md'), solved);
  });

  it('[UI-24] a file that moves on after the merge is a conflict again, and a merge keeps what the person edited', async () => {
    const { id, ended } = await open(edit);
    await world.write('a.md', swap(['line 12', 'first\n']));
    const edited = AFTER.replace('two\n', 'two by hand\n');
    await world.engine.merge(id, edited);
    await world.write('a.md', swap(['line 12', 'second\n']));
    assert.equal((await world.engine.check(id))?.conflict, true);
    await world.engine.merge(id, null);
    await world.engine.resolve(id, 'accept', { by: 'alice' });
    await ended();
    const text = await world.file('a.md');
    assert.ok(text.includes('two by hand\n') && text.includes('second\n') && !text.includes('first\n'), text);
  });

  it('[UI-24] a new file that has appeared meanwhile is merged with what is there', async () => {
    const { id, ended } = await open('<<EDIT(new.md):proposed\n:EDIT');
    await world.write('new.md', 'mine\n');
    assert.equal((await world.engine.check(id))?.conflict, true);
    const merged = must(await world.engine.merge(id, null));
    assert.ok('base' in merged && merged.conflicts === 1);
    await world.engine.resolve(id, 'accept', { by: 'alice', body: 'mine\nproposed\n' });
    await ended();
    assert.equal(await world.file('new.md'), 'mine\nproposed\n');
    assert.equal((await world.engine.revert(id)).status, 200);
    assert.equal(await world.file('new.md'), 'mine\n', 'the person’s file is not deleted by the undo');
  });

  it('[UI-24] a deletion is decided again on what the file holds now', async () => {
    const { id, ended } = await open('<<KILL(a.md)::KILL');
    await world.write('a.md', 'mine\n');
    assert.equal((await world.engine.check(id))?.conflict, true);
    assert.equal(must(await world.engine.merge(id, null)).status, 200);
    assert.equal(must(world.events.of('loop/proposal')[1]).attrs.baseline, 'mine\n');
    await world.engine.resolve(id, 'accept', { by: 'alice' });
    await ended();
    await assert.rejects(world.file('a.md'));
    assert.equal((await world.engine.revert(id)).status, 200);
    assert.equal(await world.file('a.md'), 'mine\n');
  });

  it('[UI-24] a file that is gone cannot be merged, and the proposal waits', async () => {
    const { id, ended } = await open('<<EDIT(a.md)<2>:two:EDIT');
    await rm(join(must(world.root), 'a.md'));
    const refused = must(await world.engine.merge(id, null));
    assert.ok('message' in refused && refused.status === 404, JSON.stringify(refused));
    assert.equal(row(id).state, 'proposed');
    await world.engine.resolve(id, 'reject', { by: 'alice' });
    await ended();
    assert.equal(await world.engine.merge(id, null), null);
  });

  it('[UI-20] [UI-23] an edited rename is renamed and edited', async () => {
    const { event, id, ended } = await open('<<MOVE(a.md):b.md:MOVE');
    assert.deepEqual([event.attrs.kind, event.attrs.path, event.attrs.to], ['move', 'a.md', 'b.md']);
    await world.engine.resolve(id, 'accept', { by: 'alice', body: AFTER });
    await ended();
    assert.equal(await world.file('b.md'), AFTER);
    await assert.rejects(world.file('a.md'));
    assert.equal(row(id).outcome, 'amended');
  });

  it('[UI-24] a rename whose destination has appeared is a conflict', async () => {
    const { id, ended } = await open('<<MOVE(a.md):b.md:MOVE');
    await world.write('b.md', 'mine\n');
    assert.equal((await world.engine.check(id))?.conflict, true);
    assert.equal((await world.engine.resolve(id, 'accept', { by: 'alice' }))?.status, 400);
    await ended();
    assert.deepEqual([await world.file('a.md'), await world.file('b.md')], [BEFORE, 'mine\n']);
  });

  it('[UI-23] the proposal says what is binary, huge and generated', async () => {
    const binary = await open('<<KILL(a.md)::KILL');
    await world.engine.resolve(binary.id, 'reject', { by: 'alice' });
    await binary.ended();
    assert.equal(binary.event.attrs.summary, null);
    await world.close();

    const late = async (world: World) => await writeFile(join(must(world.root), 'p.dat'), Buffer.from([80, 0, 78, 0]));
    world = await openWorld({ files: { 'p.dat': 'text\n' }, replies: [turn('<<KILL(p.dat)::KILL'), done()] });
    await late(world);
    const { loopId } = await world.start('go');
    const { attrs, logEntryId } = await world.events.wait('loop/proposal');
    assert.deepEqual([attrs.summary, attrs.binary, attrs.baseline], ['binary', true, null]);
    await world.engine.resolve(logEntryId as LogEntryId, 'accept', { by: 'alice' });
    await world.ended(loopId);
    await assert.rejects(world.file('p.dat'));
    await world.close();

    const lock = await open('<<EDIT(package-lock.json):{"lockfileVersion":3}:EDIT');
    assert.equal(lock.event.attrs.summary, 'generated');
    await world.engine.resolve(lock.id, 'accept', { by: 'alice' });
    await lock.ended();
  });
});
