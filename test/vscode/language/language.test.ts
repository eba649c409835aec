import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';

interface Api {
  readonly ready: Promise<void>;
  readonly services: { readonly session: { open(): Promise<unknown> } };
}

const folder = (): string => vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';

/** A `.plurnk` document of the workspace, shown in the editor. */
async function open(name: string, text: string): Promise<vscode.TextDocument> {
  const file = join(folder(), name);
  await writeFile(file, text);
  const document = await vscode.workspace.openTextDocument(file);
  await vscode.window.showTextDocument(document);
  return document;
}

/** Resolves when the editor holds diagnostics of the document that satisfy `wanted`. */
function diagnostics(
  uri: vscode.Uri,
  wanted: (found: readonly vscode.Diagnostic[]) => boolean,
): Promise<readonly vscode.Diagnostic[]> {
  return new Promise(resolve => {
    const look = (): boolean => {
      const found = vscode.languages.getDiagnostics(uri);
      if (wanted(found)) resolve(found);
      return wanted(found);
    };
    if (look()) return;
    const listener = vscode.languages.onDidChangeDiagnostics(() => {
      if (look()) listener.dispose();
    });
  });
}

const run = <T>(command: string, ...args: unknown[]): Thenable<T> =>
  vscode.commands.executeCommand<T>(command, ...args);
const SAMPLE =
  '<<PLAN:Look around:PLAN\n<<READ [a,  b] (README.md) ::READ\n<<EDIT_x(known:///notes.md):\none\ntwo\n:EDIT_x\n<<SEND[200]:done:SEND\n';

describe('language features in the editor', () => {
  let document: vscode.TextDocument;
  before(async () => {
    const extension = vscode.extensions.getExtension<Api>('plurnk.plurnk');
    assert.ok(extension);
    const { ready, services } = await extension.activate();
    await ready;
    document = await open('features.plurnk', SAMPLE);
    await services.session.open();
  });

  it('[UI-41] a keystroke that breaks a statement shows its error, the next takes it back', async () => {
    const broken = await open('broken.plurnk', '<<READ(README.md)::READ\n');
    const edit = new vscode.WorkspaceEdit();
    edit.insert(broken.uri, new vscode.Position(0, 17), 'x');
    await vscode.workspace.applyEdit(edit);
    const [error] = await diagnostics(broken.uri, found => found.length === 1);
    assert.equal(error?.source, 'plurnk');
    assert.equal(error?.range.start.character, 17);
    await run('undo');
    await diagnostics(broken.uri, found => found.length === 0);
  });

  it('[UI-41] vscode.executeCompletionItemProvider offers ops and files of the workspace', async () => {
    const ops = await open('complete.plurnk', '<<RE');
    const list = await run<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      ops.uri,
      new vscode.Position(0, 4),
    );
    assert.ok(list.items.some(item => item.label === 'READ'));
    const targets = await open('targets.plurnk', '<<READ(READ)::READ');
    const files = await run<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      targets.uri,
      new vscode.Position(0, 11),
    );
    assert.ok(files.items.some(item => item.label === 'README.md'));
  });

  it('[UI-41] vscode.executeHoverProvider tells the rules of the op', async () => {
    const hovers = await run<vscode.Hover[]>('vscode.executeHoverProvider', document.uri, new vscode.Position(1, 4));
    const text = hovers
      .flatMap(hover => hover.contents.map(one => (typeof one === 'string' ? one : one.value)))
      .join('\n');
    assert.match(text, /\*\*READ\*\*/);
  });

  it('[UI-41] vscode.executeDocumentSymbolProvider lists the statements', async () => {
    const symbols = await run<vscode.DocumentSymbol[]>('vscode.executeDocumentSymbolProvider', document.uri);
    assert.deepEqual(
      symbols.map(symbol => symbol.name),
      ['PLAN Look around', 'READ README.md', 'EDIT_x known:///notes.md', 'SEND done'],
    );
  });

  it('[UI-41] vscode.executeFoldingRangeProvider folds statements over several lines', async () => {
    const ranges = await run<vscode.FoldingRange[]>('vscode.executeFoldingRangeProvider', document.uri);
    assert.ok(ranges.some(range => range.start === 2 && range.end === 5));
  });

  it('[UI-41] vscode.executeLinkProvider links targets', async () => {
    const links = await run<vscode.DocumentLink[]>('vscode.executeLinkProvider', document.uri);
    const targets = links.map(link => link.target?.toString() ?? '');
    assert.ok(targets.some(target => target.endsWith('/README.md')));
    assert.ok(targets.some(target => target.startsWith('plurnk-entry:')));
  });

  it('[UI-41] vscode.provideDocumentSemanticTokens colours tags and slots', async () => {
    const tokens = await run<vscode.SemanticTokens>('vscode.provideDocumentSemanticTokens', document.uri);
    assert.ok(tokens.data.length >= 5 * 10);
  });

  it('[UI-41] vscode.executeFormatDocumentProvider tidies slots', async () => {
    const edits = await run<vscode.TextEdit[]>('vscode.executeFormatDocumentProvider', document.uri, {
      tabSize: 2,
      insertSpaces: true,
    });
    assert.ok(
      edits.some(edit => edit.newText.includes('[a,b](README.md)') || edit.newText === ''),
      JSON.stringify(edits),
    );
  });

  it('[UI-41] vscode.executeCodeActionProvider offers to close an open op', async () => {
    const open_ = await open('close.plurnk', '<<EDIT(known:///x.md):text\n');
    const actions = await run<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      open_.uri,
      new vscode.Range(0, 0, 0, 5),
    );
    const close = actions.find(action => action.title.includes(':EDIT'));
    assert.ok(close?.edit);
    await vscode.workspace.applyEdit(close.edit);
    assert.equal(open_.getText(), '<<EDIT(known:///x.md):text:EDIT\n');
  });

  it('[UI-41] vscode.executeDocumentRenameProvider renames the suffix in both tags', async () => {
    const edit = await run<vscode.WorkspaceEdit>(
      'vscode.executeDocumentRenameProvider',
      document.uri,
      new vscode.Position(2, 5),
      'EDIT_y',
    );
    assert.equal(edit.get(document.uri).length, 2);
  });

  it('[UI-41] vscode.executeCodeLensProvider offers Run', async () => {
    const lenses = await run<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 10);
    assert.ok(lenses.some(lens => lens.command?.command === 'plurnk.runScript'));
  });

  it('[UI-42] Run Script executes the document and opens the results beside it', async () => {
    const script = await open(
      'script.plurnk',
      '<<EDIT(known:///from-script.md):hello:EDIT\n<<READ(known:///from-script.md)::READ\n<<READ(x)y::READ\n',
    );
    const results = await run<{ status: number }[]>('plurnk.runScript', script.uri);
    assert.deepEqual(
      results.map(result => result.status),
      [201, 200, 400],
    );
    const shown = vscode.window.visibleTextEditors.find(editor => editor.document.uri.scheme === 'plurnk-result');
    assert.match(shown?.document.getText() ?? '', /READ known:\/\/\/from-script\.md · 200[\s\S]*hello/);
    assert.equal(vscode.window.activeTextEditor?.document.uri.toString(), script.uri.toString());
    assert.match(await readFile(script.uri.fsPath, 'utf8'), /from-script/);
  });
});
