import * as vscode from 'vscode';
import type { AllowedCommands } from './allowed-commands.ts';
import { allowPattern, type PendingProposal } from './proposal.ts';
import {
  baselineUri,
  PROPOSED_SCHEME,
  type ProposalDocuments,
  proposalIdOf,
  proposedUri,
} from './proposal-documents.ts';
import type { ProposalService, Settled } from './proposal-service.ts';

const UNDO_SHOWN_MS = 5_000;

/** Opens, walks and closes reviews, and turns what the person does in them into decisions (UI-20 … UI-25). */
export class ReviewService implements vscode.Disposable {
  readonly #proposals: ProposalService;
  readonly #documents: ProposalDocuments;
  readonly #allowed: AllowedCommands;
  readonly #disposables: vscode.Disposable[] = [];

  constructor(proposals: ProposalService, documents: ProposalDocuments, allowed: AllowedCommands) {
    this.#allowed = allowed;
    this.#proposals = proposals;
    this.#documents = documents;
    this.#disposables.push(
      proposals.onSettled(settled => void this.#settled(settled)),
      proposals.onChanged(() => void this.#setContext()),
    );
  }

  /** The editor's own diff: left the baseline, right the proposed text, editable (UI-20). */
  async open(id: number, options: { preserveFocus?: boolean } = {}): Promise<void> {
    const proposal = this.#proposals.get(id);
    if (!proposal) return;
    if (proposal.kind === 'exec') return;
    if (proposal.summary === 'binary' || proposal.summary === 'huge') {
      await vscode.commands.executeCommand('plurnk.openChat', id);
      return;
    }
    await vscode.commands.executeCommand(
      'vscode.diff',
      baselineUri(proposal),
      proposedUri(proposal),
      titleOf(proposal),
      {
        preview: false,
        preserveFocus: options.preserveFocus ?? false,
      },
    );
  }

  /** Every waiting change in one multi-file diff (UI-22). */
  async openAll(): Promise<void> {
    const files = this.#proposals.files.filter(({ summary }) => summary === null || summary === 'generated');
    const [only] = files;
    if (files.length === 1 && only) return await this.open(only.id);
    const resources = files.map(proposal => [
      this.#proposals.uriOf(proposal),
      baselineUri(proposal),
      proposedUri(proposal),
    ]);
    await vscode.commands.executeCommand('vscode.changes', vscode.l10n.t('Plurnk: pending changes'), resources);
  }

  /** Accepts; what the person changed on the right side is what is written (ENG-62). */
  async accept(id: number, body: string | null = null): Promise<void> {
    const proposal = this.#proposals.get(id);
    if (!proposal) return;
    await this.#proposals.resolve(id, 'accept', { body: body ?? this.#documents.editedText(proposal) });
  }

  async reject(id: number, outcome = 'rejected'): Promise<void> {
    await this.#proposals.resolve(id, 'reject', { outcome });
  }

  async resolveAll(decision: 'accept' | 'reject'): Promise<void> {
    for (const { id, conflict } of this.#proposals.files) {
      if (decision === 'accept' && !conflict) await this.accept(id);
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
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    const uri =
      input instanceof vscode.TabInputTextDiff ? input.modified : vscode.window.activeTextEditor?.document.uri;
    return proposalIdOf(uri) ?? proposalIdOf(vscode.window.activeTextEditor?.document.uri);
  }

  /** Merges a proposal whose file moved on, in the editor's three-way merge; the person saves the result (UI-24). */
  async merge(id: number): Promise<void> {
    const proposal = this.#proposals.get(id);
    if (!proposal || proposal.proposed === null) return;
    const file = this.#proposals.uriOf(proposal);
    await vscode.commands.executeCommand('_open.mergeEditor', {
      base: baselineUri(proposal),
      input1: { uri: file, title: vscode.l10n.t('On disk'), description: '', detail: '' },
      input2: { uri: proposedUri(proposal), title: vscode.l10n.t('Proposed'), description: '', detail: '' },
      output: file,
    });
    const saved = vscode.workspace.onDidSaveTextDocument(async document => {
      if (document.uri.toString() !== file.toString()) return;
      saved.dispose();
      if (this.#proposals.get(id)) await this.#proposals.resolve(id, 'reject', { outcome: 'merged_by_person' });
    });
    this.#disposables.push(saved);
  }

  /** Lets the model see what the file holds now and propose again. */
  async retry(id: number): Promise<void> {
    await this.#proposals.resolve(id, 'reject', { outcome: 'write_conflict' });
  }

  /** False, after a sentence, when the file no longer holds what was written. */
  async undo(id: number): Promise<boolean> {
    const { status, message } = await this.#proposals.revert(id);
    if (status < 300) return true;
    const text =
      status === 409
        ? vscode.l10n.t('The file has changed since; use the editor’s undo or its Timeline.')
        : (message ?? '');
    void vscode.window.showWarningMessage(text || vscode.l10n.t('The change could not be undone.'));
    return false;
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
    await vscode.commands.executeCommand('setContext', 'plurnk.pendingCount', this.#proposals.files.length);
  }

  /** A settled review closes itself; the right side is saved into its memory first, so that nothing asks. */
  async #settled({ proposal, decision }: Settled): Promise<void> {
    const tabs = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).filter(tab => belongsTo(tab, proposal.id));
    const document = vscode.workspace.textDocuments.find(
      ({ uri }) => uri.scheme === PROPOSED_SCHEME && proposalIdOf(uri) === proposal.id,
    );
    if (document?.isDirty) await document.save();
    if (tabs.length > 0) await vscode.window.tabGroups.close(tabs, true);
    if (decision === 'accept' && proposal.kind !== 'exec') this.#offerUndo(proposal);
  }

  #offerUndo(proposal: PendingProposal): void {
    const item = vscode.window.createStatusBarItem('plurnk.undo', vscode.StatusBarAlignment.Left, 0);
    item.name = vscode.l10n.t('Plurnk: undo the last change');
    item.text = `$(check) ${vscode.l10n.t('{0} changed', proposal.path)} — $(discard) ${vscode.l10n.t('Undo')}`;
    item.command = { command: 'plurnk.undoChange', title: '', arguments: [proposal.id] };
    item.show();
    setTimeout(() => item.dispose(), UNDO_SHOWN_MS);
  }
}

function belongsTo(tab: vscode.Tab, id: number): boolean {
  if (tab.input instanceof vscode.TabInputTextDiff) return proposalIdOf(tab.input.modified) === id;
  return tab.input instanceof vscode.TabInputText && proposalIdOf(tab.input.uri) === id;
}

function titleOf(proposal: PendingProposal): string {
  const name = (proposal.to ?? proposal.path).split('/').at(-1) ?? proposal.path;
  const kinds: Readonly<Record<PendingProposal['kind'], string>> = {
    edit: vscode.l10n.t('{0} (Plurnk: proposed, editable)', name),
    create: vscode.l10n.t('{0} (Plurnk: new file, editable)', name),
    delete: vscode.l10n.t('{0} (Plurnk: deletion)', name),
    move: vscode.l10n.t('{0} (Plurnk: rename from {1}, editable)', name, proposal.path),
    exec: name,
  };
  return kinds[proposal.kind];
}
