import * as vscode from 'vscode';
import type { Conversation } from '../chat/conversation.ts';
import type { ModelService } from '../language-models/model-service.ts';
import type { ProposalService } from '../review/proposal-service.ts';
import type { PlurnkServer } from '../server/plurnk-server.ts';

const WARN_AT = 0.8;

/** State, model, gauge, cost; a click opens the chat (UI-50). */
export class StatusBar implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('plurnk.status', vscode.StatusBarAlignment.Right, 90);
  readonly #disposables: vscode.Disposable[];
  readonly #parts: {
    server: PlurnkServer;
    models: ModelService;
    conversation: Conversation;
    proposals: ProposalService;
  };

  constructor(parts: {
    server: PlurnkServer;
    models: ModelService;
    conversation: Conversation;
    proposals: ProposalService;
  }) {
    this.#parts = parts;
    this.#item.name = 'Plurnk';
    this.#item.command = 'plurnk.openChat';
    const update = () => this.#update();
    this.#disposables = [
      parts.server.onState(update),
      parts.models.onChanged(update),
      parts.conversation.onChanged(update),
      parts.proposals.onChanged(update),
    ];
    this.#update();
    this.#item.show();
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
    this.#item.dispose();
  }

  #update(): void {
    const { conversation, models } = this.#parts;
    const { usage } = conversation;
    const share = usage?.contextSize ? usage.contextTokens / usage.contextSize : null;
    const parts = [`${this.#icon()} Plurnk`];
    if (share !== null) parts.push(`${Math.round(share * 100)} %`);
    this.#item.text = parts.join('  ');
    this.#item.tooltip = this.#tooltip(models.selected?.label ?? null, usage?.costPico ?? null);
    this.#item.backgroundColor =
      this.#parts.server.state === 'failed'
        ? new vscode.ThemeColor('statusBarItem.errorBackground')
        : share !== null && share >= WARN_AT
          ? new vscode.ThemeColor('statusBarItem.warningBackground')
          : undefined;
    void vscode.commands.executeCommand('setContext', 'plurnk.running', conversation.running);
  }

  #icon(): string {
    const { server, conversation, proposals } = this.#parts;
    if (server.state === 'failed') return '$(error)';
    if (server.state !== 'running') return '$(loading~spin)';
    if (proposals.pending.some(({ automatic }) => !automatic)) return '$(bell-dot)';
    return conversation.running ? '$(sync~spin)' : '$(comment-discussion)';
  }

  #tooltip(model: string | null, costPico: number | null): string {
    const { server, conversation, proposals } = this.#parts;
    const waiting = proposals.pending.filter(({ automatic }) => !automatic).length;
    const state =
      server.state === 'failed'
        ? vscode.l10n.t('The server is not running.')
        : waiting > 0
          ? vscode.l10n.t('{0} decisions wait for you', waiting)
          : conversation.running
            ? vscode.l10n.t('Working')
            : vscode.l10n.t('Ready');
    const lines = [`Plurnk — ${state}`];
    if (model) lines.push(vscode.l10n.t('Model: {0}', model));
    if (costPico !== null)
      lines.push(vscode.l10n.t('Cost of the last prompt: {0}', `$${(costPico / 1e12).toFixed(3)}`));
    return lines.join('\n');
  }
}
