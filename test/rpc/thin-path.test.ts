import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { throughBothDoors } from './support/both-doors.ts';
import type { Received } from './support/test-client.ts';

const SCRIPTS = {
  worker: [
    '<<PLAN:Look, then change.:PLAN\n<<READ(hello.txt):READ\n<<EDIT(known:///notes.md):hello is a greeting:EDIT\n<<SEND[102]:going on:SEND',
    '<<PLAN:Change it.:PLAN\n<<EDIT(hello.txt)<1>:good day:EDIT\n<<SEND[102]:changed:SEND',
    '<<PLAN:Finish.:PLAN\n<<SEND[200]:all done:SEND',
  ],
};

throughBothDoors('a loop with a proposal', SCRIPTS, door => {
  it('[RPC-1] [ENG-60] [ENG-61] runs a prompt, proposes an edit, writes it when accepted, and ends', async () => {
    const { client, place } = door();
    const workspace = join(place.folder, 'workspace');
    mkdirSync(workspace);
    writeFileSync(join(workspace, 'hello.txt'), 'hello\nworld\n');
    const session = await client.call('session.create', {
      name: 'first',
      projectRoot: workspace,
      settings: { client: 'tester' },
    });
    assert.equal(session.projectRoot, workspace);

    const started = await client.call('loop.run', { prompt: 'Greet me properly' });
    assert.ok('loopId' in started && started.action === 'enqueued_new_loop');
    assert.deepEqual([started.finalStatus, started.turnIds], [100, []]);

    const proposal = await client.until('loop/proposal');
    assert.equal(proposal.op, 'EDIT');
    assert.equal(proposal.target.pathname, 'hello.txt');
    assert.match(proposal.body, /^-hello$/m);
    assert.match(proposal.body, /^\+good day$/m);
    assert.equal(readFileSync(join(workspace, 'hello.txt'), 'utf8'), 'hello\nworld\n');
    const waiting = await client.call('proposal.list', {});
    assert.deepEqual(
      waiting.proposals.map(each => each.logEntryId),
      [proposal.logEntryId],
    );

    const settled = await client.call('loop.resolve', { logEntryId: proposal.logEntryId, decision: 'accept' });
    assert.deepEqual(settled, { status: 200, logEntryId: proposal.logEntryId });
    const end = await client.until('loop/terminated', ({ loopId }) => loopId === started.loopId);
    assert.equal(end.finalStatus, 200);
    assert.equal(end.turnIds.length, 3);
    assert.equal(readFileSync(join(workspace, 'hello.txt'), 'utf8'), 'good day\nworld\n');

    const again = await client.refused('loop.resolve', { logEntryId: proposal.logEntryId, decision: 'accept' });
    assert.equal(again.code, -32003);
  });

  it('[RPC-5] sends every row of the loop before its end, in the order of events', () => {
    const { client } = door();
    const names = client.received.map(each => each.name);
    const end = client.payloads('loop/terminated')[0];
    const rows = client
      .payloads('log/entry')
      .map(({ entry }) => entry)
      .filter(entry => entry.loop_id === end?.loopId);
    const isRow = (each: Received): boolean =>
      each.name === 'log/entry' && (each as Received<'log/entry'>).payload.entry.loop_id === end?.loopId;
    assert.ok(rows.length > 5);
    assert.ok(client.received.findLastIndex(isRow) < names.indexOf('loop/terminated'));
    const firstSeen = [...new Map(rows.map(row => [row.id, row])).keys()];
    assert.deepEqual(
      firstSeen,
      [...firstSeen].sort((a, b) => a - b),
    );
    assert.ok(rows.some(row => row.op === 'SEND' && (row.tx as { body: { raw: string } }).body.raw === 'all done'));
  });

  it('[ENG-3] reads the log, the entry and the packet afterwards', async () => {
    const { client } = door();
    const { runs } = await client.call('session.runs', {});
    const run = runs.find(each => each.origin === 'model');
    assert.ok(run);
    assert.equal(run.status, 200);
    const { entries } = await client.call('log.read', { runId: run.id, limit: 1000 });
    assert.ok(
      entries.some(entry => entry.op === 'EDIT' && entry.pathname === 'hello.txt' && entry.state === 'resolved'),
    );
    const known = await client.call('entry.read', { target: 'known://notes.md' });
    assert.ok(known.entry);
    assert.equal(Object.values(known.entry.channels)[0]?.content, 'hello is a greeting');
    const { turns } = await client.call('run.turns', {});
    const packet = await client.call('packet.read', { turnId: turns[0]?.id ?? 0 });
    assert.ok(packet.sections.length > 3);
    assert.match(packet.emission ?? '', /known:\/\/\/notes.md/);
  });

  it('[ENG-67] [ENG-68] the accepted change is undone, and the row says who decided and who undid', async () => {
    const { client, place } = door();
    const { logEntryId } = await client.until('loop/proposal');
    assert.equal((await client.call('proposal.revert', { logEntryId })).status, 200);
    assert.equal(readFileSync(join(place.folder, 'workspace/hello.txt'), 'utf8'), 'hello\nworld\n');
    const row = await client.until(
      'log/entry',
      ({ entry }) => entry.id === logEntryId && entry.attrs.reverted === true,
    );
    assert.deepEqual([row.entry.attrs.decidedBy, row.entry.attrs.revertedBy], ['tester', 'tester']);
    assert.equal((await client.call('proposal.revert', { logEntryId })).status, 304);
  });
});
