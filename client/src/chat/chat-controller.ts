import type { ChatFromView, ChatMode, Chip } from '@plurnk/protocol/webview';
import * as vscode from 'vscode';
import type { DirtyBuffers } from '../editor/dirty-buffers.ts';
import type { ModelService } from '../language-models/model-service.ts';
import type { ProposalService } from '../review/proposal-service.ts';
import type { ReviewService } from '../review/review-service.ts';
import type { PlurnkServer } from '../server/plurnk-server.ts';
import type { SessionService } from '../session/session-service.ts';
import { workspacePath } from '../session/workspace-paths.ts';
import type { ChatView, FromView } from './chat-view.ts';
import { completeCommand, completeFile, fileChip, SLASH_COMMANDS, slashDetails } from './completions.ts';
import type { Conversation } from './conversation.ts';
import { examplePrompts } from './examples.ts';
import type { Notices } from './notices.ts';
import { openTarget } from './open-target.ts';
import type { ProcessOutput } from './process-output.ts';

const MODE_KEY = 'plurnk.mode';

export interface ChatParts {
  readonly server: PlurnkServer;
  readonly session: SessionService;
  readonly models: ModelService;
  readonly proposals: ProposalService;
  readonly review: ReviewService;
  readonly view: ChatView;
  readonly conversation: Conversation;
  readonly output: ProcessOutput;
  readonly notices: Notices;
  readonly buffers: DirtyBuffers;
  readonly memory: vscode.Memento;
}

type Handlers = { readonly [Name in keyof ChatFromView]: (payload: ChatFromView[Name]) => unknown };

/** What the person does in the chat, turned into calls; and the parts of the view that are not rows. */
export class ChatController implements vscode.Disposable {
  readonly #parts: ChatParts;
  readonly #disposables: vscode.Disposable[];
  readonly #handlers: Handlers;
  /** What waits until a page is there: text and chips put in by commands. */
  readonly #waiting: (() => void)[] = [];
  /** The conversation that is shown has been read. */
  #loaded: Promise<void> = Promise.resolve();
  #pageReady = false;
  #sessionCost: number | null = null;

  constructor(parts: ChatParts) {
    this.#parts = parts;
    this.#handlers = this.#table();
    const { view, session, models, proposals, conversation } = parts;
    this.#disposables = [
      view.onMessage(message => void this.#receive(message)),
      view.onVisible(visible => {
        if (visible) this.#postHeader();
      }),
      session.onSwitched(() => {
        parts.notices.switched();
        this.#loaded = this.#guard(() => this.#load());
      }),
      models.onChanged(() => this.#postModels()),
      proposals.onChanged(() => this.#postPending()),
      conversation.onChanged(() => void this.#guard(() => this.#header())),
      parts.server.onNotification('loop/terminated', ({ runId, finalStatus, reason }) => {
        if (runId === session.runId) parts.notices.loopEnded(finalStatus, reason ?? null);
      }),
      parts.server.onNotification('session/changed', ({ sessionId, what }) => {
        if (sessionId === session.current?.id && what === 'runs') void this.#guard(() => this.#header());
      }),
    ];
  }

  /** Puts text and references into the input of the chat, and shows it. */
  async compose(text: string, chips: readonly Chip[], send: boolean): Promise<void> {
    await this.#parts.view.show();
    this.#whenReady(() => {
      for (const chip of chips) this.#parts.view.post('chip', { chip });
      if (text !== '' || send) this.#parts.view.post('compose', { text, send });
    });
  }

  /** Shows the chat, at a row if one is named, else at its input. */
  async open(rowId: number | null): Promise<void> {
    await this.#parts.view.show();
    // A row of another session is there once that session's conversation is.
    await this.#loaded;
    this.#whenReady(() => this.#parts.view.post('focus', { rowId }));
  }

  async stop(): Promise<void> {
    const { runId } = this.#parts.session;
    await this.#parts.server.request('loop.cancel', runId === null ? {} : { runId });
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #table(): Handlers {
    const { session, models, review, view, conversation, notices } = this.#parts;
    return {
      ready: () => this.#ready(),
      send: payload => this.#send(payload),
      stop: () => this.stop(),
      older: ({ beforeId }) => conversation.older(beforeId),
      resolve: ({ logEntryId, decision, body }) =>
        decision === 'accept' ? review.accept(logEntryId, { body }) : review.reject(logEntryId),
      review: ({ logEntryId }) => review.open(logEntryId),
      reviewAll: () => review.openAll(),
      resolveAll: ({ decision }) => review.resolveAll(decision),
      allowAlways: ({ logEntryId }) => review.allowAlways(logEntryId),
      merge: ({ logEntryId }) => review.merge(logEntryId),
      retry: ({ logEntryId }) => review.retry(logEntryId),
      undo: ({ logEntryId }) => vscode.commands.executeCommand('plurnk.undoChange', logEntryId),
      'row/body': ({ rowId }) => conversation.sendBody(rowId),
      kill: ({ rowId }) => this.#kill(rowId),
      open: ({ link, lines }) => openTarget(link, lines),
      complete: async ({ request, kind, query }) =>
        view.post('completions', {
          request,
          items: kind === 'file' ? await completeFile(query) : completeCommand(query),
        }),
      drop: ({ uris }) => this.#drop(uris.map(uri => vscode.Uri.parse(uri))),
      attach: () => this.#attach(),
      discoverModels: () => models.discover(),
      selectModel: ({ alias }) => models.select(alias),
      mode: ({ mode }) => this.#parts.memory.update(MODE_KEY, mode),
      switchRun: ({ runId }) => session.showRun(runId),
      newSession: () => vscode.commands.executeCommand('plurnk.newSession'),
      history: () => vscode.commands.executeCommand('plurnk.history'),
      inspect: ({ turnId }) =>
        vscode.commands.executeCommand('plurnk.openInspector', turnId ?? conversation.lastTurnId),
      action: ({ command, key }) => this.act(command, key),
      dismiss: ({ key }) => notices.clear(key),
    } satisfies Handlers & { [name: string]: unknown };
  }

  async #receive(message: FromView): Promise<void> {
    const handle = this.#handlers[message.type] as (payload: unknown) => unknown;
    await this.#guard(async () => await handle(message.payload));
  }

  /** What fails is said in the chat, in the server's words. */
  async #guard(work: () => unknown): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#parts.notices.failure(error);
    }
  }

  #whenReady(work: () => void): void {
    if (this.#pageReady) work();
    else this.#waiting.push(work);
  }

  async #ready(): Promise<void> {
    const { view, notices, session } = this.#parts;
    view.post('init', {
      strings: viewStrings(),
      mac: process.platform === 'darwin',
      mode: this.#parts.memory.get<ChatMode>(MODE_KEY, 'act'),
      examples: [],
      commands: slashDetails(),
    });
    notices.replay();
    this.#postModels();
    this.#pageReady = true;
    for (const work of this.#waiting.splice(0)) work();
    const opened = session.current !== null;
    await session.open();
    if (opened) await this.#load();
    await this.#examples();
  }

  async #examples(): Promise<void> {
    const examples = await examplePrompts();
    this.#parts.view.post('init', {
      strings: viewStrings(),
      mac: process.platform === 'darwin',
      mode: this.#parts.memory.get<ChatMode>(MODE_KEY, 'act'),
      examples,
      commands: slashDetails(),
    });
  }

  async #load(): Promise<void> {
    const { conversation, output, server, view } = this.#parts;
    await conversation.load();
    output.replay();
    await this.#header();
    this.#postPending();
    const { prompts } = await server.request('session.prompts', { limit: 100 });
    view.post('prompts', { prompts });
  }

  async #send({ text, chips, mode }: ChatFromView['send']): Promise<void> {
    if (await this.#slash(text)) return;
    const { server, session, models, buffers, notices, conversation, view } = this.#parts;
    buffers.flush();
    await session.open();
    const { runId } = session;
    const { alias } = models;
    const started = await server.request('loop.run', {
      prompt: promptWithChips(text, chips),
      flags: { mode },
      openPaths: chips.filter(chip => chip.text === null && chip.lines === null).map(({ path }) => path),
      ...(runId === null ? {} : { runId }),
      ...(alias === null ? {} : { alias }),
    });
    if ('error' in started) {
      notices.noModel(started.error);
      view.post('compose', { text, send: false });
      return;
    }
    for (const key of ['model', 'failure', 'provider']) notices.clear(key);
    const fresh = session.runId !== started.modelRunId;
    await session.adopt(started.modelRunId);
    if (fresh) await conversation.load();
    if (started.action !== 'injected_next_turn') conversation.loopStarted(started.loopId);
    const { prompts } = await server.request('session.prompts', { limit: 100 });
    view.post('prompts', { prompts });
  }

  /** `/new`, `/model`, …: a command instead of a prompt. */
  async #slash(text: string): Promise<boolean> {
    const name = SLASH_COMMANDS.find(command => text === `/${command}`);
    if (!name) return false;
    const commands = {
      new: 'newSession',
      history: 'history',
      model: 'selectModel',
      review: 'reviewAll',
      inspect: 'openInspector',
      fork: 'forkRun',
      export: 'exportSession',
      doctor: 'doctor',
    } as const;
    await vscode.commands.executeCommand(`plurnk.${commands[name]}`);
    return true;
  }

  async #kill(rowId: number): Promise<void> {
    const target = this.#parts.output.targetOf(rowId);
    const { runId } = this.#parts.session;
    if (target !== null && runId !== null) await this.#parts.server.request('stream.kill', { target, runId });
  }

  async #attach(): Promise<void> {
    const defaultUri = vscode.workspace.workspaceFolders?.[0]?.uri;
    const uris = await vscode.window.showOpenDialog({ canSelectMany: true, ...(defaultUri ? { defaultUri } : {}) });
    this.#drop(uris ?? []);
  }

  #drop(uris: readonly vscode.Uri[]): void {
    for (const uri of uris) {
      const path = workspacePath(uri);
      if (vscode.workspace.getWorkspaceFolder(uri)) this.#parts.view.post('chip', { chip: fileChip(path) });
      else
        this.#parts.notices.show({
          key: 'outside',
          level: 'warning',
          text: vscode.l10n.t('{0} is outside this workspace.', uri.fsPath),
        });
    }
  }

  /** The button of a notice. */
  async act(command: ChatFromView['action']['command'], key: string): Promise<void> {
    const commands = {
      addModel: 'plurnk.addModel',
      enterKey: 'plurnk.enterKey',
      selectModel: 'plurnk.selectModel',
      trust: 'workbench.trust.manage',
      openFolder: 'workbench.action.files.openFolder',
      restartServer: 'plurnk.restartServer',
      showLog: 'plurnk.showLog',
      doctor: 'plurnk.doctor',
      newSession: 'plurnk.newSession',
    } as const;
    if (key !== '' && key !== 'workspace') this.#parts.notices.clear(key);
    if (command === 'retry') return this.#again();
    await vscode.commands.executeCommand(commands[command]);
  }

  /** The last prompt once more, in the same run. */
  async #again(): Promise<void> {
    const { prompts } = await this.#parts.server.request('session.prompts', { limit: 1 });
    const [text] = prompts;
    const mode = this.#parts.memory.get<ChatMode>(MODE_KEY, 'act');
    if (text !== undefined) await this.#send({ text, chips: [], mode });
  }

  #postModels(): void {
    const { models, view } = this.#parts;
    view.post('models', { models: [...models.choices], selected: models.alias, probing: models.probing });
  }

  #postPending(): void {
    const { proposals, view } = this.#parts;
    const files = proposals.files;
    view.post('pending', {
      changes: files.length,
      files: new Set(files.map(({ path }) => path)).size,
      commands: proposals.pending.length - files.length,
      added: files.reduce((sum, { added }) => sum + added, 0),
      removed: files.reduce((sum, { removed }) => sum + removed, 0),
    });
    // Changes have their own badge at the tree; the container's icon shows the sum.
    const commands = proposals.pending.filter(({ automatic, kind }) => !automatic && kind === 'exec').length;
    view.setBadge(commands, vscode.l10n.t('{0} decisions wait for you', commands));
  }

  async #header(): Promise<void> {
    const { session } = this.#parts;
    await session.refreshRuns();
    const current = (await session.history()).find(({ id }) => id === session.current?.id);
    this.#sessionCost = current?.cost_pico ?? null;
    this.#postHeader();
  }

  #postHeader(): void {
    const { session, conversation, view } = this.#parts;
    const { usage } = conversation;
    view.post('header', {
      sessionName: session.current?.name ?? '',
      runId: session.runId,
      runs: session.runs.map(({ id, name, parent_run_id: parentId, status }) => ({ id, name, parentId, status })),
      running: conversation.running,
      contextTokens: usage?.contextTokens ?? null,
      contextSize: usage?.contextSize ?? null,
      loopCostPico: usage?.costPico ?? null,
      sessionCostPico: this.#sessionCost,
    });
  }
}

/** Spans and problems are quoted to the model; whole files go along as open paths. */
function promptWithChips(text: string, chips: readonly Chip[]): string {
  const quotes = chips
    .filter(chip => chip.text !== null || chip.lines !== null)
    .map(chip => {
      const where = chip.lines ? `${chip.path}:${chip.lines[0]}-${chip.lines[1]}` : chip.path;
      return chip.text === null ? `[${where}]` : `[${where}]\n${chip.text}`;
    });
  return [text, ...quotes].join('\n\n');
}

export function viewStrings(): Record<string, string> {
  return { ...vscode.l10n.bundle };
}
