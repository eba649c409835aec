import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import type { LogRow } from '../../../server/src/store/contract.ts';
import { type Answered, World } from './support/world.ts';

describe('[ENG-67] undoing an accepted change', () => {
  let world: World;
  const make = async (...options: Parameters<typeof World.make>): Promise<World> => {
    world = await World.make(...options);
    return world;
  };
  afterEach(() => world.dispose());

  /** Accepts a proposal as the engine does: with its ledger. */
  async function accept(op: string): Promise<LogRow> {
    const answered: Answered & { written?: string | null } = await world.one(op);
    const row = world.logged.at(-1);
    const { proposal } = answered;
    if (row === undefined || proposal === undefined) throw new Error('no proposal');
    const { store } = world;
    store.proposals.create({
      logEntryId: row.id,
      sessionId: world.session.id,
      runId: world.main.id,
      kind: proposal.kind,
      scheme: proposal.target.scheme,
      pathname: proposal.target.pathname ?? '',
      body: proposal.body,
      attrs: proposal.attrs,
      baselineHash: proposal.baseline === null ? null : store.blobs.put(proposal.baseline),
      baseSignature: proposal.baseSignature,
      proposedHash: proposal.proposed === null ? null : store.blobs.put(proposal.proposed),
      createdAt: 1,
    });
    store.proposals.update(row.id, {
      decision: 'accept',
      by: 'test',
      writtenSignature: answered.written ?? null,
      decidedAt: 2,
    });
    return row;
  }

  const text = (name: string): Promise<string> => readFile(world.file(name), 'utf8');
  const revert = async (row: LogRow): Promise<number> => (await world.operations.revert(row)).status;

  it('[ENG-67] an edit is put back', async () => {
    await make({ files: { 'a.txt': 'one\ntwo\n' } });
    const row = await accept('<<EDIT(a.txt)<2>:TWO:EDIT');
    assert.equal(await revert(row), 200);
    assert.equal(await text('a.txt'), 'one\ntwo\n');
  });

  it('[ENG-67] a new file goes, a deleted one comes back, a moved one returns', async () => {
    await make({ files: { 'a.txt': 'a\n', 'b.txt': 'b\n' } });
    assert.equal(await revert(await accept('<<EDIT(new.txt):n:EDIT')), 200);
    assert.equal(await revert(await accept('<<KILL(a.txt):KILL')), 200);
    assert.equal(await revert(await accept('<<MOVE(b.txt):c.txt:MOVE')), 200);
    assert.deepEqual(await world.workspace.members(world.session.id), ['a.txt', 'b.txt']);
    assert.equal(await text('a.txt'), 'a\n');
    assert.equal(await text('b.txt'), 'b\n');
  });

  it('[ENG-67] what has changed since is left alone with 409', async () => {
    await make({ files: { 'a.txt': 'one\n' } });
    const row = await accept('<<EDIT(a.txt):two:EDIT');
    await writeFile(world.file('a.txt'), 'three');
    assert.equal(await revert(row), 409);
    assert.equal(await text('a.txt'), 'three');
  });

  it('[ENG-67] a row that is no proposal is 404, one that was not accepted 409', async () => {
    await make({ files: { 'a.txt': 'one\n' } });
    await world.op('<<READ(a.txt):READ');
    const [read] = world.logged;
    if (read === undefined) throw new Error('nothing logged');
    assert.equal(await revert(read), 404);
    const row = await accept('<<EDIT(a.txt):two:EDIT');
    world.store.proposals.update(row.id, { decision: 'reject' });
    assert.equal(await revert(row), 409);
  });

  it('[RES-6] an entry holds at most 100 MiB; past that the write fails and the row says so', async () => {
    await make();
    const context = world.context();
    const body = 'x'.repeat(100 * 1024 * 1024 + 1);
    const position = { line: 1, column: 0, offset: 0, endLine: 1, endColumn: 0, endOffset: 0 };
    const target = {
      kind: 'url',
      raw: 'known:///big',
      scheme: 'known',
      username: null,
      password: null,
      hostname: null,
      port: null,
      pathname: '/big',
      params: {},
      fragment: null,
    } as const;
    const outcome = await world.operations.execute(
      { op: 'EDIT', suffix: '', signal: null, target, lineMarker: null, body, position },
      context,
    );
    const [row] = outcome.kind === 'rows' ? outcome.rows : [];
    assert.equal(row?.status, 413);
    assert.match(row?.rx ?? '', /100 MiB/);
    assert.deepEqual(await world.find('<<FIND(known:///**):FIND'), []);
  });
});
