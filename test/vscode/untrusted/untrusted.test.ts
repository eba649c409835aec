import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { emission, fileUri, freshSession, startLoop } from '../support/extension.ts';

describe('an untrusted workspace', () => {
  it('[UI-4] [RL-17] chat works; the one line says what is off and offers to manage trust', async () => {
    const parts = await freshSession();
    assert.equal(vscode.workspace.isTrusted, false);
    const loop = await startLoop([emission([], 200, 'Here.')]);
    assert.equal(await loop.ended, 200);
    const notice = parts.notices.shown.find(({ key }) => key === 'workspace');
    assert.match(notice?.text ?? '', /not trusted/);
    assert.equal(notice?.action?.command, 'trust');
  });

  it('[RL-17] no process, no write: both are refused without a proposal', async () => {
    const parts = await freshSession();
    const asked: number[] = [];
    const listener = parts.proposals.onAdded(({ id }) => asked.push(id));
    const loop = await startLoop([emission(['<<EDIT(made.txt):x\n:EDIT', '<<EXEC[sh]:touch ran.txt:EXEC'])]);
    await loop.ended;
    listener.dispose();
    const { entries } = await parts.server.request('log.read', { runId: loop.runId, limit: 1000 });
    const status = (op: string) =>
      entries.filter(entry => entry.op === op && entry.origin === 'model').map(entry => entry.status_rx);
    assert.deepEqual([status('EDIT'), status('EXEC'), asked], [[403], [403], []]);
    for (const name of ['made.txt', 'ran.txt']) assert.equal(existsSync(fileUri(name).fsPath), false, name);
  });
});
