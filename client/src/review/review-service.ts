import * as vscode from 'vscode';
import type { AllowedCommands } from './allowed-commands.ts';
import { ChangeUndo } from './change-undo.ts';
import { MergeReview } from './merge-review.ts';
import { allowPattern, type PendingProposal } from './proposal.ts';
import { type ProposalDocuments, sidesOf } from './proposal-documents.ts';
import type { Decided, ProposalService, Settled } from './proposal-service.ts';
import { PROPOSED_SCHEME, proposalIdOf, proposalIdOfTab, proposedUri, reviewUri } from './proposal-uris.ts';

/** How a proposal is accepted: with another text, or with some of its hunks; else with what the right side holds. */
export interface Acceptance {
  readonly body?: string | null;
  readonly hunks?: readonly number[];
}

/** Opens, walks and closes reviews, and turns what the person does in them into decisions (UI-20 … UI-25). */
export class ReviewService implements vscode.Disposable {
  readonly #proposals: ProposalService;
  readonly #documents: ProposalDocuments;
  readonly #allowed: AllowedCommands;
  readonly #merges: MergeReview;
  readonly #disposables: vscode.Disposable[] = [];
  readonly changes: ChangeUndo;

  constructor(proposals: ProposalService, documents: ProposalDocuments, allowed: AllowedCommands) {
    this.#allowed = allowed;
    this.#proposals = proposals;
    this.#documents = documents;
    this.#merges = new MergeReview(proposals, documents, id => this.showDiff(id));
    this.changes = new ChangeUndo(proposals);
    this.#disposables.push(
      this.#merges,
      proposals.onSettled(settled => void this.#settled(settled)),
      proposals.onChanged(() => void this.#setContext()),
      vscode.window.tabGroups.onDidChangeTabs(() => void this.#setContext()),
    );
  }

  /** The editor's own diff, or a summary where a diff would not help (UI-20, UI-23). */
  async open(id: number, options: { preserveFocus?: boolean } = {}): Promise<void> {
    const proposal = this.#proposals.get(id);
    if (!proposal || proposal.kind === 'exec') return;
    if (proposal.summary === null) return await this.showDiff(id, options);
    const document = await vscode.workspace.openTextDocument(reviewUri(proposal, 'summary'));
    await vscode.window.showTextDocument(document, { preview: false, preserveFocus: options.preserveFocus ?? false });
  }

  /** Left the baseline, right the proposed text, editable (UI-20). */
  async showDiff(id: number, options: { preserveFocus?: boolean } = {}): Promise<void> {
    const proposal = this.#proposals.get(id);
    if (!proposal || proposal.kind === 'exec' || proposal.summary === 'binary') return;
    await this.#closeTabs(tab => proposalIdOfTab(tab) === id && !isTabOf(tab, proposal));
    await vscode.commands.executeCommand('vscode.diff', ...sidesOf(proposal), titleOf(proposal), {
      preview: false,
      preserveFocus: options.preserveFocus ?? false,
    });
  }

  /** Every waiting change in one multi-file diff (UI-22). */
  async openAll(): Promise<void> {
    const { files } = this.#proposals;
    const [only] = files;
    if (files.length === 1 && only) return await this.open(only.id);
    const resources = files.map(proposal => {
      const [left, right] = sidesOf(proposal);
      // The summary is a new text beside nothing.
      const sides = proposal.summary === null ? [left, right] : [undefined, reviewUri(proposal, 'summary')];
      return [this.#proposals.uriOf(proposal), ...sides];
    });
    await vscode.commands.executeCommand('vscode.changes', allTitle(), resources);
  }

  /** Accepts; what the person changed on the right side is what is written (ENG-62). */
  async accept(id: number, { body = null, hunks }: Acceptance = {}): Promise<void> {
    const proposal = this.#proposals.get(id);
    if (!proposal || proposal.deciding) return;
    await this.#merges.finish(id);
    const { conflict, message } = await this.#proposals.check(id);
    if (conflict) return this.#sayMoved(proposal);
    // It waits until it may be written: nothing is lost by asking too early (RL-17).
    if (message !== undefined) return void vscode.window.showErrorMessage(notWritten(proposal, message));
    const edited = body ?? (hunks || proposal.kind === 'exec' ? null : await this.#documents.editedText(proposal));
    const decided = await this.#proposals.resolve(id, 'accept', hunks ? { hunks } : { body: edited });
    if (decided.status >= 400) await this.#sayRefused(proposal, decided, edited);
  }

  async reject(id: number, outcome = 'rejected'): Promise<void> {
    if (this.#proposals.get(id)?.deciding) return;
    await this.#proposals.resolve(id, 'reject', { outcome });
  }

  async resolveAll(decision: 'accept' | 'reject'): Promise<void> {
    for (const { id } of this.#proposals.files) {
      if (decision === 'accept') await this.accept(id);
      if (decision === 'reject') await this.reject(id);
    }
  }

  /** Goes to the next or previous waiting change, around the end. */
  async step(by: 1 | -1): Promise<void> {
    const { files } = this.#proposals;
    if (files.length === 0) return;
    const at = files.findIndex(({ id }) => id === this.activeId());
    const next = files[(Math.max(at, by > 0 ? -1 : 0) + by + files.length) % files.length];
    if (next) await this.open(next.id);
  }

  /** The proposal of the active editor. */
  activeId(): number | null {
    const tab = proposalIdOfTab(vscode.window.tabGroups.activeTabGroup.activeTab);
    return tab ?? proposalIdOf(vscode.window.activeTextEditor?.document.uri);
  }

  /** Merges a proposal whose file moved on, three-way (UI-24). */
  async merge(id: number): Promise<void> {
    await this.#merges.merge(id);
  }

  /** Lets the model see what the file holds now and propose again. */
  async retry(id: number): Promise<void> {
    await this.#proposals.resolve(id, 'reject', { outcome: 'write_conflict' });
  }

  /** False, after a sentence, when the file no longer holds what was written. */
  async undo(id: number): Promise<boolean> {
    return await this.changes.undo(id);
  }

  /** A rule for exactly this command, then the command itself. */
  async allowAlways(id: number): Promise<void> {
    const command = this.#proposals.get(id)?.command ?? null;
    const pattern = command === null ? null : allowPattern(command);
    if (pattern === null) return;
    await this.#allowed.add(command ?? '', pattern);
    await this.accept(id);
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  async #setContext(): Promise<void> {
    const { activeTab } = vscode.window.tabGroups.activeTabGroup;
    const all = activeTab?.label.startsWith(allTitle()) ?? false;
    await vscode.commands.executeCommand('setContext', 'plurnk.pendingCount', this.#proposals.files.length);
    await vscode.commands.executeCommand('setContext', 'plurnk.reviewingAll', all);
  }

  #sayMoved({ id, path }: PendingProposal): void {
    const merge = vscode.l10n.t('Merge…');
    const retry = vscode.l10n.t('Let the model try again');
    const text = vscode.l10n.t('{0} changed since the model read it. Nothing was written.', path);
    void vscode.window.showWarningMessage(text, merge, retry).then(async chosen => {
      if (chosen === merge) await this.merge(id);
      if (chosen === retry) await this.retry(id);
    });
  }

  /** Nothing was written: the person is told why, and what they typed is kept. */
  async #sayRefused(proposal: PendingProposal, { status, message }: Decided, edited: string | null): Promise<void> {
    if (status === 499) return;
    const { path } = proposal;
    const text =
      status === 409
        ? vscode.l10n.t('{0} still holds both sides of a conflict. Decide that first, then accept.', path)
        : notWritten(proposal, (message ?? '').replace(/^\w+: /, ''));
    if (status !== 409 && edited !== null) {
      const document = await vscode.workspace.openTextDocument({ content: edited });
      await vscode.window.showTextDocument(document, { preview: false, preserveFocus: true });
      void vscode.window.showErrorMessage(`${text} ${vscode.l10n.t('Your text is kept in an unsaved editor.')}`);
      return;
    }
    void vscode.window.showErrorMessage(text);
  }

  /** A settled review closes itself; the right side is saved into its memory first, so that nothing asks. */
  async #settled({ proposal, decision }: Settled): Promise<void> {
    const own = vscode.workspace.textDocuments.filter(
      ({ uri, isDirty }) => isDirty && uri.scheme === PROPOSED_SCHEME && proposalIdOf(uri) === proposal.id,
    );
    for (const document of own) await document.save();
    await this.#closeTabs(tab => proposalIdOfTab(tab) === proposal.id);
    if (decision === 'accept' && proposal.kind !== 'exec') this.changes.offer(proposal);
  }

  async #closeTabs(mine: (tab: vscode.Tab) => boolean): Promise<void> {
    const tabs = vscode.window.tabGroups.all.flatMap(group => group.tabs).filter(mine);
    if (tabs.length > 0) await vscode.window.tabGroups.close(tabs, true);
  }
}

function notWritten({ path }: PendingProposal, why: string): string {
  return vscode.l10n.t('{0} was not written. {1}', path, why);
}

function allTitle(): string {
  return vscode.l10n.t('Plurnk: pending changes');
}

/** The tab shows the proposal as it is now, not before a merge. */
function isTabOf({ input }: vscode.Tab, proposal: PendingProposal): boolean {
  return input instanceof vscode.TabInputTextDiff && input.modified.toString() === proposedUri(proposal).toString();
}

function titleOf(proposal: PendingProposal): string {
  const name = (proposal.to ?? proposal.path).split('/').at(-1) ?? proposal.path;
  if (proposal.revision > 0 && proposal.kind === 'edit') {
    return vscode.l10n.t('{0} (Plurnk: merged with your changes, editable)', name);
  }
  const kinds: Readonly<Record<PendingProposal['kind'], string>> = {
    edit: vscode.l10n.t('{0} (Plurnk: proposed, editable)', name),
    create: vscode.l10n.t('{0} (Plurnk: new file, editable)', name),
    delete: vscode.l10n.t('{0} (Plurnk: deletion)', name),
    move: vscode.l10n.t('{0} (Plurnk: rename from {1}, editable)', name, proposal.path),
    exec: name,
  };
  return kinds[proposal.kind];
}
