import * as vscode from 'vscode';
import { openDocument, type ProposalDocuments } from './proposal-documents.ts';
import type { ProposalService } from './proposal-service.ts';
import { mergeResultOf, mergeUri, proposalIdOf, reviewUri } from './proposal-uris.ts';

/**
 * Three-way merge of a proposal whose file moved on (UI-24). What both sides changed apart is merged at once and
 * reviewed like any change; where they touch, the editor's merge editor opens. The result is the right side of the
 * review: nothing is written before it is accepted.
 */
export class MergeReview implements vscode.Disposable {
  readonly #proposals: ProposalService;
  readonly #documents: ProposalDocuments;
  readonly #show: (id: number) => Promise<void>;
  /** Results that are on their right side already. */
  readonly #taken = new Set<string>();
  readonly #listener: vscode.Disposable;

  /** `show` opens the diff of a proposal. */
  constructor(proposals: ProposalService, documents: ProposalDocuments, show: (id: number) => Promise<void>) {
    this.#proposals = proposals;
    this.#documents = documents;
    this.#show = show;
    this.#listener = vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
      for (const { input } of closed) void this.#closed(mergeResultOf(input));
    });
  }

  /** False, after a sentence, when there is nothing to merge with. */
  async merge(id: number): Promise<boolean> {
    const before = this.#proposals.get(id);
    if (!before) return false;
    const unresolved = before.conflicts > 0 && !(await this.#proposals.check(id)).conflict;
    if (!unresolved) {
      const edited =
        before.kind === 'edit' || before.kind === 'create' ? await this.#documents.editedText(before) : null;
      const merged = await this.#proposals.merge(id, edited);
      if (!('base' in merged)) {
        const message = vscode.l10n.t('{0} Reject the change, or let the model try again.', merged.message);
        void vscode.window.showWarningMessage(message);
        return false;
      }
      this.#documents.keepMerge(id, merged);
      if (merged.conflicts === 0) {
        await this.#show(id);
        return true;
      }
    }
    // After the window was loaded again the three texts are gone; both sides are in the text, between markers.
    if (!this.#documents.hasMerge(id)) await this.#show(id);
    else await this.#openEditor(id);
    return true;
  }

  dispose(): void {
    this.#listener.dispose();
  }

  async #openEditor(id: number): Promise<void> {
    const proposal = this.#proposals.get(id);
    if (!proposal) return;
    this.#taken.delete(mergeUri(proposal).toString());
    const side = (part: 'now' | 'mine', title: string) => ({
      uri: reviewUri(proposal, part),
      title,
      description: '',
      detail: '',
    });
    try {
      await vscode.commands.executeCommand('_open.mergeEditor', {
        base: reviewUri(proposal, 'base'),
        input1: side('now', vscode.l10n.t('Your file')),
        input2: side('mine', vscode.l10n.t('Proposed')),
        output: mergeUri(proposal),
      });
    } catch {
      // An editor without a merge editor: both sides are in the text, between markers.
      await this.#show(id);
    }
  }

  /** Closes the merge editor of a proposal, if it is open, and takes what it made. */
  async finish(id: number): Promise<void> {
    const tabs = vscode.window.tabGroups.all.flatMap(group => group.tabs);
    const tab = tabs.find(({ input }) => proposalIdOf(mergeResultOf(input)) === id);
    const result = mergeResultOf(tab?.input);
    if (!tab || !result) return;
    await this.#take(result);
    // Saved, so that nothing asks; it is memory. The decision does not wait for the editor.
    void closeSaved(tab, result);
  }

  /** The merge editor is done: its result is the right side of the review. */
  async #take(result: vscode.Uri | undefined): Promise<boolean> {
    const id = proposalIdOf(result);
    const proposal = id === null ? null : this.#proposals.get(id);
    if (!proposal || !result || mergeUri(proposal).toString() !== result.toString()) return false;
    if (this.#taken.has(result.toString())) return false;
    const made = this.#documents.mergeResult(result);
    if (made === null) return false;
    this.#taken.add(result.toString());
    const left = await this.#proposals.mergeResult(proposal.id, made);
    await this.#documents.put(proposal, 'text' in left ? left.text : made);
    if ('text' in left && left.conflicts === 0) this.#proposals.mergeDecided(proposal.id);
    return true;
  }

  async #closed(result: vscode.Uri | undefined): Promise<void> {
    const id = proposalIdOf(result);
    if (id !== null && (await this.#take(result))) await this.#show(id);
  }
}

async function closeSaved(tab: vscode.Tab, result: vscode.Uri): Promise<void> {
  await openDocument(result)?.save();
  const open = vscode.window.tabGroups.all.flatMap(group => group.tabs).includes(tab);
  if (open) await vscode.window.tabGroups.close(tab);
}
