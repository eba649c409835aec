import assert from 'node:assert/strict';
import * as vscode from 'vscode';

describe('in a folder that the person does not trust', () => {
  it('[UI-4] [RL-17] the folder is untrusted and the extension still activates', async () => {
    assert.equal(vscode.workspace.isTrusted, false);
    await vscode.extensions.getExtension('plurnk.plurnk')?.activate();
    assert.equal(vscode.extensions.getExtension('plurnk.plurnk')?.isActive, true);
  });
});
