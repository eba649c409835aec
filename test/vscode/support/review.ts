import * as vscode from 'vscode';
import type { Services } from '../../../client/src/context.ts';
import type { PendingProposal } from '../../../client/src/review/proposal.ts';
import { emission, nextEvent, startLoop } from './extension.ts';
import { eventually } from './wait.ts';

/** A loaded machine opens an editor slowly. */
export const PATIENCE_MS = 60_000;

/** Twenty lines. */
export const LINES = Array.from({ length: 20 }, (_, at) => `line ${at + 1}\n`).join('');

/** Lets the model of a script propose; resolves when the first proposal is announced. */
export async function propose(parts: Services, ...statements: string[]) {
  const added = nextEvent(parts.proposals.onAdded);
  const loop = await startLoop([emission(statements)]);
  return { loop, proposal: await added };
}

/** The diff editor in front. */
export function diffTab(): Promise<vscode.TabInputTextDiff> {
  return eventually(
    () => vscode.window.tabGroups.activeTabGroup.activeTab?.input,
    input => input instanceof vscode.TabInputTextDiff,
    'a diff editor',
    PATIENCE_MS,
  ) as Promise<vscode.TabInputTextDiff>;
}

/** Opens the review of a change and gives its right side. */
export async function rightOf(parts: Services, { id }: PendingProposal): Promise<vscode.TextDocument> {
  await parts.review.open(id);
  return await vscode.workspace.openTextDocument((await diffTab()).modified);
}

export function activeLabel(): string {
  return vscode.window.tabGroups.activeTabGroup.activeTab?.label ?? '';
}

/** Types over the first place that holds `from`. */
export async function retype(document: vscode.TextDocument, from: string, to: string): Promise<void> {
  const at = document.getText().indexOf(from);
  if (at < 0) throw new Error(`${JSON.stringify(from)} is not in ${document.uri.toString()}`);
  const change = new vscode.WorkspaceEdit();
  change.replace(document.uri, new vscode.Range(document.positionAt(at), document.positionAt(at + from.length)), to);
  if (!(await vscode.workspace.applyEdit(change))) throw new Error('the editor refused the edit');
}

export async function lensesOf(document: vscode.TextDocument): Promise<readonly vscode.CodeLens[]> {
  return await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri);
}

/** Clicks the nth lens of a command. */
export async function click(document: vscode.TextDocument, command: string, nth = 0): Promise<void> {
  const lens = (await lensesOf(document)).filter(each => each.command?.command === command)[nth];
  if (!lens?.command) throw new Error(`no lens ${nth} of ${command}`);
  await vscode.commands.executeCommand(command, ...(lens.command.arguments ?? []));
}
