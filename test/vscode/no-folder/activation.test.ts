import assert from 'node:assert/strict';
import * as vscode from 'vscode';

describe('in a window without a folder', () => {
  it('[UI-4] there is no folder and the extension still activates', async () => {
    assert.equal(vscode.workspace.workspaceFolders, undefined);
    await vscode.extensions.getExtension('plurnk.plurnk')?.activate();
    assert.equal(vscode.extensions.getExtension('plurnk.plurnk')?.isActive, true);
  });
});
