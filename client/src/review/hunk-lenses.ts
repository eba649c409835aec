import * as vscode from 'vscode';
import { type Hunk, hunksOf, withoutHunk } from './hunks.ts';
import { PROPOSED_SCHEME, proposalIdOf, proposedUri } from './proposal-documents.ts';
import type { ProposalService } from './proposal-service.ts';
import type { ReviewService } from './review-service.ts';

/**
 * Accept and reject per hunk (UI-21). A rejected hunk goes back to the baseline on the right side at once; when every
 * hunk is decided, one amended acceptance (or one rejection) goes to the server.
 */
export class HunkLenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #proposals: ProposalService;
  readonly #review: ReviewService;
  readonly #accepted = new Map<number, Set<string>>();
  readonly #changes = new vscode.EventEmitter<void>();
  readonly #disposables: vscode.Disposable[] = [];
  readonly onDidChangeCodeLenses = this.#changes.event;

  constructor(proposals: ProposalService, review: ReviewService) {
    this.#proposals = proposals;
    this.#review = review;
    this.#disposables.push(
      vscode.languages.registerCodeLensProvider({ scheme: PROPOSED_SCHEME }, this),
      proposals.onChanged(() => this.#changes.fire()),
      proposals.onSettled(({ proposal }) => this.#accepted.delete(proposal.id)),
    );
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const proposal = this.#proposals.get(proposalIdOf(document.uri) ?? 0);
    if (!proposal) return [];
    const top = new vscode.Range(0, 0, 0, 0);
    const lens = (range: vscode.Range, title: string, command: string, ...args: unknown[]) =>
      new vscode.CodeLens(range, { title, command: `plurnk.${command}`, arguments: args });
    const { files } = this.#proposals;
    const at = files.findIndex(({ id }) => id === proposal.id) + 1;
    const lenses = [
      lens(top, vscode.l10n.t('Accept'), 'acceptProposal', proposal.id),
      lens(top, vscode.l10n.t('Reject'), 'rejectProposal', proposal.id),
    ];
    if (files.length > 1) {
      lenses.unshift(lens(top, vscode.l10n.t('{0} of {1}', at, files.length), 'openProposal', proposal.id));
      lenses.push(lens(top, vscode.l10n.t('Next'), 'nextProposal'));
    }
    const hunks = hunksOf(proposal.baseline ?? '', document.getText());
    if (hunks.length < 2 && !this.#accepted.has(proposal.id)) return lenses;
    for (const hunk of hunks) {
      const line = Math.min(hunk.start, document.lineCount - 1);
      const range = new vscode.Range(line, 0, line, 0);
      if (this.#isAccepted(proposal.id, hunk)) {
        lenses.push(lens(range, vscode.l10n.t('$(check) Hunk accepted'), 'openProposal', proposal.id));
      } else {
        lenses.push(
          lens(range, vscode.l10n.t('Accept hunk'), 'acceptHunk', proposal.id, hunk.key),
          lens(range, vscode.l10n.t('Reject hunk'), 'rejectHunk', proposal.id, hunk.key),
        );
      }
    }
    return lenses;
  }

  async accept(id: number, key: string): Promise<void> {
    const accepted = this.#accepted.get(id) ?? new Set();
    this.#accepted.set(id, accepted.add(key));
    this.#changes.fire();
    await this.#finish(id);
  }

  async reject(id: number, key: string): Promise<void> {
    const found = await this.#document(id);
    const hunk = found?.hunks.find(each => each.key === key);
    if (!found || !hunk) return;
    const text = withoutHunk(found.baseline, found.document.getText(), hunk);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(found.document.uri, new vscode.Range(0, 0, found.document.lineCount, 0), text);
    await vscode.workspace.applyEdit(edit);
    if (!this.#accepted.has(id)) this.#accepted.set(id, new Set());
    this.#changes.fire();
    await this.#finish(id);
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
    this.#changes.dispose();
  }

  #isAccepted(id: number, hunk: Hunk): boolean {
    return this.#accepted.get(id)?.has(hunk.key) ?? false;
  }

  /** Every hunk that is left is accepted: one decision for all of them. */
  async #finish(id: number): Promise<void> {
    const found = await this.#document(id);
    if (!found?.hunks.every(hunk => this.#isAccepted(id, hunk))) return;
    if (found.hunks.length === 0) await this.#review.reject(id);
    else await this.#review.accept(id);
  }

  async #document(id: number) {
    const proposal = this.#proposals.get(id);
    if (!proposal) return null;
    const document = await vscode.workspace.openTextDocument(proposedUri(proposal));
    const baseline = proposal.baseline ?? '';
    return { document, baseline, hunks: hunksOf(baseline, document.getText()) };
  }
}
