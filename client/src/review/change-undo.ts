import * as vscode from 'vscode';
import { workspacePath } from '../session/workspace-paths.ts';
import type { PendingProposal } from './proposal.ts';
import type { ProposalService } from './proposal-service.ts';
import { beforeUri } from './proposal-uris.ts';

const UNDO_SHOWN_MS = 5_000;

/** Taking accepted changes back; never what came after them (UI-25, ENG-67). */
export class ChangeUndo {
  readonly #proposals: ProposalService;

  constructor(proposals: ProposalService) {
    this.#proposals = proposals;
  }

  /** False, after a sentence and a way to look, when the file no longer holds what was written. */
  async undo(id: number, path?: string): Promise<boolean> {
    const { status, message } = await this.#proposals.revert(id);
    if (status < 300) return true;
    void this.#explain(id, path, status, message);
    return false;
  }

  /** Which of the changes to a file (UI-25); from the Timeline view, the explorer and the command palette. */
  async choose(uri: vscode.Uri): Promise<number | null> {
    const path = workspacePath(uri);
    const name = path.split('/').at(-1) ?? path;
    const changes = (await this.#proposals.changesOf(path)).filter(({ reverted }) => !reverted);
    if (changes.length === 0) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('This session has no change of {0} that can be undone.', name),
      );
      return null;
    }
    const time = new Intl.DateTimeFormat(vscode.env.language, { dateStyle: 'short', timeStyle: 'medium' });
    const items = changes.map(({ logEntryId, added, removed, decidedAt }) => ({
      label: `$(discard) ${time.format(decidedAt)}`,
      description: `+${added} −${removed}`,
      logEntryId,
    }));
    const title = vscode.l10n.t('Undo a change of {0}', name);
    const chosen = await vscode.window.showQuickPick(items, { title });
    return chosen && (await this.undo(chosen.logEntryId, path)) ? chosen.logEntryId : null;
  }

  /** For some seconds after an acceptance. */
  offer(proposal: PendingProposal): void {
    const item = vscode.window.createStatusBarItem('plurnk.undo', vscode.StatusBarAlignment.Left, 0);
    item.name = vscode.l10n.t('Plurnk: undo the last change');
    item.text = `$(check) ${vscode.l10n.t('{0} changed', proposal.path)} — $(discard) ${vscode.l10n.t('Undo')}`;
    item.command = { command: 'plurnk.undoChange', title: '', arguments: [proposal.id] };
    item.show();
    setTimeout(() => item.dispose(), UNDO_SHOWN_MS);
  }

  async #explain(id: number, path: string | undefined, status: number, message: string | undefined): Promise<void> {
    const moved = vscode.l10n.t(
      'The file has changed since. Compare it with what was before, and take back what you want.',
    );
    const text = status === 409 ? moved : (message ?? vscode.l10n.t('The change could not be undone.'));
    const compare = vscode.l10n.t('Compare');
    const at = path ?? (await this.#proposals.pathOf(id));
    const chosen = await vscode.window.showWarningMessage(text, ...(status === 409 && at ? [compare] : []));
    if (chosen === compare && at) await this.compare(id, at);
  }

  /** Left what was there before the change, right the file itself. */
  async compare(id: number, path: string): Promise<void> {
    const title = vscode.l10n.t('{0} (before the change ↔ now)', path.split('/').at(-1) ?? path);
    await vscode.commands.executeCommand('vscode.diff', beforeUri(id, path), this.#proposals.uriOfPath(path), title);
  }
}
