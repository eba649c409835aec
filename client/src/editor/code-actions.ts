import * as vscode from 'vscode';

const SELECTOR: vscode.DocumentSelector = [{ scheme: 'file' }, { scheme: 'untitled' }];

/** The lightbulb: Fix this problem, Ask about the selection, Explain (UI-52). They only fill the chat. */
export class CodeActions implements vscode.CodeActionProvider, vscode.Disposable {
  readonly #registration: vscode.Disposable;

  constructor() {
    this.#registration = vscode.languages.registerCodeActionsProvider(SELECTOR, this, {
      providedCodeActionKinds: [vscode.CodeActionKind.QuickFix, vscode.CodeActionKind.RefactorRewrite],
    });
  }

  provideCodeActions(
    document: vscode.TextDocument,
    range: vscode.Range | vscode.Selection,
    context: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    const fixes = context.diagnostics.map(diagnostic => {
      const action = new vscode.CodeAction(
        vscode.l10n.t('Fix this problem with Plurnk'),
        vscode.CodeActionKind.QuickFix,
      );
      action.diagnostics = [diagnostic];
      action.command = { command: 'plurnk.fixProblem', title: action.title, arguments: [document.uri, diagnostic] };
      return action;
    });
    return range.isEmpty ? fixes : [...fixes, ask('askSelection'), ask('explainSelection')];
  }

  dispose(): void {
    this.#registration.dispose();
  }
}

function ask(command: 'askSelection' | 'explainSelection'): vscode.CodeAction {
  const title =
    command === 'askSelection' ? vscode.l10n.t('Ask Plurnk about this') : vscode.l10n.t('Explain with Plurnk');
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.RefactorRewrite);
  action.command = { command: `plurnk.${command}`, title };
  return action;
}
