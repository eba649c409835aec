import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Services } from '../../../client/src/context.ts';
import { mergeResultOf, mergeUri } from '../../../client/src/review/proposal-uris.ts';
import { fileUri, freshSession, readFile, savedByThePerson, writeFile } from '../support/extension.ts';
import { activeLabel, click, diffTab, LINES, PATIENCE_MS, propose, retype, rightOf } from '../support/review.ts';
import { eventually } from '../support/wait.ts';

const edit = (path: string, line: number, text: string) => `<<EDIT(${path})<${line}>:${text}\n:EDIT`;

describe('review of what changed meanwhile', function () {
  this.timeout(120_000);
  let parts: Services;
  savedByThePerson();
  beforeEach(async () => {
    parts = await freshSession();
    await writeFile('c.txt', LINES);
  });
  afterEach(async () => {
    await parts.chat.stop();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
  const conflicted = async (statement: string, mine: string) => {
    const made = await propose(parts, statement);
    await writeFile('c.txt', mine);
    await eventually(
      () => parts.proposals.get(made.proposal.id)?.conflict,
      conflict => conflict === true,
      'the conflict shows',
      PATIENCE_MS,
    );
    return made;
  };
  const mergeTab = () =>
    eventually(
      () => vscode.window.tabGroups.activeTabGroup.activeTab,
      tab => mergeResultOf(tab?.input) !== undefined,
      'the merge editor',
      PATIENCE_MS,
    );

  it('[UI-24] changes apart are merged at once: the diff shows both, accepting writes both', async () => {
    const mine = LINES.replace('line 12\n', 'mine\n');
    const { loop, proposal } = await conflicted(edit('c.txt', 2, 'second'), mine);
    await vscode.commands.executeCommand('plurnk.openMerge', proposal.id);
    const { original, modified } = await diffTab();
    assert.equal(activeLabel(), 'c.txt (Plurnk: merged with your changes, editable)');
    assert.equal((await vscode.workspace.openTextDocument(original)).getText(), mine);
    const right = await vscode.workspace.openTextDocument(modified);
    assert.equal(right.getText(), mine.replace('line 2\n', 'second\n'));
    assert.equal(await readFile('c.txt'), mine, 'merging writes nothing');
    await click(right, 'plurnk.acceptHunk');
    assert.equal(await loop.ended, 200);
    assert.equal(await readFile('c.txt'), mine.replace('line 2\n', 'second\n'));
    assert.equal(await parts.review.undo(proposal.id), true);
    assert.equal(await readFile('c.txt'), mine, 'the undo keeps what the person wrote');
  });

  it('[UI-24] the same lines open the editor’s three-way merge; Accept there writes its result', async () => {
    const mine = LINES.replace('line 2\n', 'mine\n');
    const { loop, proposal } = await conflicted(edit('c.txt', 2, 'second'), mine);
    await parts.review.merge(proposal.id);
    await mergeTab();
    const merged = parts.proposals.get(proposal.id);
    assert.ok(merged && merged.conflicts === 1);
    const result = await vscode.workspace.openTextDocument(mergeUri(merged));
    // It begins with what the model read; the person writes what shall be.
    await eventually(
      () => result.getText(),
      text => text === LINES,
      'the merge editor has begun',
      PATIENCE_MS,
    );
    await retype(result, 'line 2\n', 'mine and second\n');
    assert.equal(await readFile('c.txt'), mine, 'merging writes nothing');
    await vscode.commands.executeCommand('plurnk.acceptProposal');
    await loop.ended;
    assert.equal(await readFile('c.txt'), LINES.replace('line 2\n', 'mine and second\n'));
  });

  it('[UI-24] both sides of a conflict are kept until it is decided: accepting it is refused', async () => {
    const mine = LINES.replace('line 2\n', 'mine\n');
    const { loop, proposal } = await conflicted(edit('c.txt', 2, 'second'), mine);
    await parts.review.merge(proposal.id);
    await mergeTab();
    // The merge editor begins with what the model read: accepting now decides nothing.
    await vscode.commands.executeCommand('plurnk.acceptProposal');
    await parts.review.showDiff(proposal.id);
    const { modified } = await diffTab();
    const text = (await vscode.workspace.openTextDocument(modified)).getText();
    for (const part of ['mine\n', 'second\n', 'line 2\n']) assert.ok(text.includes(part), `${part} is in ${text}`);
    await parts.review.accept(proposal.id);
    assert.ok(parts.proposals.get(proposal.id), 'it waits');
    assert.equal(await readFile('c.txt'), mine);
    await parts.review.reject(proposal.id);
    await loop.ended;
  });

  it('[UI-24] what the person typed on the right side before the merge is in it', async () => {
    const { loop, proposal } = await propose(parts, edit('c.txt', 2, 'second'));
    await retype(await rightOf(parts, proposal), 'second', 'second by hand');
    await writeFile('c.txt', LINES.replace('line 12\n', 'mine\n'));
    await parts.review.merge(proposal.id);
    await eventually(activeLabel, label => label.includes('merged'), 'the merged diff', PATIENCE_MS);
    await vscode.commands.executeCommand('plurnk.acceptProposal');
    await loop.ended;
    assert.equal(await readFile('c.txt'), LINES.replace('line 2\n', 'second by hand\n').replace('line 12\n', 'mine\n'));
  });

  it('[UI-24] [UI-16] unsaved changes of the person are a side of the merge, and stay theirs to save', async () => {
    const { loop, proposal } = await propose(parts, edit('c.txt', 2, 'second'));
    const document = await vscode.workspace.openTextDocument(fileUri('c.txt'));
    await vscode.window.showTextDocument(document);
    await retype(document, 'line 12\n', 'unsaved\n');
    await eventually(
      () => parts.proposals.get(proposal.id)?.conflict,
      conflict => conflict === true,
      'the conflict shows',
      PATIENCE_MS,
    );
    await parts.review.merge(proposal.id);
    await eventually(activeLabel, label => label.includes('merged'), 'the merged diff', PATIENCE_MS);
    await vscode.commands.executeCommand('plurnk.acceptProposal');
    await loop.ended;
    assert.equal(document.getText(), LINES.replace('line 2\n', 'second\n').replace('line 12\n', 'unsaved\n'));
    assert.equal(document.isDirty, true);
    assert.equal(await readFile('c.txt'), LINES);
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('[UI-20] a file that may not be written stays as it is; what the person typed is kept in an editor', async () => {
    const { loop, proposal } = await propose(parts, edit('c.txt', 2, 'second'));
    await retype(await rightOf(parts, proposal), 'second', 'second by hand');
    const files = vscode.workspace.getConfiguration('files');
    await files.update('readonlyInclude', { '**/c.txt': true }, vscode.ConfigurationTarget.Global);
    try {
      await vscode.commands.executeCommand('plurnk.acceptProposal');
      await loop.ended;
      assert.equal(await readFile('c.txt'), LINES);
      const kept = await eventually(
        () => vscode.workspace.textDocuments.find(({ isUntitled }) => isUntitled)?.getText(),
        text => text !== undefined,
        'an editor with the text',
        PATIENCE_MS,
      );
      assert.equal(kept, LINES.replace('line 2\n', 'second by hand\n'));
    } finally {
      await files.update('readonlyInclude', undefined, vscode.ConfigurationTarget.Global);
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    }
  });

  it('[UI-25] a change is undone from the list of its file; what came after is compared, never overwritten', async () => {
    const first = await propose(parts, edit('c.txt', 2, 'second'));
    await parts.review.accept(first.proposal.id);
    await first.loop.ended;
    const [change] = await parts.proposals.changesOf('c.txt');
    assert.deepEqual([change?.logEntryId, change?.added, change?.removed], [first.proposal.id, 1, 1]);
    await writeFile('c.txt', LINES.replace('line 12\n', 'later\n'));
    assert.equal(await parts.review.undo(first.proposal.id), false);
    await parts.review.changes.compare(first.proposal.id, 'c.txt');
    const { original, modified } = await diffTab();
    assert.equal((await vscode.workspace.openTextDocument(original)).getText(), LINES);
    assert.equal(modified.toString(), fileUri('c.txt').toString());
    assert.equal(await readFile('c.txt'), LINES.replace('line 12\n', 'later\n'));
  });
});
