import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Services } from '../../../client/src/context.ts';
import { emission, fileUri, freshSession, startLoop, writeFile } from '../support/extension.ts';

describe('sessions out and in', () => {
  let parts: Services;
  before(async () => {
    parts = await freshSession();
  });

  it('[UI-32] an exported session is imported beside it, shown, and goes on', async () => {
    const { ended, runId } = await startLoop([emission(['<<EDIT(known:///kept.md):remember:EDIT'])], 'Remember this');
    assert.equal(await ended, 200);
    const { id, name } = await parts.session.open();
    const before = await parts.server.request('log.read', { runId, limit: 1000 });
    const { content, filename } = await parts.server.request('session.export', { id, format: 'session' });
    await writeFile(filename, content);
    await vscode.commands.executeCommand('plurnk.importSession', fileUri(filename));
    const shown = parts.session.current;
    assert.ok(shown !== null && shown.id !== id);
    assert.equal(shown.name, `${name} (2)`);
    assert.notEqual(parts.session.runId, runId);
    const after = await parts.server.request('log.read', { runId: parts.session.runId ?? 0, limit: 1000 });
    assert.deepEqual(
      after.entries.map(({ op, rx, status_rx }) => ({ op, rx, status_rx })),
      before.entries.map(({ op, rx, status_rx }) => ({ op, rx, status_rx })),
    );
    assert.deepEqual((await parts.server.request('session.prompts', {})).prompts, ['Remember this']);
    const next = await startLoop([emission(['<<READ(known:///kept.md):READ'])], 'Go on');
    assert.equal(await next.ended, 200);
    await vscode.workspace.fs.delete(fileUri(filename));
  });

  it('a kept session is marked for the server, and taken back by the same command', async () => {
    const settings = async () => (await parts.server.request('session.configure', { settings: {} })).settings;
    // The message stays until the person closes it: the command does not wait for that.
    await vscode.commands.executeCommand('plurnk.keepSession');
    assert.equal((await settings()).keep, true);
    await vscode.commands.executeCommand('plurnk.keepSession');
    assert.equal((await settings()).keep, false);
  });

  it('[RPC-2] a file that is no session changes nothing', async () => {
    await writeFile('none.session.jsonl', '{"kind":"other"}\n');
    const shown = parts.session.current;
    const before = await parts.session.history();
    await vscode.commands.executeCommand('plurnk.importSession', fileUri('none.session.jsonl'));
    assert.deepEqual(parts.session.current, shown);
    assert.deepEqual(await parts.session.history(), before);
    await vscode.workspace.fs.delete(fileUri('none.session.jsonl'));
  });
});
