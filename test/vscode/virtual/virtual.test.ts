import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { emission, freshSession, readFile, startLoop } from '../support/extension.ts';

describe('a window with a folder that is on no disk', () => {
  it('[UI-4] chat works, and the one line says what is off and offers to open a folder', async () => {
    const parts = await freshSession();
    assert.deepEqual(
      vscode.workspace.workspaceFolders?.map(({ uri }) => uri.scheme),
      ['plurnk-test'],
    );
    assert.equal(await readFile('hello.txt'), 'from no disk\n');
    const loop = await startLoop([emission(['<<EDIT(known:///note.md):still works\n:EDIT'], 200, 'Noted.')]);
    assert.equal(await loop.ended, 200);
    const notice = parts.notices.shown.find(({ key }) => key === 'workspace');
    assert.match(notice?.text ?? '', /not on a disk: chat works, files and commands are off/);
    assert.equal(notice?.action?.command, 'openFolder');
  });

  it('[UI-4] files and commands are refused with a row that says why', async () => {
    const parts = await freshSession();
    const loop = await startLoop([emission(['<<READ(hello.txt)::READ', '<<EDIT(made.txt):x\n:EDIT'])]);
    await loop.ended;
    const { entries } = await parts.server.request('log.read', { runId: loop.runId, limit: 1000 });
    const rows = entries.filter(({ op, origin }) => origin === 'model' && (op === 'READ' || op === 'EDIT'));
    assert.deepEqual(
      rows.map(({ op, status_rx: status }) => [op, status]),
      [
        ['READ', 403],
        ['EDIT', 403],
      ],
    );
    for (const { rx } of rows) assert.match(String(rx), /no workspace folder/);
    assert.equal(parts.proposals.pending.length, 0);
  });
});
