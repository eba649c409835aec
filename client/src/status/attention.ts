import * as vscode from 'vscode';
import type { ChatView } from '../chat/chat-view.ts';
import type { PendingProposal } from '../review/proposal.ts';
import type { ProposalService } from '../review/proposal-service.ts';
import type { ReviewService } from '../review/review-service.ts';
import type { PlurnkServer } from '../server/plurnk-server.ts';
import type { SessionService } from '../session/session-service.ts';

const LONG_MS = 30_000;

interface Parts {
  readonly server: PlurnkServer;
  readonly session: SessionService;
  readonly proposals: ProposalService;
  readonly view: Pick<ChatView, 'visible'>;
  readonly review: ReviewService;
  /** Shows a notification with one button; gives the button if it was pressed. */
  readonly notify: (text: string, button: string) => Thenable<string | undefined>;
  /** Whether the person is in this window; an inactive one may lie behind others, its chat with it. */
  readonly focused: () => boolean;
  /** Milliseconds that only grow. */
  readonly elapsed: () => number;
}

/** Notifications only for what needs the person, while the chat is not in sight or the window has no focus (UI-54). */
export class Attention implements vscode.Disposable {
  readonly #parts: Parts;
  readonly #started = new Map<number, number>();
  readonly #disposables: vscode.Disposable[];

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#disposables = [
      parts.proposals.onAdded(proposal => void this.#proposal(proposal)),
      parts.server.onNotification('turn/started', ({ loopId }) => {
        if (!this.#started.has(loopId)) this.#started.set(loopId, parts.elapsed());
      }),
      parts.server.onNotification(
        'loop/terminated',
        ({ loopId, finalStatus }) => void this.#ended(loopId, finalStatus),
      ),
    ];
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #seen(): boolean {
    return this.#parts.view.visible && this.#parts.focused();
  }

  async #proposal(proposal: PendingProposal): Promise<void> {
    if (this.#seen() || !enabled('notifyProposals')) return;
    const command = proposal.kind === 'exec';
    const text = command
      ? vscode.l10n.t('Plurnk wants to run: {0}', proposal.command ?? '')
      : vscode.l10n.t('Plurnk proposes a change to {0}', proposal.path);
    const review = command ? vscode.l10n.t('Show') : vscode.l10n.t('Review');
    const chosen = await this.#parts.notify(text, review);
    if (chosen !== review) return;
    if (command) await vscode.commands.executeCommand('plurnk.openChat', proposal.id);
    else await this.#parts.review.open(proposal.id);
  }

  async #ended(loopId: number, status: number): Promise<void> {
    const started = this.#started.get(loopId);
    this.#started.delete(loopId);
    const long = started !== undefined && this.#parts.elapsed() - started > LONG_MS;
    if (!long || status === 499 || this.#seen() || !enabled('notifyLoopEnd')) return;
    const show = vscode.l10n.t('Show');
    const text = status < 400 ? vscode.l10n.t('Plurnk is done.') : vscode.l10n.t('Plurnk stopped before it was done.');
    if ((await this.#parts.notify(text, show)) === show) await vscode.commands.executeCommand('plurnk.openChat');
  }
}

function enabled(setting: string): boolean {
  return vscode.workspace.getConfiguration('plurnk').get<boolean>(setting, true);
}
