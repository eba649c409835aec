import type { Chip } from '@plurnk/protocol/webview';
import * as vscode from 'vscode';
import { workspacePath } from '../session/workspace-paths.ts';
import type { ChatView } from './chat-view.ts';
import { fileChip } from './completions.ts';

/** The person drags: the chip follows when they pause. */
const PAUSE_MS = 120;
/** More is named by its lines only; the model reads what it needs. */
const MOST_QUOTED = 20_000;

/** Shows what is selected in the editor as a chip that goes with the next prompt, unless it is taken away (UI-10). */
export class SelectionChip implements vscode.Disposable {
  readonly #view: ChatView;
  readonly #disposables: vscode.Disposable[];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(view: ChatView) {
    this.#view = view;
    this.#disposables = [
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
        if (textEditor === vscode.window.activeTextEditor) this.#later();
      }),
      vscode.window.onDidChangeActiveTextEditor(() => this.#later()),
      view.onMessage(({ type }) => {
        if (type === 'ready') this.#post();
      }),
    ];
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #later(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#post(), PAUSE_MS);
  }

  #post(): void {
    const editor = vscode.window.activeTextEditor;
    this.#view.post('selection', { chip: editor && isOfWorkspace(editor) ? selectedChip(editor) : null });
  }
}

/** Not the sides of a diff of ours, not the output panel. */
function isOfWorkspace({ document: { uri } }: vscode.TextEditor): boolean {
  return uri.scheme === 'untitled' || vscode.workspace.getWorkspaceFolder(uri) !== undefined;
}

/** The lines of a selection; null when nothing is selected. */
export function selectedChip({ document, selection }: vscode.TextEditor): Chip | null {
  if (selection.isEmpty) return null;
  const path = workspacePath(document.uri);
  // A selection that ends before the first character of a line does not hold that line.
  const last = selection.end.character === 0 ? selection.end.line : selection.end.line + 1;
  const lines: [number, number] = [selection.start.line + 1, Math.max(selection.start.line + 1, last)];
  const text = quote(document, selection);
  const span = lines[0] === lines[1] ? `${lines[0]}` : `${lines[0]}–${lines[1]}`;
  const label = `${path.split('/').at(-1) ?? path}:${span}`;
  return { path, label, lines, text: text.length > MOST_QUOTED ? null : text };
}

/** The selection; without one, the file. */
export function selectionChip(editor: vscode.TextEditor | undefined): Chip | null {
  if (!editor) return null;
  return selectedChip(editor) ?? fileChip(workspacePath(editor.document.uri));
}

export function quote(document: vscode.TextDocument, range: vscode.Range): string {
  return `\`\`\`${document.languageId}\n${document.getText(range)}\n\`\`\``;
}
