import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Services } from '../../../client/src/context.ts';
import { workspacePath, workspaceUri } from '../../../client/src/session/workspace-paths.ts';
import { emission, freshSession, nextEvent, startLoop } from '../support/extension.ts';
import { eventually } from '../support/wait.ts';

describe('a workspace of several folders', () => {
  let parts: Services;
  beforeEach(async () => {
    parts = await freshSession();
  });
  const folder = (at: number): vscode.Uri => {
    const found = vscode.workspace.workspaceFolders?.[at];
    assert.ok(found);
    return found.uri;
  };
  const inFolder = (at: number, path: string) => vscode.Uri.joinPath(folder(at), path);
  const status = async (target: string) => (await parts.server.request('op.read', { target })).status;

  it('[UI-4] [RES-60] every folder on the disk is a declared repository: its files are read and found', async () => {
    assert.equal(vscode.workspace.workspaceFolders?.length, 3);
    assert.equal(await status('README.md'), 200);
    assert.equal(await status('../second/note.txt'), 200);
    const { entries } = await parts.server.request('op.find', { scope: '../second/**' });
    assert.match(JSON.stringify(entries), /second\/note\.txt/);
    assert.equal(await status('../folders.code-workspace'), 403, 'what is beside the folders is not theirs');
  });

  it('[UI-10] the chat names a file of the second folder as the model knows it, and a link of the model leads to it', () => {
    const note = inFolder(1, 'note.txt');
    assert.equal(workspacePath(note), '../second/note.txt');
    assert.equal(workspacePath(inFolder(0, 'src/menu.ts')), 'src/menu.ts');
    assert.equal(workspaceUri('../second/note.txt')?.fsPath, note.fsPath);
    assert.equal(workspaceUri('../folders.code-workspace'), null, 'no link leads out of the workspace');
  });

  it('[UI-4] [UI-20] a change in the second folder is proposed and written there', async () => {
    const added = nextEvent(parts.proposals.onAdded);
    const loop = await startLoop([emission(['<<EDIT(../second/note.txt)<1>:changed\n:EDIT'])]);
    const { id } = await added;
    await parts.review.accept(id);
    await loop.ended;
    assert.equal(readFileSync(inFolder(1, 'note.txt').fsPath, 'utf8'), 'changed\n');
  });

  it('[UI-25] a change in the second folder is found by its file, and taken back', async () => {
    const note = inFolder(1, 'note.txt');
    const before = readFileSync(note.fsPath, 'utf8');
    const added = nextEvent(parts.proposals.onAdded);
    const loop = await startLoop([emission(['<<EDIT(../second/note.txt)<1>:to be undone\n:EDIT'])]);
    const { id } = await added;
    await parts.review.accept(id);
    await loop.ended;
    assert.notEqual(readFileSync(note.fsPath, 'utf8'), before);
    let undone: number | null | undefined;
    const choosing = parts.review.changes.choose(note).then(chosen => {
      undone = chosen;
    });
    // The list takes an answer once it is shown.
    await eventually(
      async () => {
        await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
        return undone;
      },
      chosen => chosen !== undefined,
      'a change is chosen',
    );
    await choosing;
    assert.equal(undone, id);
    assert.equal(readFileSync(note.fsPath, 'utf8'), before);
  });

  it('[UI-51] a rule for a file of the second folder hides it from the model', async () => {
    const note = inFolder(1, 'note.txt');
    await vscode.commands.executeCommand('plurnk.hide', note);
    assert.equal(parts.rules.effectOf(note), 'hidden');
    assert.equal(await status('../second/note.txt'), 404);
    await vscode.commands.executeCommand('plurnk.clearRule', note);
    assert.equal(await status('../second/note.txt'), 200);
  });

  it('[UI-4] a folder that may not be written is read; an accepted change fails with a row that says why', async () => {
    const locked = workspacePath(inFolder(2, 'poolsize'));
    assert.equal(await status(locked), 200);
    const made = workspacePath(inFolder(2, 'made.txt'));
    const added = nextEvent(parts.proposals.onAdded);
    const loop = await startLoop([emission([`<<EDIT(${made}):x\n:EDIT`])]);
    const { id } = await added;
    await parts.review.accept(id).catch(() => undefined);
    await loop.ended;
    const { entries } = await parts.server.request('log.read', { runId: loop.runId, limit: 1000 });
    const row = entries.find(entry => entry.id === id);
    assert.ok((row?.status_rx ?? 0) >= 400);
    assert.match(String(row?.rx), /does not allow writing to .*(?:random|locked)/);
  });

  it('[UI-4] a folder that joins is declared, one on no disk is named, and one that leaves is gone', async () => {
    const fourth = vscode.Uri.file(join(folder(1).fsPath, '..', 'fourth'));
    await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(fourth, 'new.txt'), new TextEncoder().encode('new\n'));
    const change = async (start: number, gone: number, ...joined: { uri: vscode.Uri; name?: string }[]) => {
      const changed = nextEvent(vscode.workspace.onDidChangeWorkspaceFolders);
      assert.ok(vscode.workspace.updateWorkspaceFolders(start, gone, ...joined));
      await changed;
    };
    const reads = (wanted: number) =>
      eventually(
        () => status('../fourth/new.txt'),
        answer => answer === wanted,
        `the file of the fourth folder answers ${wanted}`,
      );
    await change(3, 0, { uri: fourth }, { uri: vscode.Uri.parse('plurnk-test:/'), name: 'virtual' });
    await reads(200);
    const said = () => parts.notices.shown.find(({ key }) => key === 'workspace')?.text;
    assert.match(said() ?? '', /Not on a disk.*: virtual/);
    await change(3, 2);
    await reads(403);
    assert.equal(said(), undefined);
  });
});
