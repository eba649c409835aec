import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { emission, freshSession, startLoop } from '../support/extension.ts';

describe('a window without a folder', () => {
  it('[UI-4] chat works, and the one line says what is off and offers to open a folder', async () => {
    const parts = await freshSession();
    assert.equal(vscode.workspace.workspaceFolders, undefined);
    const loop = await startLoop([emission(['<<EDIT(known:///note.md):still works\n:EDIT'], 200, 'Noted.')]);
    assert.equal(await loop.ended, 200);
    const notice = parts.notices.shown.find(({ key }) => key === 'workspace');
    assert.match(notice?.text ?? '', /No folder is open/);
    assert.equal(notice?.action?.command, 'openFolder');
  });

  it('[UI-4] a file is refused with a row, not with a failure of the loop', async () => {
    await freshSession();
    const loop = await startLoop([emission(['<<READ(src/menu.ts)::READ'])]);
    assert.equal(await loop.ended, 200);
  });
});
