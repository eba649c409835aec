import * as vscode from 'vscode';
import type { CommandGroup } from './command.ts';

interface PlainRange {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
}

const toRange = ({ start, end }: PlainRange): vscode.Range =>
  new vscode.Range(start.line, start.character, end.line, end.character);

/** The document of a lens (its address as text), of an editor title (a Uri), else the active editor's. */
async function documentOf(given: unknown): Promise<vscode.TextDocument | null> {
  const uri = typeof given === 'string' ? vscode.Uri.parse(given, true) : given instanceof vscode.Uri ? given : null;
  if (uri) return await vscode.workspace.openTextDocument(uri);
  return vscode.window.activeTextEditor?.document ?? null;
}

export const scriptCommands = {
  'plurnk.runScript': async ({ scripts }, given, range) => {
    const document = await documentOf(given);
    if (document?.languageId !== 'plurnk') throw new Error(vscode.l10n.t('Open a .plurnk document to run it.'));
    return await scripts.run(document, range ? toRange(range as PlainRange) : undefined);
  },
} satisfies CommandGroup;
