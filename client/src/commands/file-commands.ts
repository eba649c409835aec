import type { Chip } from '@plurnk/protocol/webview';
import * as vscode from 'vscode';
import { fileChip } from '../chat/completions.ts';
import { quote, selectionChip } from '../chat/selection-chip.ts';
import type { Services } from '../context.ts';
import { entryUri } from '../entries/entry-documents.ts';
import { workspacePath } from '../session/workspace-paths.ts';
import type { CommandGroup } from './command.ts';

/** Files of an explorer or tab command: the selection, else the one clicked, else the active editor's. */
function urisOf(clicked: unknown, selection: unknown): vscode.Uri[] {
  if (Array.isArray(selection)) {
    const uris = selection.filter(each => each instanceof vscode.Uri);
    if (uris.length > 0) return uris;
  }
  if (clicked instanceof vscode.Uri) return [clicked];
  const active = vscode.window.activeTextEditor?.document.uri;
  return active ? [active] : [];
}

async function withSelection({ chat }: Services, text: string, send: boolean): Promise<void> {
  const chip = selectionChip(vscode.window.activeTextEditor);
  await chat.compose(text, chip ? [chip] : [], send);
}

/** A problem of the editor, with its lines (UI-52). */
async function fixProblem({ chat }: Services, uri: unknown, diagnostic: unknown): Promise<void> {
  if (!(uri instanceof vscode.Uri) || !(diagnostic instanceof vscode.Diagnostic)) return;
  const document = await vscode.workspace.openTextDocument(uri);
  const path = workspacePath(uri);
  const lines: [number, number] = [diagnostic.range.start.line + 1, diagnostic.range.end.line + 1];
  const whole = new vscode.Range(lines[0] - 1, 0, lines[1] - 1, Number.MAX_SAFE_INTEGER);
  const text = `${diagnostic.source ?? ''} ${diagnostic.message}`.trim();
  const chip: Chip = {
    path,
    label: `${path.split('/').at(-1) ?? path}:${lines[0]}`,
    lines,
    text: `${text}\n${quote(document, whole)}`,
  };
  await chat.compose(vscode.l10n.t('Fix this problem: {0}', text), [chip], false);
}

export const fileCommands = {
  'plurnk.addToChat': async ({ chat }, clicked, selection) => {
    const chips = urisOf(clicked, selection).map(uri => fileChip(workspacePath(uri)));
    await chat.compose('', chips, false);
  },
  'plurnk.pick': ({ rules }, clicked, selection) => rules.set(urisOf(clicked, selection), 'pick'),
  'plurnk.hide': ({ rules }, clicked, selection) => rules.set(urisOf(clicked, selection), 'hide'),
  'plurnk.viewOnly': ({ rules }, clicked, selection) => rules.set(urisOf(clicked, selection), 'view'),
  'plurnk.clearRule': ({ rules }, clicked, selection) => rules.clear(urisOf(clicked, selection)),
  'plurnk.addSelectionToChat': services => withSelection(services, '', false),
  'plurnk.askSelection': services => withSelection(services, '', false),
  'plurnk.explainSelection': services => withSelection(services, vscode.l10n.t('Explain this.'), false),
  'plurnk.fixProblem': fixProblem,
  'plurnk.openEntry': async (_services, target) => {
    if (typeof target === 'string') await vscode.window.showTextDocument(entryUri(target), { preview: true });
  },
  'plurnk.refreshEntries': ({ entryTree }) => entryTree.refresh(),
  'plurnk.openInspector': async ({ inspector }, turnId) =>
    await inspector.open(typeof turnId === 'number' ? turnId : null),
} satisfies CommandGroup;
