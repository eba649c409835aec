import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LogEntry } from '@plurnk/protocol';
import { throughBothDoors } from './support/both-doors.ts';
import type { TestClient } from './support/test-client.ts';
import { makeWorkspace } from './support/world.ts';

/** The row as it was told last, once `fits` holds. */
function row(client: TestClient, fits: (entry: LogEntry) => boolean): Promise<LogEntry> {
  return client.until('log/entry', ({ entry }) => fits(entry)).then(({ entry }) => entry);
}

const codeOf = (answer: Promise<unknown>): Promise<number | 'result'> =>
  answer.then(
    () => 'result' as const,
    (error: { code: number }) => error.code,
  );

throughBothDoors('an operation whose request is cancelled', {}, door => {
  let [client, workspace, sessionId, runId] = [null as unknown as TestClient, '', 0, 0];
  before(async () => {
    client = door().client;
    workspace = makeWorkspace(door().place.folder, 'workspace');
    const session = await client.call('session.create', { projectRoot: workspace });
    [sessionId, runId] = [session.id, session.runId];
  });

  for (const [method, params] of [
    ['op.exec', { command: 'touch made-by-exec.txt' }],
    ['op.edit', { target: 'hello.txt', content: 'changed' }],
    ['op.copy', { source: 'hello.txt', destination: 'copied.txt' }],
    ['op.move', { source: 'src/a.ts', destination: 'src/b.ts' }],
    ['op.kill', { target: 'hello.txt' }],
    ['op.parse', { text: '<<EDIT(hello.txt):changed:EDIT\n<<EDIT(known:///after.md):after:EDIT' }],
    ['op.dispatch', { statement: statementOf('EDIT', 'hello.txt') }],
  ] as const) {
    it(`[RPC-3] [ENG-61] ${method}: its proposal is cancelled, and nothing is written`, async () => {
      const seen = client.payloads('loop/proposal').length;
      const { answer, cancel } = client.send(method, params);
      const code = codeOf(answer);
      await client.until('loop/proposal', () => client.payloads('loop/proposal').length > seen);
      const { logEntryId } = client.payloads('loop/proposal').at(-1) ?? { logEntryId: 0 };
      cancel();
      assert.equal(await code, -32800);
      const settled = await client.until('proposal/resolved', each => each.logEntryId === logEntryId);
      assert.deepEqual([settled.decision, settled.outcome, settled.by], ['cancel', 'loop_aborted', 'client']);
      const told = await row(client, entry => entry.id === logEntryId && entry.state !== 'proposed');
      assert.deepEqual([told.state, told.status_rx, told.run_id], ['cancelled', 499, runId]);
      assert.equal((await client.refused('loop.resolve', { logEntryId, decision: 'accept' })).code, -32003);
      assert.deepEqual((await client.call('proposal.list', {})).proposals, []);
      assert.equal(readFileSync(join(workspace, 'hello.txt'), 'utf8'), 'hello\nworld\n');
      assert.ok(existsSync(join(workspace, 'src/a.ts')) && !existsSync(join(workspace, 'copied.txt')));
      assert.equal((await client.call('entry.read', { target: 'known:///after.md' })).status, 404);
    });
  }

  it('[RPC-3] [ENG-12] one that was cancelled takes nothing else with it: the next one runs', async () => {
    const { entries } = await client.call('op.edit', { target: 'known:///next.md', content: 'next' });
    assert.deepEqual([entries[0]?.status_rx, entries[0]?.run_id], [201, runId]);
    const accept = client.on('loop/proposal', ({ logEntryId }) => {
      client.call('loop.resolve', { logEntryId, decision: 'accept' }).catch(() => undefined);
    });
    const run = client.send('op.exec', { command: 'touch made-later.txt' });
    const { status } = (await run.answer) as { status: number };
    run.cancel();
    accept.dispose();
    assert.equal(status, 102);
    await client.until('stream/concluded', each => each.sessionId === sessionId && each.closeStatus === 200);
    assert.ok(existsSync(join(workspace, 'made-later.txt')), 'a process that has started goes on');
    assert.ok(!existsSync(join(workspace, 'made-by-exec.txt')));
  });
});

function statementOf(op: 'EDIT', raw: string): object {
  return { op, suffix: '', signal: null, target: { kind: 'local', raw }, lineMarker: null, body: 'changed' };
}
