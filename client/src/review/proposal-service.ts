import type { Decision, MethodResult, Proposal } from '@plurnk/protocol';
import * as vscode from 'vscode';
import type { PlurnkServer } from '../server/plurnk-server.ts';
import { projectRoot, type SessionService } from '../session/session-service.ts';
import { type PendingProposal, pendingProposal } from './proposal.ts';

const ANNOUNCE_AFTER_MS = 30;
const CHECK_AFTER_MS = 150;

export type ProposalSide = 'baseline' | 'proposed' | 'written';

/** What became of a decision: 200 done, 400 and 409 with the reason why nothing was written. */
export type Decided = MethodResult<'loop.resolve'>;

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
  readonly #flush: () => void;
  /** Texts that were too long to be sent, by proposal, revision and side. */
  readonly #texts = new Map<string, Promise<string | null>>();
  readonly #checks = new Map<number, ReturnType<typeof setTimeout>>();
  #loaded: Promise<void> = Promise.resolve();
  /** Ids of proposals that appeared, changed or went. */
  readonly onChanged = this.#changes.event;
  readonly onAdded = this.#added.event;
  readonly onSettled = this.#settled.event;

  /** `flush` sends what is unsaved, so that the server judges by what the person sees. */
  constructor(server: PlurnkServer, session: SessionService, flush: () => void) {
    this.#flush = flush;
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

  /** A text of a proposal, waiting or settled; asked for once when it was too long to be sent. */
  async text(id: number, side: ProposalSide): Promise<string | null> {
    const proposal = this.get(id);
    const sent = side === 'written' ? null : (proposal?.[side] ?? null);
    if (sent !== null) return sent;
    const key = `${id} ${proposal?.revision ?? ''} ${side}`;
    const asked = this.#texts.get(key) ?? this.#ask(id, side);
    this.#texts.set(key, asked);
    asked.catch(() => this.#texts.delete(key));
    return await asked;
  }

  /** Decides. The server's answer comes back as `proposal/resolved`; a refusal is thrown with its sentence. */
  async resolve(
    id: number,
    decision: Decision,
    options: { body?: string | null; hunks?: readonly number[]; outcome?: string } = {},
  ): Promise<Decided> {
    this.#patch(id, { deciding: true });
    const { body, hunks, outcome } = options;
    try {
      return await this.#server.request('loop.resolve', {
        logEntryId: id,
        decision,
        ...(body === undefined || body === null ? {} : { body }),
        ...(hunks === undefined ? {} : { hunks: [...hunks] }),
        ...(outcome === undefined ? {} : { outcome }),
      });
    } finally {
      this.#patch(id, { deciding: false });
    }
  }

  /** Asks the server whether the file moved on since the proposal was made (UI-24), or may not be written at all. */
  async check(id: number): Promise<MethodResult<'proposal.check'>> {
    const proposal = this.get(id);
    if (!proposal || proposal.kind === 'exec') return { conflict: false };
    this.#flush();
    const checked = await this.#server.request('proposal.check', { logEntryId: id });
    const { conflict } = checked;
    if (!this.get(id)?.deciding && this.get(id)?.conflict !== conflict) this.#patch(id, { conflict });
    return checked;
  }

  /** Puts the proposal on what its file holds now; it is then told again (UI-24). */
  async merge(id: number, body: string | null): Promise<MethodResult<'proposal.merge'>> {
    this.#flush();
    const merged = await this.#server.request('proposal.merge', {
      logEntryId: id,
      ...(body === null ? {} : { body }),
    });
    return merged;
  }

  /** What a merge editor made of the last merge, with both sides where it decided nothing. */
  async mergeResult(id: number, result: string): Promise<MethodResult<'proposal.merge'>> {
    return await this.#server.request('proposal.merge', { logEntryId: id, result });
  }

  /** Nothing of the merge is left to decide: it can be accepted like any change. */
  mergeDecided(id: number): void {
    this.#patch(id, { conflicts: 0 });
  }

  /** Accepted changes of a file of this session, newest first. */
  async changesOf(path: string): Promise<MethodResult<'proposal.changes'>['changes']> {
    await this.#session.open();
    return (await this.#server.request('proposal.changes', { path })).changes;
  }

  /** File of a decided change; null when the session has none by this id. */
  async pathOf(id: number): Promise<string | null> {
    const { changes } = await this.#server.request('proposal.changes', {});
    const change = changes.find(({ logEntryId }) => logEntryId === id);
    return change ? (change.to ?? change.path) : null;
  }

  async revert(id: number): Promise<{ status: number; message?: string | undefined }> {
    return await this.#server.request('proposal.revert', { logEntryId: id });
  }

  /** Where the file of a proposal lies on disk. */
  uriOf(proposal: PendingProposal): vscode.Uri {
    return this.uriOfPath(proposal.path);
  }

  uriOfPath(path: string): vscode.Uri {
    return vscode.Uri.joinPath(vscode.Uri.file(projectRoot() ?? '/'), path);
  }

  dispose(): void {
    for (const disposable of [...this.#disposables, ...this.#watchers.values()]) disposable.dispose();
    for (const timer of this.#checks.values()) clearTimeout(timer);
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
    const known = this.#pending.has(pending.id);
    this.#keep(pending);
    this.#changes.fire([pending.id]);
    // Told again after a merge: nobody is asked twice.
    if (known || pending.automatic) return;
    // A rule decides within the same moment: nobody is told of what needs nobody.
    setTimeout(() => {
      if (this.#pending.has(pending.id)) this.#added.fire(pending);
    }, ANNOUNCE_AFTER_MS);
  }

  #keep(proposal: PendingProposal): void {
    this.#unwatch(proposal.id);
    this.#pending.set(proposal.id, proposal);
    if (proposal.kind === 'exec') return;
    const check = () => this.#checkSoon(proposal.id);
    const watchers = [proposal.path, proposal.to].flatMap(path => {
      if (path === null) return [];
      const pattern = new vscode.RelativePattern(vscode.Uri.file(projectRoot() ?? '/'), escapeGlob(path));
      const watcher = vscode.workspace.createFileSystemWatcher(pattern);
      return [watcher, watcher.onDidChange(check), watcher.onDidCreate(check), watcher.onDidDelete(check)];
    });
    this.#watchers.set(proposal.id, vscode.Disposable.from(...watchers));
    check();
  }

  #remove(id: number, decision: Decision, outcome: string | null, by: string): void {
    const proposal = this.#pending.get(id);
    if (!proposal) return;
    this.#pending.delete(id);
    this.#unwatch(id);
    for (const key of this.#texts.keys()) if (key.startsWith(`${id} `)) this.#texts.delete(key);
    this.#changes.fire([id]);
    this.#settled.fire({ proposal, decision, outcome, by });
  }

  #unwatch(id: number): void {
    this.#watchers.get(id)?.dispose();
    this.#watchers.delete(id);
    clearTimeout(this.#checks.get(id));
    this.#checks.delete(id);
  }

  #checkDocument(document: vscode.TextDocument): void {
    if (document.uri.scheme !== 'file') return;
    for (const proposal of this.#pending.values()) {
      if (proposal.kind !== 'exec' && this.uriOf(proposal).toString() === document.uri.toString()) {
        this.#checkSoon(proposal.id);
      }
    }
  }

  /** The server is the judge (RES-63); this only tells the person beforehand (UI-24). */
  #checkSoon(id: number): void {
    if (this.#checks.has(id)) return;
    const timer = setTimeout(() => {
      this.#checks.delete(id);
      // Settled meanwhile, or the server is starting again: there is nothing to tell.
      this.check(id).catch(() => undefined);
    }, CHECK_AFTER_MS);
    this.#checks.set(id, timer);
  }

  async #ask(id: number, side: ProposalSide): Promise<string | null> {
    return (await this.#server.request('proposal.text', { logEntryId: id, side })).text;
  }

  #patch(id: number, patch: Partial<Pick<PendingProposal, 'deciding' | 'conflict' | 'conflicts'>>): void {
    const proposal = this.#pending.get(id);
    if (!proposal) return;
    this.#pending.set(id, { ...proposal, ...patch });
    this.#changes.fire([id]);
  }
}

function escapeGlob(path: string): string {
  return path.replace(/[*?[\]{}]/g, '[$&]');
}
