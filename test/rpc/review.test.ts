import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { throughBothDoors } from './support/both-doors.ts';
import type { EditorClient } from './support/editor-client.ts';
import { Place, startLanguageServer } from './support/server-process.ts';
import type { TestClient } from './support/test-client.ts';
import { makeWorkspace } from './support/world.ts';

const LONG = `${'x'.repeat(1023)}\n`.repeat(1100);

throughBothDoors('review over the wire', {}, door => {
  let client: TestClient;
  let workspace: string;
  let count = 0;
  beforeEach(async () => {
    client = door().client;
    workspace = makeWorkspace(door().place.folder, `review-${++count}`);
    await client.call('session.create', { projectRoot: workspace });
  });
  /** A change that waits; `answer` comes when it is settled. */
  const propose = async (target: string, content: string) => {
    const seen = client.payloads('loop/proposal').length;
    const { answer } = client.send('op.edit', { target, content });
    await client.until('loop/proposal', () => client.payloads('loop/proposal').length > seen);
    const proposal = client.payloads('loop/proposal').at(-1);
    assert.ok(proposal);
    return { proposal, id: proposal.logEntryId, answer };
  };
  const text = async (logEntryId: number, side: 'baseline' | 'proposed' | 'written') =>
    (await client.call('proposal.text', { logEntryId, side })).text;

  it('[UI-20] [UI-23] texts of more than 1 MiB are not sent with the proposal, and can be asked for', async () => {
    writeFileSync(join(workspace, 'long.txt'), LONG);
    const { proposal, id, answer } = await propose('long.txt', `${LONG}one more\n`);
    assert.deepEqual(
      [proposal.attrs.baseline, proposal.attrs.proposed, proposal.attrs.summary],
      [undefined, undefined, null],
    );
    assert.deepEqual(proposal.attrs.hunks, [[1100, 1100, 1100, 1101]]);
    assert.ok((await text(id, 'baseline')) === LONG);
    assert.ok((await text(id, 'proposed')) === `${LONG}one more\n`);
    assert.equal(await text(id, 'written'), null);
    await client.call('loop.resolve', { logEntryId: id, decision: 'accept', body: `${LONG}by hand\n` });
    await answer;
    assert.ok((await text(id, 'written')) === `${LONG}by hand\n`);
    assert.ok(readFileSync(join(workspace, 'long.txt'), 'utf8') === `${LONG}by hand\n`);
  });

  it('[UI-24] a merged text of more than 1 MiB is the one that is given', async () => {
    writeFileSync(join(workspace, 'long.txt'), LONG);
    const { id, answer } = await propose('long.txt', `${LONG}one more\n`);
    writeFileSync(join(workspace, 'long.txt'), `first\n${LONG}`);
    assert.equal((await client.call('proposal.check', { logEntryId: id })).conflict, true);
    const merged = await client.call('proposal.merge', { logEntryId: id });
    assert.ok('conflicts' in merged && merged.conflicts === 0);
    assert.ok((await text(id, 'baseline')) === `first\n${LONG}`);
    assert.ok((await text(id, 'proposed')) === `first\n${LONG}one more\n`);
    await client.call('loop.resolve', { logEntryId: id, decision: 'accept' });
    await answer;
    assert.ok(readFileSync(join(workspace, 'long.txt'), 'utf8') === `first\n${LONG}one more\n`);
  });

  it('[UI-21] [UI-25] hunks are accepted by their places; the change is listed, undone, and listed as undone', async () => {
    writeFileSync(join(workspace, 'a.txt'), 'one\ntwo\nthree\nfour\n');
    const { id, answer } = await propose('a.txt', 'ONE\ntwo\nthree\nFOUR\n');
    await client.call('loop.resolve', { logEntryId: id, decision: 'accept', hunks: [1] });
    await answer;
    assert.equal(readFileSync(join(workspace, 'a.txt'), 'utf8'), 'one\ntwo\nthree\nFOUR\n');
    const { changes } = await client.call('proposal.changes', { path: 'a.txt' });
    assert.deepEqual(
      changes.map(({ logEntryId, kind, path, added, removed, reverted }) => [
        logEntryId,
        kind,
        path,
        added,
        removed,
        reverted,
      ]),
      [[id, 'edit', 'a.txt', 1, 1, false]],
    );
    assert.deepEqual((await client.call('proposal.changes', { path: 'b.txt' })).changes, []);
    assert.equal((await client.call('proposal.revert', { logEntryId: id })).status, 200);
    assert.equal(readFileSync(join(workspace, 'a.txt'), 'utf8'), 'one\ntwo\nthree\nfour\n');
    assert.equal((await client.call('proposal.changes', {})).changes[0]?.reverted, true);
  });

  it('[UI-23] a client that comes later is told what kind of change waits', async () => {
    const { id, answer } = await propose('made.txt', 'new\n');
    const { proposals } = await client.call('proposal.list', {});
    assert.equal(proposals.find(({ logEntryId }) => logEntryId === id)?.attrs.kind, 'create');
    await client.call('loop.resolve', { logEntryId: id, decision: 'reject' });
    await answer;
  });
});

describe('review in an editor', () => {
  const place = new Place();
  let editor: EditorClient;
  let workspace: string;
  before(async function () {
    this.timeout(60_000);
    workspace = makeWorkspace(place.folder, 'editor');
    editor = await startLanguageServer(place);
    await editor.call('session.create', { projectRoot: workspace });
  });
  after(async function () {
    this.timeout(60_000);
    await editor.close();
    place.remove();
  });
  const propose = async (content: string) => {
    const seen = editor.payloads('loop/proposal').length;
    const { answer } = editor.send('op.edit', { target: 'hello.txt', content });
    await editor.until('loop/proposal', () => editor.payloads('loop/proposal').length > seen);
    return { logEntryId: editor.payloads('loop/proposal').at(-1)?.logEntryId ?? 0, answer };
  };
  const file = () => readFileSync(join(workspace, 'hello.txt'), 'utf8');
  const trust = (trusted: boolean) => editor.connection.sendNotification('plurnk/editor.changed', { trusted });

  it('[RL-17] without trust a change that waits is not written and an accepted one not undone, and both say why', async () => {
    const { logEntryId, answer } = await propose('once\n');
    await trust(false);
    const checked = await editor.call('proposal.check', { logEntryId });
    assert.deepEqual([checked.conflict, /not trusted/.test(checked.message ?? '')], [false, true]);
    assert.equal(file(), 'hello\nworld\n');
    await trust(true);
    assert.deepEqual(await editor.call('proposal.check', { logEntryId }), { conflict: false });
    await editor.call('loop.resolve', { logEntryId, decision: 'accept' });
    await answer;
    assert.equal(file(), 'once\n');
    await trust(false);
    const refused = await editor.call('proposal.revert', { logEntryId });
    assert.deepEqual([refused.status, /not trusted/.test(refused.message ?? '')], [403, true]);
    assert.equal(file(), 'once\n');
    await trust(true);
    assert.equal((await editor.call('proposal.revert', { logEntryId })).status, 200);
    assert.equal(file(), 'hello\nworld\n');
  });

  it('[UI-20] an acceptance that the editor refuses says why, and what was there stays', async () => {
    editor.answer('plurnk/editor.applyEdit', () => ({ applied: false, reason: 'the file could not be saved' }));
    const { logEntryId, answer } = await propose('twice\n');
    const settled = await editor.call('loop.resolve', { logEntryId, decision: 'accept' });
    await answer;
    assert.equal(settled.status, 400);
    assert.match(settled.message ?? '', /could not be saved/);
    assert.equal(file(), 'hello\nworld\n');
  });
});
