import * as vscode from 'vscode';
import type { ShownHunk } from './hunk-review.ts';
import type { HunkReviews } from './hunk-reviews.ts';
import { isMoved, type PendingProposal } from './proposal.ts';
import type { ProposalService } from './proposal-service.ts';
import { PROPOSED_SCHEME, proposalIdOf, REVIEW_SCHEME, reviewPartOf } from './proposal-uris.ts';

/** What can be done with a change, above its text: with the whole file and with each hunk (UI-20, UI-21). */
export class HunkLenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #proposals: ProposalService;
  readonly #hunks: HunkReviews;
  readonly #changes = new vscode.EventEmitter<void>();
  readonly #disposables: vscode.Disposable[];
  readonly onDidChangeCodeLenses = this.#changes.event;

  constructor(proposals: ProposalService, hunks: HunkReviews) {
    this.#proposals = proposals;
    this.#hunks = hunks;
    this.#disposables = [
      vscode.languages.registerCodeLensProvider([{ scheme: PROPOSED_SCHEME }, { scheme: REVIEW_SCHEME }], this),
      hunks.onChanged(() => this.#changes.fire()),
    ];
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const proposal = await this.#proposals.find(proposalIdOf(document.uri) ?? 0);
    if (!proposal) return [];
    if (document.uri.scheme === REVIEW_SCHEME) {
      return reviewPartOf(document.uri) === 'summary' ? this.#wholeFile(proposal, true) : [];
    }
    return [...this.#wholeFile(proposal, false), ...(await this.#eachHunk(proposal))];
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
    this.#changes.dispose();
  }

  #wholeFile(proposal: PendingProposal, summary: boolean): vscode.CodeLens[] {
    const { files } = this.#proposals;
    const at = files.findIndex(({ id }) => id === proposal.id) + 1;
    const many = files.length > 1;
    const { l10n } = vscode;
    return [
      ...(many ? [lens(0, l10n.t('{0} of {1}', at, files.length), 'openProposal', proposal.id)] : []),
      ...(isMoved(proposal) ? [lens(0, l10n.t('$(warning) Merge…'), 'openMerge', proposal.id)] : []),
      lens(0, l10n.t('$(check) Accept'), 'acceptProposal', proposal.id),
      lens(0, l10n.t('$(close) Reject'), 'rejectProposal', proposal.id),
      ...(summary && proposal.summary !== 'binary' ? [lens(0, l10n.t('Show the diff'), 'showDiff', proposal.id)] : []),
      ...(many ? [lens(0, l10n.t('Next'), 'nextProposal')] : []),
    ];
  }

  async #eachHunk(proposal: PendingProposal): Promise<vscode.CodeLens[]> {
    // Of a new file and of a deletion the only hunk is the file.
    if (proposal.kind === 'create' || proposal.kind === 'delete') return [];
    const { hunks, document } = await this.#hunks.of(proposal);
    return hunks.flatMap(hunk => hunkLenses(proposal.id, hunk, Math.min(hunk.start, document.lineCount - 1)));
  }
}

function hunkLenses(id: number, { hunk, state }: ShownHunk, line: number): vscode.CodeLens[] {
  const { l10n } = vscode;
  if (state !== 'open') {
    const title = state === 'accepted' ? l10n.t('$(check) Hunk accepted') : l10n.t('$(close) Hunk rejected');
    return [lens(line, title, 'reopenHunk', id, hunk), lens(line, l10n.t('Take back'), 'reopenHunk', id, hunk)];
  }
  return [
    lens(line, l10n.t('Accept hunk'), 'acceptHunk', id, hunk),
    lens(line, l10n.t('Reject hunk'), 'rejectHunk', id, hunk),
  ];
}

function lens(line: number, title: string, command: string, ...args: unknown[]): vscode.CodeLens {
  const range = new vscode.Range(line, 0, line, 0);
  // An ordinary space after an icon is not drawn.
  const shown = title.replace(/^(\$\([a-z]+\)) /, '$1\u00a0');
  return new vscode.CodeLens(range, { title: shown, command: `plurnk.${command}`, arguments: args });
}
