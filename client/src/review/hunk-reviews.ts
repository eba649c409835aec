import * as vscode from 'vscode';
import { HunkReview, type ShownHunk } from './hunk-review.ts';
import type { PendingProposal } from './proposal.ts';
import type { ProposalDocuments } from './proposal-documents.ts';
import type { ProposalService } from './proposal-service.ts';
import { PROPOSED_SCHEME, proposalIdOf } from './proposal-uris.ts';
import type { ReviewService } from './review-service.ts';

/**
 * Accepting and rejecting hunk by hunk (UI-21). A rejected hunk goes back to the baseline on the right side at once; when
 * every hunk is decided, one acceptance with what is left (or one rejection) goes to the server.
 */
export class HunkReviews implements vscode.Disposable {
  readonly #proposals: ProposalService;
  readonly #documents: ProposalDocuments;
  readonly #review: ReviewService;
  readonly #reviews = new Map<string, Promise<HunkReview>>();
  readonly #opened = new Map<string, HunkReview>();
  readonly #changes = new vscode.EventEmitter<void>();
  readonly #disposables: vscode.Disposable[];
  readonly onChanged = this.#changes.event;

  constructor(proposals: ProposalService, documents: ProposalDocuments, review: ReviewService) {
    this.#proposals = proposals;
    this.#documents = documents;
    this.#review = review;
    this.#disposables = [
      vscode.workspace.onDidChangeTextDocument(event => this.#edited(event)),
      proposals.onChanged(() => this.#changes.fire()),
      proposals.onSettled(({ proposal }) => this.#forget(proposal.id)),
    ];
  }

  /** The hunks of a proposal, where they are now. */
  async of(proposal: PendingProposal): Promise<HunkReview> {
    const key = keyOf(proposal);
    const known = this.#reviews.get(key);
    if (known && !(await known).document.isClosed) return await known;
    const made = this.#make(proposal);
    this.#reviews.set(key, made);
    made.catch(() => this.#reviews.delete(key));
    return await made;
  }

  async accept(id: number, hunk: number): Promise<void> {
    await this.#decide(id, async review => review.accept(hunk));
  }

  async reject(id: number, hunk: number): Promise<void> {
    await this.#decide(id, review => review.reject(hunk));
  }

  /** Takes a decision about a hunk back. */
  async reopen(id: number, hunk: number): Promise<void> {
    const proposal = this.#proposals.get(id);
    if (!proposal) return;
    await (await this.of(proposal)).reopen(hunk);
    this.#changes.fire();
  }

  /** The hunk that the keyboard means: at the cursor, else the next undecided one (UI-21). */
  async atCursor(id: number): Promise<number | null> {
    const proposal = this.#proposals.get(id);
    if (!proposal) return null;
    const { hunks, document } = await this.of(proposal);
    const editor = vscode.window.visibleTextEditors.find(each => each.document === document);
    const line = editor?.selection.active.line ?? 0;
    const open = hunks.filter(({ state }) => state === 'open');
    const at = open.find(({ start, end }) => start <= line && line < Math.max(end, start + 1));
    return (at ?? open.find(({ start }) => start >= line) ?? open[0])?.hunk ?? null;
  }

  /** Puts the cursor on the next hunk that waits. */
  async toNext(id: number): Promise<void> {
    const proposal = this.#proposals.get(id);
    if (!proposal) return;
    const review = await this.of(proposal);
    const editor = vscode.window.visibleTextEditors.find(each => each.document === review.document);
    const line = editor?.selection.active.line ?? 0;
    const open = review.hunks.filter(({ state }) => state === 'open');
    const next = open.find(({ start }) => start >= line) ?? open[0];
    if (editor && next) reveal(editor, next, review);
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
    this.#changes.dispose();
  }

  async #make(proposal: PendingProposal): Promise<HunkReview> {
    const { id } = proposal;
    const [document, baseline, proposed] = await Promise.all([
      this.#documents.open(proposal),
      this.#proposals.text(id, 'baseline'),
      this.#proposals.text(id, 'proposed'),
    ]);
    const review = new HunkReview(proposal, document, baseline ?? '', proposed ?? '');
    this.#opened.set(document.uri.toString(), review);
    return review;
  }

  async #decide(id: number, act: (review: HunkReview) => Promise<void>): Promise<void> {
    const proposal = this.#proposals.get(id);
    if (!proposal || proposal.deciding) return;
    const review = await this.of(proposal);
    await act(review);
    this.#changes.fire();
    if (review.decided) await this.#finish(proposal, review);
  }

  /** Every hunk is decided: one decision for all of them. */
  async #finish({ id }: PendingProposal, review: HunkReview): Promise<void> {
    const accepted = review.hunks.filter(({ state }) => state === 'accepted').map(({ hunk }) => hunk);
    if (!review.plain) await this.#review.accept(id);
    else if (accepted.length === 0) await this.#review.reject(id);
    else await this.#review.accept(id, { hunks: accepted });
  }

  #edited({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    if (document.uri.scheme !== PROPOSED_SCHEME || contentChanges.length === 0) return;
    const key = document.uri.toString();
    const review = this.#opened.get(key);
    if (!review) return;
    // A document that was closed and opened again is another object with the text that was kept.
    if (review.document === document) review.changed(contentChanges);
    else this.#forget(proposalIdOf(document.uri) ?? 0);
    this.#changes.fire();
  }

  #forget(id: number): void {
    for (const key of this.#reviews.keys()) if (key.startsWith(`${id} `)) this.#reviews.delete(key);
    for (const [key, { document }] of this.#opened) if (proposalIdOf(document.uri) === id) this.#opened.delete(key);
  }
}

function keyOf({ id, revision }: PendingProposal): string {
  return `${id} ${revision}`;
}

function reveal(editor: vscode.TextEditor, hunk: ShownHunk, review: HunkReview): void {
  const range = review.rangeOf(hunk);
  editor.selection = new vscode.Selection(range.start, range.start);
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
