import type { TelemetryEvent } from '@plurnk/protocol';
import type { Notice } from '@plurnk/protocol/webview';
import * as vscode from 'vscode';
import type { PlurnkServer, ServerState } from '../server/plurnk-server.ts';
import type { ChatView } from './chat-view.ts';

type Action = NonNullable<Notice['action']>;

/** One notice for what the model or the way to it did: the newest counts. */
const PROVIDER = 'provider';
/** What mends a failure, by its kind (UI-15); what is not here needs another model. */
const NEEDS_KEY: ReadonlySet<string> = new Set(['unauthorized', 'not_configured']);
const PASSES: ReadonlySet<string> = new Set([
  ...['rate_limit', 'overloaded', 'server_error', 'network_failure', 'timeout', 'turn_failed'],
]);
const TOO_LONG: ReadonlySet<string> = new Set(['context_overflow', 'overflow']);

/** Sentences with a way out (UI-15, UI-4). Kept here, so that a page that is made anew shows them again. */
export class Notices implements vscode.Disposable {
  readonly #view: ChatView;
  readonly #shown = new Map<string, Notice>();
  readonly #disposables: vscode.Disposable[];
  #state: ServerState;

  constructor(view: ChatView, server: PlurnkServer, sessionId: () => number | null) {
    this.#view = view;
    this.#state = server.state;
    this.#disposables = [
      server.onState(state => this.#server(state)),
      server.onNotification('telemetry/event', ({ sessionId: of, event }) => {
        if (of === sessionId()) this.#telemetry(event);
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.workspace()),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.workspace()),
    ];
    this.workspace();
  }

  /** What is said right now. */
  get shown(): readonly Notice[] {
    return [...this.#shown.values()];
  }

  show(notice: Pick<Notice, 'key' | 'level' | 'text'> & Partial<Notice>): void {
    const whole: Notice = { detail: '', action: null, until: null, ...notice };
    this.#shown.set(whole.key, whole);
    this.#view.post('notice', whole);
  }

  clear(key: string): void {
    if (this.#shown.delete(key)) this.#view.post('notice/clear', { key });
  }

  replay(): void {
    for (const notice of this.#shown.values()) this.#view.post('notice', notice);
  }

  /** What is off in this window, and the button that mends it (UI-4). */
  workspace(): void {
    const { workspaceFolders: folders, isTrusted } = vscode.workspace;
    const folder = { label: vscode.l10n.t('Open a folder'), command: 'openFolder' } as const;
    const elsewhere = (folders ?? []).filter(({ uri }) => uri.scheme !== 'file');
    if (!folders?.length) {
      this.#workspace(vscode.l10n.t('No folder is open: chat works, files and commands are off.'), folder);
    } else if (elsewhere.length === folders.length) {
      this.#workspace(vscode.l10n.t('This folder is not on a disk: chat works, files and commands are off.'), folder);
    } else if (!isTrusted) {
      this.#workspace(vscode.l10n.t('This workspace is not trusted: chat works, changes and commands are off.'), {
        label: vscode.l10n.t('Manage trust'),
        command: 'trust',
      });
    } else if (elsewhere.length > 0) {
      const names = elsewhere.map(({ name }) => name).join(', ');
      this.#workspace(vscode.l10n.t('Not on a disk, so their files are off: {0}.', names), folder);
    } else {
      this.clear('workspace');
    }
  }

  noModel(detail: string): void {
    const action: Action = { label: vscode.l10n.t('Choose a model'), command: 'selectModel' };
    this.show({ key: 'model', level: 'error', text: vscode.l10n.t('No model can be used.'), detail, action });
  }

  failure(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    this.show({ key: 'failure', level: 'error', text });
  }

  /** Why a loop ended, where the person can do something about it and nothing has said so yet. */
  loopEnded(status: number, reason: string | null): void {
    if (status < 400 || status === 499) this.clear(PROVIDER);
    else if (this.#shown.get(PROVIDER)?.level === 'error') return;
    else if (status === 413) this.#failed('overflow', '');
    else if (status === 500 && reason?.includes(' ')) this.#failed('turn_failed', reason);
  }

  /** Another conversation is shown: what was said of the last one is over. */
  switched(): void {
    for (const key of ['model', 'failure', PROVIDER]) this.clear(key);
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #workspace(text: string, action: Action): void {
    this.show({ key: 'workspace', level: 'info', text, action });
  }

  #server(state: ServerState): void {
    const before = this.#state;
    this.#state = state;
    if (state === 'restarting') {
      // The next server may own the storage; if not, it says so again.
      this.clear('window');
      this.show({
        key: 'server',
        level: 'warning',
        text: vscode.l10n.t('The Plurnk server ended and is being started again.'),
      });
    } else if (state === 'running' && before === 'restarting') {
      this.show({
        key: 'server',
        level: 'info',
        text: vscode.l10n.t(
          'The Plurnk server was started again. Nothing is lost; what it was working on is marked as interrupted.',
        ),
      });
    } else if (state === 'failed') {
      const action: Action = { label: vscode.l10n.t('Start it again'), command: 'restartServer' };
      const text = vscode.l10n.t('The Plurnk server does not start.');
      this.show({ key: 'server', level: 'error', text, detail: vscode.l10n.t('Its log says why.'), action });
    }
  }

  #telemetry(event: TelemetryEvent): void {
    if (event.kind === 'turn_generated') this.clear(PROVIDER);
    if (event.source === 'store' && event.kind === 'saving_resumed') this.clear('telemetry:store');
    if (event.kind === 'through_another_window')
      this.show({ key: 'window', level: 'info', text: event.message ?? event.kind });
    if (event.kind === 'sessions_removed')
      this.show({ key: 'retention', level: 'info', text: event.message ?? event.kind });
    if (event.level === 'info') return;
    const message = event.message ?? event.kind;
    if (event.kind === 'unconstrained') this.show({ key: 'grammar', level: 'info', text: message });
    else if (event.level === 'warn' && event.source === 'provider') this.#waits(message, event.data ?? null);
    else if (event.source === 'provider' || TOO_LONG.has(event.kind) || event.kind === 'turn_failed')
      this.#failed(event.kind, message);
    else if (event.level === 'error' || event.source === 'store' || event.source === 'plugin') {
      this.show({
        key: `telemetry:${event.source}`,
        level: event.level === 'error' ? 'error' : 'warning',
        text: message,
      });
    }
  }

  /** It is asked again by itself; until then the seconds count down. */
  #waits(message: string, data: TelemetryEvent['data'] | null): void {
    this.show({ key: PROVIDER, level: 'warning', text: message, until: retryAt(data) });
  }

  #failed(kind: string, message: string): void {
    const tooLong = TOO_LONG.has(kind);
    const text = tooLong ? vscode.l10n.t('The conversation is too long for this model.') : message;
    this.show({ key: PROVIDER, level: 'error', text, detail: tooLong ? message : '', action: mends(kind) });
  }
}

function mends(kind: string): Action {
  if (TOO_LONG.has(kind)) return { label: vscode.l10n.t('New session'), command: 'newSession' };
  if (NEEDS_KEY.has(kind)) return { label: vscode.l10n.t('Enter a key'), command: 'enterKey' };
  if (PASSES.has(kind)) return { label: vscode.l10n.t('Try again'), command: 'retry' };
  return { label: vscode.l10n.t('Choose another model'), command: 'selectModel' };
}

function retryAt(data: TelemetryEvent['data'] | null): number | null {
  return typeof data?.delayMs === 'number' ? Date.now() + data.delayMs : null;
}
