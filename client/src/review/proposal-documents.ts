import * as vscode from 'vscode';
import type { PendingProposal } from './proposal.ts';
import type { ProposalService } from './proposal-service.ts';
import {
  isMergeUri,
  PROPOSED_SCHEME,
  proposalIdOf,
  proposedUri,
  REVIEW_SCHEME,
  reviewPartOf,
  reviewUri,
} from './proposal-uris.ts';
import { summaryText } from './summary-text.ts';

interface Edited {
  readonly revision: number;
  readonly bytes: Uint8Array;
  readonly mtime: number;
}

/** The three texts of a merge (UI-24). */
export interface MergeTexts {
  readonly base: string;
  readonly now: string;
  readonly mine: string;
}

/**
 * The texts of a review. The right side is a file system of its own, so that the person edits it like any file and
 * nothing of it reaches the disk before the proposal is accepted (UI-20).
 */
export class ProposalDocuments
  implements vscode.FileSystemProvider, vscode.TextDocumentContentProvider, vscode.Disposable
{
  readonly #proposals: ProposalService;
  readonly #edited = new Map<number, Edited>();
  readonly #merges = new Map<number, MergeTexts>();
  /** What merge editors saved, by address. */
  readonly #results = new Map<string, Edited>();
  /** Their editors save once more before they close. */
  readonly #settled = new Set<number>();
  readonly #files = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly #registration: vscode.Disposable;
  readonly onDidChangeFile = this.#files.event;

  constructor(proposals: ProposalService) {
    this.#proposals = proposals;
    this.#registration = vscode.Disposable.from(
      vscode.workspace.registerFileSystemProvider(PROPOSED_SCHEME, this, { isCaseSensitive: true }),
      vscode.workspace.registerTextDocumentContentProvider(REVIEW_SCHEME, this),
      proposals.onSettled(({ proposal }) => {
        this.#settled.add(proposal.id);
        this.#edited.delete(proposal.id);
        this.#merges.delete(proposal.id);
        for (const key of this.#results.keys())
          if (proposalIdOf(vscode.Uri.parse(key)) === proposal.id) this.#results.delete(key);
      }),
    );
  }

  /** What the right side holds now, unsaved changes included; null when nobody changed it. */
  async editedText(proposal: PendingProposal): Promise<string | null> {
    const document = openDocument(proposedUri(proposal));
    const saved = this.#saved(proposal);
    const text = document ? document.getText() : saved ? new TextDecoder().decode(saved.bytes) : null;
    if (text === null) return null;
    return text === ((await this.#proposals.text(proposal.id, 'proposed')) ?? '') ? null : text;
  }

  /** The right side as a document. */
  async open(proposal: PendingProposal): Promise<vscode.TextDocument> {
    return await vscode.workspace.openTextDocument(proposedUri(proposal));
  }

  /** What the merge editor made so far; null when it was never open. */
  mergeResult(uri: vscode.Uri): string | null {
    const open = openDocument(uri);
    const saved = this.#results.get(uri.toString());
    return open ? open.getText() : saved ? new TextDecoder().decode(saved.bytes) : null;
  }

  /** Puts a text on the right side, as if the person had typed it. */
  async put(proposal: PendingProposal, text: string): Promise<void> {
    const document = await this.open(proposal);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), text);
    await vscode.workspace.applyEdit(edit);
    await document.save();
  }

  hasMerge(id: number): boolean {
    return this.#merges.has(id);
  }

  keepMerge(id: number, texts: MergeTexts): void {
    this.#merges.set(id, texts);
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const id = proposalIdOf(uri) ?? 0;
    const part = reviewPartOf(uri);
    if (part === 'base' || part === 'now' || part === 'mine') return this.#merges.get(id)?.[part] ?? '';
    const proposal = await this.#proposals.find(id);
    if (part === 'summary') return proposal === null ? '' : await summaryText(proposal, this.#proposals);
    return (await this.#proposals.text(id, 'baseline')) ?? '';
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    if (this.#isSettled(uri)) return { type: vscode.FileType.File, ctime: 0, mtime: 0, size: 0 };
    const proposal = await this.#proposal(uri);
    const size = (await this.readFile(uri)).byteLength;
    const permissions = proposal.kind === 'delete' ? { permissions: vscode.FilePermission.Readonly } : {};
    const mtime = this.#savedAt(uri, proposal)?.mtime ?? 0;
    return { type: vscode.FileType.File, ctime: 0, mtime, size, ...permissions };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const proposal = await this.#proposal(uri);
    const saved = this.#savedAt(uri, proposal);
    if (saved) return saved.bytes;
    return new TextEncoder().encode((await this.#proposals.text(proposal.id, 'proposed')) ?? '');
  }

  async writeFile(uri: vscode.Uri, bytes: Uint8Array): Promise<void> {
    if (this.#isSettled(uri)) return;
    const { id, revision } = await this.#proposal(uri);
    const edited = { revision, bytes, mtime: Date.now() };
    if (isMergeUri(uri)) this.#results.set(uri.toString(), edited);
    else this.#edited.set(id, edited);
    this.#files.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  dispose(): void {
    this.#registration.dispose();
    this.#files.dispose();
  }

  #savedAt(uri: vscode.Uri, proposal: PendingProposal): Edited | null {
    return isMergeUri(uri) ? (this.#results.get(uri.toString()) ?? null) : this.#saved(proposal);
  }

  #isSettled(uri: vscode.Uri): boolean {
    return this.#settled.has(proposalIdOf(uri) ?? 0);
  }

  /** What the person saved on the right side; an edit of another revision was merged into this one. */
  #saved(proposal: PendingProposal): Edited | null {
    const edited = this.#edited.get(proposal.id);
    return edited?.revision === proposal.revision ? edited : null;
  }

  async #proposal(uri: vscode.Uri): Promise<PendingProposal> {
    const id = proposalIdOf(uri);
    const proposal = id === null ? null : await this.#proposals.find(id);
    if (!proposal) throw vscode.FileSystemError.FileNotFound(uri);
    return proposal;
  }
}

/** The two sides of the editor's diff; for what has no diff, its summary on the right. */
export function sidesOf(proposal: PendingProposal): readonly [left: vscode.Uri, right: vscode.Uri] {
  return [reviewUri(proposal, 'baseline'), proposedUri(proposal)];
}

export function openDocument(uri: vscode.Uri): vscode.TextDocument | undefined {
  return vscode.workspace.textDocuments.find(each => each.uri.toString() === uri.toString());
}
