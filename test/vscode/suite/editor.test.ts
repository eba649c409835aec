import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Services } from '../../../client/src/context.ts';
import { entryUri } from '../../../client/src/entries/entry-documents.ts';
import { answer } from '../../../client/src/participant/chat-participant.ts';
import {
  emission,
  fileUri,
  freshSession,
  nextEvent,
  scriptedModel,
  startLoop,
  writeFile,
} from '../support/extension.ts';
import { eventually } from '../support/wait.ts';

describe('elsewhere in the editor', () => {
  let parts: Services;
  beforeEach(async () => {
    parts = await freshSession();
  });
  afterEach(async () => {
    await parts.chat.stop();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
  const none = new vscode.CancellationTokenSource().token;

  it('[UI-34] the model’s knowledge opens as a document, and what the person saves is what the model finds', async () => {
    const loop = await startLoop([emission(['<<EDIT(known:///plans/next.md):# Next\n:EDIT'])]);
    await loop.ended;
    await vscode.commands.executeCommand('plurnk.openEntry', 'known:///plans/next.md');
    const document = vscode.window.activeTextEditor?.document;
    assert.equal(document?.uri.toString(), entryUri('known:///plans/next.md').toString());
    assert.equal(document?.getText(), '# Next\n');
    const change = new vscode.WorkspaceEdit();
    change.insert(document?.uri ?? fileUri(''), new vscode.Position(1, 0), '- by hand\n');
    await vscode.workspace.applyEdit(change);
    assert.equal(await document?.save(), true);
    const { entry } = await parts.server.request('entry.read', { target: 'known:///plans/next.md' });
    assert.equal(Object.values(entry?.channels ?? {})[0]?.content, '# Next\n- by hand\n');
  });

  it('[UI-34] prompts and docs are read-only documents', async () => {
    await assert.rejects(async () => {
      await vscode.workspace.fs.writeFile(entryUri('plurnk:///docs/x.md'), new TextEncoder().encode('x'));
    });
  });

  it('[UI-51] hide and view only take effect at once, and Clear Rule takes them back', async () => {
    const file = fileUri('README.md');
    await vscode.commands.executeCommand('plurnk.hide', file);
    assert.equal(parts.rules.effectOf(file), 'hidden');
    const { status } = await parts.server.request('op.read', { target: 'README.md' });
    assert.equal(status, 404);
    await vscode.commands.executeCommand('plurnk.clearRule', file);
    assert.equal(parts.rules.effectOf(file), undefined);
    await vscode.commands.executeCommand('plurnk.viewOnly', file);
    assert.equal(parts.rules.effectOf(file), 'view');
    await vscode.commands.executeCommand('plurnk.clearRule', file);
  });

  it('[UI-52] the lightbulb offers to fix a problem, and to ask about a selection', async () => {
    const document = await vscode.workspace.openTextDocument(fileUri('src/menu.ts'));
    await vscode.window.showTextDocument(document);
    const problems = vscode.languages.createDiagnosticCollection('test');
    const range = new vscode.Range(0, 0, 0, 6);
    problems.set(document.uri, [new vscode.Diagnostic(range, 'is not right')]);
    try {
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        document.uri,
        range,
      );
      const commands = actions.map(({ command }) => command?.command);
      for (const id of ['plurnk.fixProblem', 'plurnk.askSelection', 'plurnk.explainSelection'])
        assert.ok(commands.includes(id), id);
    } finally {
      problems.dispose();
    }
  });

  it('[UI-53] @plurnk answers over the same engine: messages, a button for what waits, the same session', async () => {
    await writeFile('chat.txt', 'old\n');
    const alias = await scriptedModel([emission(['<<EDIT(chat.txt)<1>:new\n:EDIT'], 200, 'Changed **it**.')]);
    await parts.models.select(alias);
    const said: string[] = [];
    const buttons: vscode.Command[] = [];
    const stream = {
      markdown: (text: string) => said.push(text),
      progress: (text: string) => said.push(text),
      button: (command: vscode.Command) => buttons.push(command),
    } as unknown as vscode.ChatResponseStream;
    const added = nextEvent(parts.proposals.onAdded);
    const answered = answer(parts, { prompt: 'change it', references: [] }, stream, none);
    const { id } = await added;
    await parts.review.accept(id);
    await answered;
    assert.match(said.join('\n'), /Changed \*\*it\*\*\./);
    assert.deepEqual(
      buttons.map(({ command, arguments: args }) => [command, args]),
      [['plurnk.openProposal', [id]]],
    );
    const { prompts } = await parts.server.request('session.prompts', {});
    assert.equal(prompts[0], 'change it');
    await parts.models.select('demo');
  });

  it('[UI-53] the plurnk_* tools of the manifest are registered and work', async () => {
    const manifest = vscode.extensions.getExtension('plurnk.plurnk')?.packageJSON as {
      contributes: { languageModelTools: { name: string }[] };
    };
    const names = manifest.contributes.languageModelTools.map(({ name }) => name).sort();
    assert.deepEqual(
      vscode.lm.tools
        .map(({ name }) => name)
        .filter(name => name.startsWith('plurnk_'))
        .sort(),
      names,
    );
    const invoke = async (name: string, input: object) => {
      const { content } = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined }, none);
      return content.map(part => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
    };
    assert.match(await invoke('plurnk_read', { target: 'src/menu.ts', firstLine: 1, lastLine: 2 }), /MenuItem/);
    assert.match(await invoke('plurnk_find', { scope: 'src/**' }), /order\.ts/);
  });

  it('[UI-3] a key lives in the secret storage: not in settings, not in any file of ours', async () => {
    const key = 'sk-test-0123456789-abcdefghij';
    await parts.editorState.setKey('secretive', key);
    parts.server.notify('plurnk/editor.changed', parts.editorState.current());
    const loop = await startLoop([emission([])], 'anything');
    await loop.ended;
    assert.ok(parts.editorState.keyed().includes('secretive'));
    assert.doesNotMatch(JSON.stringify(vscode.workspace.getConfiguration('plurnk')), /sk-test/);
    const { storageUri, globalStorageUri, logUri } = parts.context;
    for (const uri of [storageUri, globalStorageUri, logUri]) {
      for (const file of uri ? filesOf(uri.fsPath) : []) assert.equal(readFileSync(file).includes(key), false, file);
    }
    await parts.editorState.setKey('secretive', '');
    assert.deepEqual(parts.editorState.keyed(), []);
  });

  it('[UI-55] Doctor prints a report without secrets', async () => {
    await parts.editorState.setKey('secretive', 'sk-test-doctor-0123456789');
    parts.server.notify('plurnk/editor.changed', parts.editorState.current());
    await vscode.commands.executeCommand('plurnk.doctor');
    const text = vscode.window.activeTextEditor?.document.getText() ?? '';
    await parts.editorState.setKey('secretive', '');
    for (const word of [/git/i, /database/i, /model/i]) assert.match(text, word);
    assert.doesNotMatch(text, /sk-test/);
  });

  it('[UI-17] a prompt of an earlier session is found by its words, and its session opens', async () => {
    const loop = await startLoop([emission([])], 'Polish the zirconium teapot');
    await loop.ended;
    const before = parts.session.current?.id;
    await parts.session.create();
    const hits = await eventually(
      async () => (await parts.server.request('session.search', { query: 'zirconium' })).hits,
      found => found.length > 0,
      'the prompt is found',
    );
    assert.equal(hits[0]?.sessionId, before);
    await parts.session.switchTo(hits[0]?.sessionId ?? 0, hits[0]?.runId ?? null);
    assert.equal(parts.session.current?.id, before);
    assert.equal(parts.session.runId, loop.runId);
  });

  it('[UI-1] the demo model is there without an account, and comes last', async () => {
    await parts.models.discover();
    assert.equal(parts.models.choices.at(-1)?.alias, 'demo');
    assert.equal(parts.models.choices.at(-1)?.group, 'demo');
  });
});

function filesOf(folder: string): string[] {
  let names: string[] = [];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names.flatMap(name => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesOf(path) : [path];
  });
}
