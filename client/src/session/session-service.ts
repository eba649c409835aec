import type { LoopSummary, RunSummary, SessionSummary, TurnSummary } from '@plurnk/protocol';
import * as vscode from 'vscode';
import type { PlurnkServer } from '../server/plurnk-server.ts';

const SESSION_KEY = 'plurnk.session';
const RUN_KEY = 'plurnk.run';
const CLIENT_RUN = 'editor';
/** The other folders of this workspace that were declared last. */
const FOLDERS_KEY = 'plurnk.folders';

export interface CurrentSession {
  readonly id: number;
  readonly name: string;
}

/** Which session and run the editor shows. The list itself is always the server's (UI-17). */
export class SessionService implements vscode.Disposable {
  readonly #server: PlurnkServer;
  readonly #memory: vscode.Memento;
  readonly #log: vscode.LogOutputChannel;
  readonly #changes = new vscode.EventEmitter<void>();
  readonly #disposables: vscode.Disposable[] = [];
  #session: CurrentSession | null = null;
  #runId: number | null = null;
  #runs: readonly RunSummary[] = [];
  #opening: Promise<CurrentSession> | null = null;
  /** Another session or run is shown, or the same after a restart: everything shown must be read again. */
  readonly onSwitched = this.#changes.event;

  constructor(server: PlurnkServer, memory: vscode.Memento, log: vscode.LogOutputChannel) {
    this.#log = log;
    this.#server = server;
    this.#memory = memory;
    this.#disposables.push(
      server.onState(state => {
        if (state === 'restarting') this.#opening = null;
        if (state === 'running' && this.#session) this.#reattach().catch(error => this.#failed(error));
      }),
      server.onNotification('session/changed', ({ sessionId, what }) => {
        if (sessionId === this.#session?.id && (what === 'deleted' || what === 'name')) {
          this.#renamed(what).catch(error => this.#failed(error));
        }
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => {
        if (this.#session) this.#declareFolders().catch(error => this.#failed(error));
      }),
    );
  }

  get current(): CurrentSession | null {
    return this.#session;
  }

  /** The run that the chat shows; null before the first prompt. */
  get runId(): number | null {
    return this.#runId;
  }

  get runs(): readonly RunSummary[] {
    return this.#runs;
  }

  /** The session of this workspace: the one shown last, else the newest of this folder, else a new one. */
  async open(): Promise<CurrentSession> {
    this.#opening ??= this.#open();
    try {
      return await this.#opening;
    } catch (error) {
      this.#opening = null;
      throw error;
    }
  }

  async create(): Promise<void> {
    this.#opening = this.#make(projectRoot());
    await this.#show(await this.#opening, null);
  }

  async switchTo(id: number, runId: number | null = null): Promise<void> {
    this.#opening = this.#attach(id);
    await this.#show(await this.#opening, runId);
  }

  async showRun(runId: number): Promise<void> {
    if (this.#session) await this.#show(this.#session, runId);
  }

  /** A loop started in a run: from now on that run is shown. */
  async adopt(runId: number): Promise<void> {
    if (this.#runId === runId) return;
    this.#runId = runId;
    this.#remember();
    await this.refreshRuns();
  }

  async refreshRuns(): Promise<readonly RunSummary[]> {
    const session = this.#session;
    if (!session) return [];
    const { runs } = await this.#server.request('session.runs', { id: session.id });
    this.#runs = runs.filter(run => run.origin === 'model').reverse();
    return this.#runs;
  }

  async history(): Promise<readonly SessionSummary[]> {
    return (await this.#server.request('session.list', {})).sessions;
  }

  async turns(): Promise<{ loops: readonly LoopSummary[]; turns: readonly TurnSummary[] }> {
    return await this.#server.request('run.turns', this.#runId === null ? {} : { runId: this.#runId });
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
    this.#changes.dispose();
  }

  /** The server died meanwhile: the next start attaches again. */
  #failed(error: unknown): void {
    this.#log.warn(`The session could not be attached: ${String(error)}`);
  }

  async #open(): Promise<CurrentSession> {
    const { sessions } = await this.#server.request('session.list', {});
    const root = projectRoot();
    const remembered = this.#memory.get<number>(SESSION_KEY);
    const known = sessions.find(each => each.id === remembered) ?? sessions.find(each => each.project_root === root);
    const session = known ? await this.#attach(known.id) : await this.#make(root);
    await this.#show(session, this.#memory.get<number>(RUN_KEY) ?? null);
    return session;
  }

  async #make(root: string | null): Promise<CurrentSession> {
    const { id, name } = await this.#server.request('session.create', { projectRoot: root });
    await this.#declareFolders();
    return { id, name };
  }

  async #attach(id: number): Promise<CurrentSession> {
    const attached = await this.#server.request('session.attach', { id, runName: CLIENT_RUN });
    const root = projectRoot();
    if (attached.projectRoot !== root && root !== null)
      await this.#server.request('session.set_root', { projectRoot: root });
    await this.#declareFolders();
    return { id: attached.id, name: attached.name };
  }

  /** Several folders of a workspace are several declared repositories of its session (RES-60). */
  async #declareFolders(): Promise<void> {
    const others = diskFolders().slice(1);
    const before = this.#memory.get<readonly string[]>(FOLDERS_KEY, []);
    if (others.length === 0 && before.length === 0) return;
    const { constraints } = await this.#server.request('session.constraints', {});
    const declared = constraints.filter(({ effect }) => effect === 'repo').map(({ glob }) => glob);
    for (const glob of others)
      if (!declared.includes(glob)) await this.#server.request('session.constrain', { effect: 'repo', glob });
    for (const glob of before)
      if (declared.includes(glob) && !others.includes(glob))
        await this.#server.request('session.unconstrain', { effect: 'repo', glob });
    await this.#memory.update(FOLDERS_KEY, others);
  }

  async #reattach(): Promise<void> {
    const session = this.#session;
    if (!session) return;
    this.#opening = this.#attach(session.id);
    await this.#show(await this.#opening, this.#runId);
  }

  async #show(session: CurrentSession, runId: number | null): Promise<void> {
    this.#session = session;
    await this.refreshRuns();
    const conversation =
      runId !== null && this.#runs.some(run => run.id === runId) ? runId : await this.#conversationRun();
    this.#runId = conversation;
    this.#remember();
    this.#changes.fire();
  }

  /** For the next window; nothing waits for it. */
  #remember(): void {
    void this.#memory.update(SESSION_KEY, this.#session?.id);
    void this.#memory.update(RUN_KEY, this.#runId);
  }

  async #conversationRun(): Promise<number | null> {
    return (await this.#server.request('run.turns', {})).runId;
  }

  async #renamed(what: 'deleted' | 'name'): Promise<void> {
    if (what === 'deleted') {
      this.#session = null;
      this.#opening = null;
      await this.open();
      return;
    }
    const found = (await this.history()).find(each => each.id === this.#session?.id);
    if (found) this.#session = { id: found.id, name: found.name };
    this.#changes.fire();
  }
}

/** The folder that the session works in: the first on disk; null without one (UI-4). */
export function projectRoot(): string | null {
  return diskFolders()[0] ?? null;
}

function diskFolders(): string[] {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders.filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath);
}
