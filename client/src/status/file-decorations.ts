import * as vscode from 'vscode';
import type { FileRules } from '../members/file-rules.ts';
import type { ProposalService } from '../review/proposal-service.ts';

/** Marks files with a waiting change, hidden files and view-only files (UI-22, UI-51). */
export class FileDecorations implements vscode.FileDecorationProvider, vscode.Disposable {
  readonly #proposals: ProposalService;
  readonly #rules: FileRules;
  readonly #changes = new vscode.EventEmitter<vscode.Uri[] | undefined>();
  readonly #disposables: vscode.Disposable[];
  readonly onDidChangeFileDecorations = this.#changes.event;

  constructor(proposals: ProposalService, rules: FileRules) {
    this.#proposals = proposals;
    this.#rules = rules;
    this.#disposables = [
      vscode.window.registerFileDecorationProvider(this),
      proposals.onChanged(() => this.#changes.fire(undefined)),
      rules.onChanged(() => this.#changes.fire(undefined)),
    ];
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    if (uri.scheme !== 'file') return undefined;
    const text = uri.toString();
    if (this.#proposals.files.some(proposal => this.#proposals.uriOf(proposal).toString() === text)) {
      const color = new vscode.ThemeColor('gitDecoration.modifiedResourceForeground');
      return { badge: 'P', tooltip: vscode.l10n.t('Plurnk: a change waits for you'), color, propagate: true };
    }
    const effect = this.#rules.effectOf(uri);
    if (effect === 'hidden') {
      const color = new vscode.ThemeColor('disabledForeground');
      return { badge: 'H', tooltip: vscode.l10n.t('Hidden from Plurnk'), color };
    }
    return effect === 'view'
      ? { badge: 'V', tooltip: vscode.l10n.t('Plurnk may read this file, not change it') }
      : undefined;
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
    this.#changes.dispose();
  }
}
