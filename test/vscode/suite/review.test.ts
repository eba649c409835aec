import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Services } from '../../../client/src/context.ts';
import type { PendingProposal } from '../../../client/src/review/proposal.ts';
import {
  emission,
  fileUri,
  freshSession,
  nextEvent,
  readFile,
  savedByThePerson,
  startLoop,
  writeFile,
} from '../support/extension.ts';
import { eventually } from '../support/wait.ts';

const BEFORE = Array.from({ length: 20 }, (_, at) => `line ${at + 1}\n`).join('');
const edit = (path: string, line: number, text: string) => `<<EDIT(${path})<${line}>:${text}\n:EDIT`;

describe('review', () => {
  let parts: Services;
  savedByThePerson();
  beforeEach(async () => {
    parts = await freshSession();
    await writeFile('a.txt', BEFORE);
    await writeFile('b.txt', BEFORE);
  });
  afterEach(async () => {
    await parts.chat.stop();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  const propose = async (...statements: string[]) => {
    const added = nextEvent(parts.proposals.onAdded);
    const loop = await startLoop([emission(statements)]);
    return { loop, proposal: await added };
  };
  const diffTab = () =>
    eventually(
      () => vscode.window.tabGroups.activeTabGroup.activeTab?.input,
      input => input instanceof vscode.TabInputTextDiff,
      'a diff editor',
    ) as Promise<vscode.TabInputTextDiff>;
  const rightOf = async (proposal: PendingProposal) => {
    await parts.review.open(proposal.id);
    const { modified } = await diffTab();
    return await vscode.workspace.openTextDocument(modified);
  };
  const retype = async (document: vscode.TextDocument, from: string, to: string) => {
    const at = document.getText().indexOf(from);
    const change = new vscode.WorkspaceEdit();
    change.replace(document.uri, new vscode.Range(document.positionAt(at), document.positionAt(at + from.length)), to);
    assert.equal(await vscode.workspace.applyEdit(change), true);
  };

  it('[UI-20] opens the editor’s own diff: left what the model read, right what it proposes; nothing is written', async () => {
    const { proposal } = await propose('<<READ(a.txt)::READ', edit('a.txt', 2, 'second'));
    await parts.review.open(proposal.id);
    const { original, modified } = await diffTab();
    assert.equal((await vscode.workspace.openTextDocument(original)).getText(), BEFORE);
    assert.equal((await vscode.workspace.openTextDocument(modified)).getText(), BEFORE.replace('line 2\n', 'second\n'));
    assert.equal(vscode.window.tabGroups.activeTabGroup.activeTab?.label, 'a.txt (Plurnk: proposed, editable)');
    assert.equal(await readFile('a.txt'), BEFORE);
  });

  it('[UI-20] [RES-64] accepting an edited right side writes the edited text, saves it, closes the diff', async () => {
    const { loop, proposal } = await propose(edit('a.txt', 2, 'second'));
    const right = await rightOf(proposal);
    await retype(right, 'second', 'by hand');
    await vscode.commands.executeCommand('plurnk.acceptProposal');
    assert.equal(await loop.ended, 200);
    assert.equal(await readFile('a.txt'), BEFORE.replace('line 2\n', 'by hand\n'));
    await eventually(
      () =>
        vscode.window.tabGroups.all
          .flatMap(({ tabs }) => tabs)
          .filter(({ input }) => input instanceof vscode.TabInputTextDiff).length,
      count => count === 0,
      'the diff closes',
    );
    const { entries } = await parts.server.request('log.read', { runId: loop.runId });
    assert.equal(entries.find(({ id }) => id === proposal.id)?.outcome, 'amended');
  });

  it('[UI-20] rejecting writes nothing and the loop goes on', async () => {
    const { loop, proposal } = await propose(edit('a.txt', 2, 'second'));
    await parts.review.open(proposal.id);
    await diffTab();
    await vscode.commands.executeCommand('plurnk.rejectProposal');
    await loop.ended;
    assert.equal(await readFile('a.txt'), BEFORE);
  });

  it('[UI-20] the review has lenses for accept and reject', async () => {
    const { proposal } = await propose(edit('a.txt', 2, 'second'));
    const right = await rightOf(proposal);
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', right.uri);
    const commands = lenses.map(({ command }) => command?.command);
    assert.ok(
      commands.includes('plurnk.acceptProposal') && commands.includes('plurnk.rejectProposal'),
      String(commands),
    );
  });

  it('[UI-21] one hunk accepted and one rejected become one amended acceptance', async () => {
    const whole = BEFORE.replace('line 2\n', 'second\n').replace('line 18\n', 'eighteenth\n');
    const { loop, proposal } = await propose(`<<EDIT(a.txt):${whole}:EDIT`);
    const right = await rightOf(proposal);
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', right.uri);
    const of = (command: string) => lenses.filter(lens => lens.command?.command === command);
    assert.equal(of('plurnk.acceptHunk').length, 2);
    const run = async (lens: vscode.CodeLens | undefined) =>
      await vscode.commands.executeCommand(lens?.command?.command ?? '', ...(lens?.command?.arguments ?? []));
    await run(of('plurnk.acceptHunk')[0]);
    assert.equal(await readFile('a.txt'), BEFORE, 'one of two is not a decision yet');
    await run(of('plurnk.rejectHunk')[1]);
    await loop.ended;
    assert.equal(await readFile('a.txt'), BEFORE.replace('line 2\n', 'second\n'));
  });

  it('[UI-21] every hunk rejected is a rejection', async () => {
    const { loop, proposal } = await propose(edit('a.txt', 2, 'second'), edit('a.txt', 18, 'eighteenth'));
    const settled = nextEvent(parts.proposals.onSettled, each => each.proposal.id === proposal.id);
    const right = await rightOf(proposal);
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', right.uri);
    const hunk = lenses.find(({ command }) => command?.command === 'plurnk.rejectHunk');
    assert.ok(hunk?.command, 'a single hunk has its lenses too');
    await vscode.commands.executeCommand(hunk.command.command, ...(hunk.command.arguments ?? []));
    assert.equal((await settled).decision, 'reject');
    await parts.chat.stop();
    await loop.ended;
    assert.equal(await readFile('a.txt'), BEFORE);
  });

  it('[UI-23] a new file shows as such and is created when accepted', async () => {
    const { loop, proposal } = await propose('<<EDIT(notes/new.md):# New\n:EDIT');
    assert.equal(proposal.kind, 'create');
    await parts.review.open(proposal.id);
    await diffTab();
    assert.equal(vscode.window.tabGroups.activeTabGroup.activeTab?.label, 'new.md (Plurnk: new file, editable)');
    await vscode.commands.executeCommand('plurnk.acceptProposal');
    await loop.ended;
    assert.equal(await readFile('notes/new.md'), '# New\n');
  });

  it('[UI-23] a deletion shows as such and deletes when accepted', async () => {
    const { loop, proposal } = await propose('<<KILL(b.txt)::KILL');
    assert.equal(proposal.kind, 'delete');
    await parts.review.open(proposal.id);
    await diffTab();
    assert.equal(vscode.window.tabGroups.activeTabGroup.activeTab?.label, 'b.txt (Plurnk: deletion)');
    await vscode.commands.executeCommand('plurnk.acceptProposal');
    await loop.ended;
    await assert.rejects(async () => await readFile('b.txt'));
  });

  it('[UI-24] a file that changed meanwhile is a conflict; another try tells the model', async () => {
    const { loop, proposal } = await propose(edit('a.txt', 2, 'second'));
    await writeFile('a.txt', BEFORE.replace('line 9', 'mine'));
    await eventually(
      () => parts.proposals.get(proposal.id)?.conflict,
      conflict => conflict === true,
      'the conflict shows',
    );
    await parts.review.retry(proposal.id);
    await loop.ended;
    const { entries } = await parts.server.request('log.read', { runId: loop.runId });
    assert.equal(entries.find(({ id }) => id === proposal.id)?.outcome, 'write_conflict');
    assert.equal(await readFile('a.txt'), BEFORE.replace('line 9', 'mine'));
  });

  it('[UI-24] accepting a conflict all the same writes nothing, and the proposal waits', async () => {
    const { loop, proposal } = await propose(edit('a.txt', 2, 'second'));
    await writeFile('a.txt', BEFORE.replace('line 9', 'mine'));
    await parts.review.accept(proposal.id);
    assert.equal(await readFile('a.txt'), BEFORE.replace('line 9', 'mine'));
    assert.equal(parts.proposals.get(proposal.id)?.conflict, true);
    await parts.review.retry(proposal.id);
    await loop.ended;
    assert.equal(await readFile('a.txt'), BEFORE.replace('line 9', 'mine'));
  });

  it('[UI-25] an accepted change is undone from its line, and refused when the file moved on', async () => {
    const { loop, proposal } = await propose(edit('a.txt', 2, 'second'));
    await parts.review.accept(proposal.id);
    await loop.ended;
    assert.equal(await parts.review.undo(proposal.id), true);
    assert.equal(await readFile('a.txt'), BEFORE);

    const again = await propose(edit('b.txt', 2, 'second'));
    await parts.review.accept(again.proposal.id);
    await again.loop.ended;
    await writeFile('b.txt', 'something else\n');
    assert.equal(await parts.review.undo(again.proposal.id), false);
    assert.equal(await readFile('b.txt'), 'something else\n');
  });

  it('[UI-25] [RES-64] an accepted change is undone by the editor’s own undo', async () => {
    const document = await vscode.workspace.openTextDocument(fileUri('a.txt'));
    await vscode.window.showTextDocument(document);
    const { loop, proposal } = await propose(edit('a.txt', 2, 'second'));
    await parts.review.accept(proposal.id);
    await loop.ended;
    assert.equal(document.getText(), BEFORE.replace('line 2\n', 'second\n'));
    assert.equal(document.isDirty, false);
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('undo');
    await eventually(
      () => document.getText(),
      text => text === BEFORE,
      'undo',
    );
    // The undone text is unsaved: it must not meet the next test.
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await eventually(
      () => document.isDirty,
      dirty => !dirty,
      'the document is clean',
    );
  });

  it('[UI-16] [RES-62] the model reads what is unsaved, and a dirty file is not saved behind the person’s back', async () => {
    const document = await vscode.workspace.openTextDocument(fileUri('a.txt'));
    await vscode.window.showTextDocument(document);
    await retype(document, 'line 1\n', 'unsaved\n');
    await eventually(
      () => document.isDirty,
      dirty => dirty,
      'the document is dirty',
    );
    parts.buffers.flush();
    const { loop, proposal } = await propose(edit('a.txt', 2, 'second'));
    assert.equal(proposal.baseline, BEFORE.replace('line 1\n', 'unsaved\n'));
    await parts.review.accept(proposal.id);
    await loop.ended;
    assert.equal(document.getText(), BEFORE.replace('line 1\n', 'unsaved\n').replace('line 2\n', 'second\n'));
    assert.equal(await readFile('a.txt'), BEFORE, 'the person saves, not we');
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });
});
