import * as vscode from 'vscode';
import type { PendingProposal } from './proposal.ts';
import type { ProposalService } from './proposal-service.ts';

export const PROPOSED_SCHEME = 'plurnk-proposal';
export const BASELINE_SCHEME = 'plurnk-baseline';

/** Address of the right side: editable, in memory, saved nowhere but here. */
export function proposedUri(proposal: PendingProposal): vscode.Uri {
  return vscode.Uri.from({ scheme: PROPOSED_SCHEME, path: `/${proposal.id}/${proposal.to ?? proposal.path}` });
}

/** Address of the left side: what the model read. */
export function baselineUri(proposal: PendingProposal): vscode.Uri {
  return vscode.Uri.from({ scheme: BASELINE_SCHEME, path: `/${proposal.id}/${proposal.path}` });
}

/** Id of the proposal that a review document belongs to; null for any other document. */
export function proposalIdOf(uri: vscode.Uri | undefined): number | null {
  if (uri?.scheme !== PROPOSED_SCHEME && uri?.scheme !== BASELINE_SCHEME) return null;
  const id = Number(uri.path.split('/')[1]);
  return Number.isInteger(id) && id > 0 ? id : null;
}

interface Edited {
  readonly bytes: Uint8Array;
  readonly mtime: number;
}

/**
 * The two sides of a review. The right side is a file system of its own, so that the person edits it like any file
 * and nothing of it reaches the disk before the proposal is accepted (UI-20).
 */
export class ProposalDocuments
  implements vscode.FileSystemProvider, vscode.TextDocumentContentProvider, vscode.Disposable
{
  readonly #proposals: ProposalService;
  readonly #edited = new Map<number, Edited>();
  readonly #files = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly #registration: vscode.Disposable;
  readonly onDidChangeFile = this.#files.event;

  constructor(proposals: ProposalService) {
    this.#proposals = proposals;
    this.#registration = vscode.Disposable.from(
      vscode.workspace.registerFileSystemProvider(PROPOSED_SCHEME, this, { isCaseSensitive: true }),
      vscode.workspace.registerTextDocumentContentProvider(BASELINE_SCHEME, this),
      proposals.onSettled(({ proposal }) => this.#edited.delete(proposal.id)),
    );
  }

  /** What the right side holds now, unsaved changes included; null when nobody changed it. */
  editedText(proposal: PendingProposal): string | null {
    const uri = proposedUri(proposal).toString();
    const document = vscode.workspace.textDocuments.find(each => each.uri.toString() === uri);
    const saved = this.#edited.get(proposal.id);
    const text = document ? document.getText() : saved ? new TextDecoder().decode(saved.bytes) : null;
    return text === null || text === (proposal.proposed ?? '') ? null : text;
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    return (await this.#proposal(uri)).baseline ?? '';
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const proposal = await this.#proposal(uri);
    const edited = this.#edited.get(proposal.id);
    const size = edited?.bytes.byteLength ?? new TextEncoder().encode(proposal.proposed ?? '').byteLength;
    const permissions = proposal.proposed === null ? { permissions: vscode.FilePermission.Readonly } : {};
    return { type: vscode.FileType.File, ctime: 0, mtime: edited?.mtime ?? 0, size, ...permissions };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const proposal = await this.#proposal(uri);
    return this.#edited.get(proposal.id)?.bytes ?? new TextEncoder().encode(proposal.proposed ?? '');
  }

  async writeFile(uri: vscode.Uri, bytes: Uint8Array): Promise<void> {
    const proposal = await this.#proposal(uri);
    this.#edited.set(proposal.id, { bytes, mtime: Date.now() });
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

  async #proposal(uri: vscode.Uri): Promise<PendingProposal> {
    const id = proposalIdOf(uri);
    const proposal = id === null ? null : await this.#proposals.find(id);
    if (!proposal) throw vscode.FileSystemError.FileNotFound(uri);
    return proposal;
  }
}
