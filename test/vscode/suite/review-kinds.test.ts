import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Services } from '../../../client/src/context.ts';
import { fileUri, freshSession, readFile, savedByThePerson, writeFile } from '../support/extension.ts';
import {
  activeLabel,
  click,
  diffTab,
  LINES,
  lensesOf,
  PATIENCE_MS,
  propose,
  retype,
  rightOf,
} from '../support/review.ts';
import { eventually } from '../support/wait.ts';

const edit = (path: string, line: number, text: string) => `<<EDIT(${path})<${line}>:${text}\n:EDIT`;
/** Lines of about 1000 characters. */
const longText = (lines: number): string =>
  Array.from({ length: lines }, (_, at) => `line ${at + 1} ${'of a long text '.repeat(66)}\n`).join('');
const withoutFirst = (text: string): string => text.slice(text.indexOf('\n') + 1);

describe('review of every kind of change', function () {
  this.timeout(120_000);
  let parts: Services;
  savedByThePerson();
  beforeEach(async () => {
    parts = await freshSession();
    await writeFile('kinds/a.txt', LINES);
  });
  afterEach(async () => {
    await parts.chat.stop();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(fileUri('kinds'), { recursive: true });
  });
  const gone = async (path: string) => await assert.rejects(async () => await readFile(path), path);
  /** The document that tells what a diff would not show. */
  const summary = async (id: number) => {
    await parts.review.open(id);
    const { document } = await eventually(
      () => vscode.window.activeTextEditor as vscode.TextEditor,
      editor => editor?.document.uri.scheme === 'plurnk-review',
      'the summary',
      PATIENCE_MS,
    );
    return document;
  };

  it('[UI-23] [UI-20] a rename shows as such; what the person edits on the right is in the new file', async () => {
    const { loop, proposal } = await propose(parts, '<<MOVE(kinds/a.txt):kinds/b.txt:MOVE');
    assert.deepEqual([proposal.kind, proposal.path, proposal.to], ['move', 'kinds/a.txt', 'kinds/b.txt']);
    const right = await rightOf(parts, proposal);
    assert.equal(activeLabel(), 'b.txt (Plurnk: rename from kinds/a.txt, editable)');
    assert.equal(right.getText(), LINES);
    await retype(right, 'line 2\n', 'by hand\n');
    await vscode.commands.executeCommand('plurnk.acceptProposal');
    assert.equal(await loop.ended, 200);
    assert.equal(await readFile('kinds/b.txt'), LINES.replace('line 2\n', 'by hand\n'));
    await gone('kinds/a.txt');
  });

  it('[UI-23] a rejected rename leaves the file where it is; an accepted one can be undone', async () => {
    const first = await propose(parts, '<<MOVE(kinds/a.txt):kinds/b.txt:MOVE');
    await parts.review.reject(first.proposal.id);
    await first.loop.ended;
    assert.equal(await readFile('kinds/a.txt'), LINES);
    await gone('kinds/b.txt');
    const second = await propose(parts, '<<MOVE(kinds/a.txt):kinds/b.txt:MOVE');
    await parts.review.accept(second.proposal.id);
    await second.loop.ended;
    await gone('kinds/a.txt');
    assert.equal(await parts.review.undo(second.proposal.id), true);
    assert.equal(await readFile('kinds/a.txt'), LINES);
    await gone('kinds/b.txt');
  });

  it('[UI-23] a binary file is told, not shown; reject keeps it, accept deletes it', async () => {
    const bytes = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 1]);
    await vscode.workspace.fs.writeFile(fileUri('kinds/p.dat'), bytes);
    const first = await propose(parts, '<<KILL(kinds/p.dat)::KILL');
    assert.equal(first.proposal.summary, 'binary');
    const told = await summary(first.proposal.id);
    assert.match(told.getText(), /Deletion of kinds\/p\.dat[\s\S]*Size: 8 bytes[\s\S]*binary/);
    const commands = (await lensesOf(told)).map(({ command }) => command?.command);
    assert.deepEqual(commands, ['plurnk.acceptProposal', 'plurnk.rejectProposal']);
    await vscode.commands.executeCommand('plurnk.rejectProposal');
    await first.loop.ended;
    assert.deepEqual([...(await vscode.workspace.fs.readFile(fileUri('kinds/p.dat')))], [...bytes]);
    const second = await propose(parts, '<<KILL(kinds/p.dat)::KILL');
    await click(await summary(second.proposal.id), 'plurnk.acceptProposal');
    await second.loop.ended;
    await gone('kinds/p.dat');
  });

  it('[UI-23] a generated file is told; the diff opens when it is asked for; accept writes', async () => {
    await writeFile('kinds/yarn.lock', LINES);
    const { loop, proposal } = await propose(parts, edit('kinds/yarn.lock', 2, 'second'));
    assert.equal(proposal.summary, 'generated');
    const told = await summary(proposal.id);
    assert.match(
      told.getText(),
      /Change of kinds\/yarn\.lock[\s\S]*1 lines added, 1 lines removed[\s\S]*A tool writes/,
    );
    assert.equal(activeLabel(), 'yarn.lock (Plurnk: generated file)');
    await click(told, 'plurnk.showDiff');
    const { modified } = await diffTab();
    const right = await vscode.workspace.openTextDocument(modified);
    assert.equal(right.getText(), LINES.replace('line 2\n', 'second\n'));
    await vscode.commands.executeCommand('plurnk.acceptProposal');
    await loop.ended;
    assert.equal(await readFile('kinds/yarn.lock'), LINES.replace('line 2\n', 'second\n'));
  });

  it('[UI-23] a file over 5 MB is told; accept writes it', async () => {
    const huge = longText(5_100);
    await writeFile('kinds/huge.txt', huge);
    const { loop, proposal } = await propose(parts, edit('kinds/huge.txt', 1, 'first'));
    assert.equal(proposal.summary, 'huge');
    assert.match((await summary(proposal.id)).getText(), /more than 5 MB/);
    await vscode.commands.executeCommand('plurnk.acceptProposal');
    await loop.ended;
    assert.ok((await readFile('kinds/huge.txt')) === `first\n${withoutFirst(huge)}`);
  });

  it('[UI-20] [UI-23] a text of more than 1 MiB is whole on both sides of the diff, without a false conflict', async () => {
    const long = longText(1_200);
    await writeFile('kinds/long.txt', long);
    const { loop, proposal } = await propose(parts, edit('kinds/long.txt', 1, 'first'));
    assert.deepEqual([proposal.summary, proposal.baseline], [null, null]);
    const right = await rightOf(parts, proposal);
    const { original } = await diffTab();
    assert.ok((await vscode.workspace.openTextDocument(original)).getText() === long);
    assert.ok(right.getText() === `first\n${withoutFirst(long)}`);
    assert.equal((await parts.proposals.check(proposal.id)).conflict, false);
    await click(right, 'plurnk.acceptHunk');
    await loop.ended;
    assert.ok((await readFile('kinds/long.txt')) === `first\n${withoutFirst(long)}`);
  });

  it('[UI-21] hunks stay theirs while the person types elsewhere; a decision can be taken back', async () => {
    const whole = LINES.replace('line 4\n', 'four\n').replace('line 10\n', '').replace('line 18\n', 'line 18\nnew\n');
    const { loop, proposal } = await propose(parts, `<<EDIT(kinds/a.txt):${whole}:EDIT`);
    const right = await rightOf(parts, proposal);
    await retype(right, 'line 1\n', 'line 1\ntyped by hand\n');
    await click(right, 'plurnk.rejectHunk', 1);
    assert.ok(right.getText().includes('line 9\nline 10\nline 11\n'), 'the removed line is back');
    await click(right, 'plurnk.reopenHunk');
    assert.ok(!right.getText().includes('line 10\n'), 'and proposed to go again');
    await click(right, 'plurnk.rejectHunk', 1);
    await click(right, 'plurnk.acceptHunk', 1);
    assert.equal(await readFile('kinds/a.txt'), LINES, 'one hunk is not decided yet');
    await click(right, 'plurnk.rejectHunk', 0);
    await loop.ended;
    const expected = LINES.replace('line 1\n', 'line 1\ntyped by hand\n').replace('line 18\n', 'line 18\nnew\n');
    assert.equal(await readFile('kinds/a.txt'), expected);
  });

  it('[UI-21] by keyboard: the hunk at the cursor is decided, and the cursor goes to the next', async () => {
    const whole = LINES.replace('line 4\n', 'four\n').replace('line 16\n', 'sixteen\n');
    const { loop, proposal } = await propose(parts, `<<EDIT(kinds/a.txt):${whole}:EDIT`);
    const right = await rightOf(parts, proposal);
    const editor = await eventually(
      () => vscode.window.activeTextEditor as vscode.TextEditor,
      active => active?.document === right,
      'the right side has the focus',
      PATIENCE_MS,
    );
    editor.selection = new vscode.Selection(3, 0, 3, 0);
    await vscode.commands.executeCommand('plurnk.rejectHunk');
    assert.equal(editor.selection.active.line, 15);
    await vscode.commands.executeCommand('plurnk.acceptHunk');
    await loop.ended;
    assert.equal(await readFile('kinds/a.txt'), LINES.replace('line 16\n', 'sixteen\n'));
  });
});
