import type { Decision, Proposal } from '@plurnk/protocol';
import * as vscode from 'vscode';
import type { PlurnkServer } from '../server/plurnk-server.ts';
import { projectRoot, type SessionService } from '../session/session-service.ts';
import { type PendingProposal, pendingProposal } from './proposal.ts';

const ANNOUNCE_AFTER_MS = 30;

export interface Settled {
  readonly proposal: PendingProposal;
  readonly decision: Decision;
  readonly outcome: string | null;
  readonly by: string;
}

/**
 * The one model of what waits for the person; cards, diff editors, hunks, tree and merge all read and decide here.
 * Nothing is written before the server has accepted (issue: review never writes before acceptance).
 */
export class ProposalService implements vscode.Disposable {
  readonly #server: PlurnkServer;
  readonly #pending = new Map<number, PendingProposal>();
  readonly #changes = new vscode.EventEmitter<readonly number[]>();
  readonly #added = new vscode.EventEmitter<PendingProposal>();
  readonly #settled = new vscode.EventEmitter<Settled>();
  readonly #disposables: vscode.Disposable[] = [];
  readonly #watchers = new Map<number, vscode.Disposable>();
  readonly #session: SessionService;
  #loaded: Promise<void> = Promise.resolve();
  /** Ids of proposals that appeared, changed or went. */
  readonly onChanged = this.#changes.event;
  readonly onAdded = this.#added.event;
  readonly onSettled = this.#settled.event;

  constructor(server: PlurnkServer, session: SessionService) {
    this.#server = server;
    this.#session = session;
    this.#disposables.push(
      server.onNotification('loop/proposal', proposal => this.#add(proposal)),
      server.onNotification('proposal/resolved', ({ logEntryId, decision, outcome, by }) =>
        this.#remove(logEntryId, decision, outcome ?? null, by),
      ),
      session.onSwitched(() => {
        this.#loaded = this.#reload();
      }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#checkDocument(document)),
    );
  }

  /** Waiting proposals, oldest first. */
  get pending(): readonly PendingProposal[] {
    return [...this.#pending.values()];
  }

  /** Those that change files: what is reviewed in diff editors. */
  get files(): readonly PendingProposal[] {
    return this.pending.filter(proposal => proposal.kind !== 'exec' && !proposal.automatic);
  }

  get(id: number): PendingProposal | null {
    return this.#pending.get(id) ?? null;
  }

  /** As `get`, after the session's proposals have been read; for editors that are restored with the window. */
  async find(id: number): Promise<PendingProposal | null> {
    await this.#session.open();
    await this.#loaded;
    return this.get(id);
  }

  /** Decides. The server's answer comes back as `proposal/resolved`; a refusal is thrown with its sentence. */
  async resolve(
    id: number,
    decision: Decision,
    options: { body?: string | null; outcome?: string } = {},
  ): Promise<void> {
    this.#patch(id, { deciding: true });
    const { body, outcome } = options;
    try {
      await this.#server.request('loop.resolve', {
        logEntryId: id,
        decision,
        ...(body === undefined || body === null ? {} : { body }),
        ...(outcome === undefined ? {} : { outcome }),
      });
    } catch (error) {
      this.#patch(id, { deciding: false });
      throw error;
    }
  }

  async revert(id: number): Promise<{ status: number; message?: string | undefined }> {
    return await this.#server.request('proposal.revert', { logEntryId: id });
  }

  /** Where the file of a proposal lies on disk. */
  uriOf(proposal: PendingProposal): vscode.Uri {
    return vscode.Uri.joinPath(vscode.Uri.file(projectRoot() ?? '/'), proposal.path);
  }

  dispose(): void {
    for (const disposable of [...this.#disposables, ...this.#watchers.values()]) disposable.dispose();
    this.#changes.dispose();
    this.#added.dispose();
    this.#settled.dispose();
  }

  async #reload(): Promise<void> {
    const { proposals } = await this.#server.request('proposal.list', {});
    const before = [...this.#pending.keys()];
    for (const id of before) this.#unwatch(id);
    this.#pending.clear();
    for (const proposal of proposals) this.#keep(pendingProposal(proposal, projectRoot()));
    this.#changes.fire([...new Set([...before, ...this.#pending.keys()])]);
  }

  #add(proposal: Proposal): void {
    if (proposal.sessionId !== this.#session.current?.id) return;
    const pending = pendingProposal(proposal, projectRoot());
    this.#keep(pending);
    this.#changes.fire([pending.id]);
    if (pending.automatic) return;
    // A rule decides within the same moment: nobody is told of what needs nobody.
    setTimeout(() => {
      if (this.#pending.has(pending.id)) this.#added.fire(pending);
    }, ANNOUNCE_AFTER_MS);
  }

  #keep(proposal: PendingProposal): void {
    this.#pending.set(proposal.id, proposal);
    if (proposal.kind === 'exec' || proposal.summary === 'binary') return;
    const pattern = new vscode.RelativePattern(vscode.Uri.file(projectRoot() ?? '/'), escapeGlob(proposal.path));
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    const check = () => void this.#checkDisk(proposal.id);
    this.#watchers.set(
      proposal.id,
      vscode.Disposable.from(
        watcher,
        watcher.onDidChange(check),
        watcher.onDidCreate(check),
        watcher.onDidDelete(check),
      ),
    );
    check();
  }

  #remove(id: number, decision: Decision, outcome: string | null, by: string): void {
    const proposal = this.#pending.get(id);
    if (!proposal) return;
    this.#pending.delete(id);
    this.#unwatch(id);
    this.#changes.fire([id]);
    this.#settled.fire({ proposal, decision, outcome, by });
  }

  #unwatch(id: number): void {
    this.#watchers.get(id)?.dispose();
    this.#watchers.delete(id);
  }

  #checkDocument(document: vscode.TextDocument): void {
    if (document.uri.scheme !== 'file') return;
    for (const proposal of this.#pending.values()) {
      if (proposal.kind !== 'exec' && this.uriOf(proposal).toString() === document.uri.toString()) {
        this.#setConflict(proposal, document.getText());
      }
    }
  }

  async #checkDisk(id: number): Promise<void> {
    const proposal = this.#pending.get(id);
    if (!proposal || proposal.summary !== null) return;
    const uri = this.uriOf(proposal);
    const open = vscode.workspace.textDocuments.find(document => document.uri.toString() === uri.toString());
    this.#setConflict(proposal, open ? open.getText() : await readText(uri));
  }

  /** The server is the judge when it accepts (RES-63); this only tells the person beforehand (UI-24). */
  #setConflict(proposal: PendingProposal, now: string | null): void {
    if (proposal.deciding || proposal.summary !== null) return;
    const expected = proposal.kind === 'create' ? null : proposal.baseline;
    const conflict = normal(now) !== normal(expected);
    if (conflict !== proposal.conflict) this.#patch(proposal.id, { conflict });
  }

  #patch(id: number, patch: Partial<Pick<PendingProposal, 'deciding' | 'conflict'>>): void {
    const proposal = this.#pending.get(id);
    if (!proposal) return;
    this.#pending.set(id, { ...proposal, ...patch });
    this.#changes.fire([id]);
  }
}

async function readText(uri: vscode.Uri): Promise<string | null> {
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    return null;
  }
}

/** Line ends and a byte order mark are the file's business, not a change. */
function normal(text: string | null): string | null {
  return text === null ? null : text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
}

function escapeGlob(path: string): string {
  return path.replace(/[*?[\]{}]/g, '[$&]');
}
