import {
  EDITOR_NOTIFICATIONS,
  EDITOR_REQUESTS,
  type EditorNotificationName,
  type EditorNotificationPayload,
  type EditorRequestName,
  type EditorRequestParams,
  type EditorRequestResult,
  type EditorState,
  LSP_PREFIX,
  type MethodName,
  type MethodParams,
  type MethodResult,
  type NotificationName,
  type PlurnkNotifications,
} from '@plurnk/protocol';
import * as vscode from 'vscode';
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  type LanguageClientOptions,
  RevealOutputChannelOn,
  State,
  TransportKind,
} from 'vscode-languageclient/node';
import { createRestartPolicy } from './restart-policy.ts';

export type ServerState = 'starting' | 'running' | 'restarting' | 'failed' | 'stopped';

export interface ServerProgram {
  /** Path of the bundle. */
  readonly module: string;
  /** For Node's compiled code; made when it is missing. */
  readonly cacheFolder: string;
}

/** Reports go to the log; what the person must know is said in the chat, never in a pop-up. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

/**
 * The server process as the extension sees it: typed requests and notifications of part 5, restarted when it dies
 * (RL-5). Requests wait while it starts; they are never lost in between and never sent twice.
 */
export class PlurnkServer implements vscode.Disposable {
  readonly #client: QuietClient;
  readonly #policy = createRestartPolicy();
  readonly #states = new vscode.EventEmitter<ServerState>();
  readonly #notifications = new Map<NotificationName, vscode.EventEmitter<unknown>>();
  readonly #log: vscode.LogOutputChannel;
  #state: ServerState = 'stopped';
  #disposed = false;
  /** Fires on every change; `running` after a `restarting` means: attach again. */
  readonly onState = this.#states.event;

  constructor(program: ServerProgram, log: vscode.LogOutputChannel, editorState: () => EditorState) {
    this.#log = log;
    const { module, cacheFolder } = program;
    // Node keeps the compiled code there, and starts in half the time from the second time on (PF-7).
    const env = { NODE_COMPILE_CACHE: cacheFolder };
    const transport = TransportKind.ipc;
    const run = { module, transport, options: { env, execArgv: ['--no-warnings'] } };
    const debug = { module, transport, options: { env, execArgv: ['--no-warnings', '--enable-source-maps'] } };
    this.#client = new QuietClient('plurnk', 'Plurnk', { run, debug }, this.#options(log, editorState));
    this.#client.onDidChangeState(({ newState }) => {
      if (newState === State.Running) {
        this.#policy.answered();
        this.#setState('running');
      }
    });
  }

  get state(): ServerState {
    return this.#state;
  }

  /** Process id while the server runs. */
  get pid(): number | undefined {
    return this.#client.serverProcess?.pid;
  }

  async start(): Promise<void> {
    this.#setState('starting');
    try {
      await this.#client.start();
    } catch (error) {
      this.#log.error(`The server did not start: ${String(error)}`);
      this.#setState('failed');
    }
  }

  /** Stops the process and starts another; also after `failed`. */
  async restart(): Promise<void> {
    this.#setState('restarting');
    this.#policy.answered();
    if (this.#client.isRunning()) await this.#client.stop();
    await this.start();
  }

  /** Calls a method of part 5. Rejects with the server's sentence. */
  async request<Name extends MethodName>(
    name: Name,
    params: MethodParams<Name>,
    token?: vscode.CancellationToken,
  ): Promise<MethodResult<Name>> {
    await this.#running();
    // An `undefined` after the params would make them positional.
    const rest = token ? [token] : [];
    return await this.#client.sendRequest<MethodResult<Name>>(LSP_PREFIX + name, params, ...rest);
  }

  notify<Name extends EditorNotificationName>(name: Name, payload: EditorNotificationPayload<Name>): void {
    if (this.#state !== 'running') return;
    this.#client.sendNotification(name, EDITOR_NOTIFICATIONS[name].parse(payload)).catch((error: unknown) => {
      this.#log.warn(`${name} was not delivered: ${String(error)}`);
    });
  }

  /** Any number of listeners per notification; the connection itself knows only one. */
  onNotification<Name extends NotificationName>(
    name: Name,
    handle: (payload: PlurnkNotifications[Name]) => void,
  ): vscode.Disposable {
    let emitter = this.#notifications.get(name);
    if (!emitter) {
      emitter = new vscode.EventEmitter<unknown>();
      this.#notifications.set(name, emitter);
      const source = emitter;
      this.#client.onNotification(LSP_PREFIX + name, (payload: unknown) => source.fire(payload));
    }
    return emitter.event(payload => handle(payload as PlurnkNotifications[Name]));
  }

  /** Answers what the server asks of the editor. */
  onRequest<Name extends EditorRequestName>(
    name: Name,
    handle: (params: EditorRequestParams<Name>, token: vscode.CancellationToken) => Promise<EditorRequestResult<Name>>,
  ): vscode.Disposable {
    return this.#client.onRequest(name, async (raw: unknown, token: vscode.CancellationToken) => {
      const params = EDITOR_REQUESTS[name].params.parse(raw) as EditorRequestParams<Name>;
      return await handle(params, token);
    });
  }

  dispose(): void {
    this.#disposed = true;
    this.#states.dispose();
    for (const emitter of this.#notifications.values()) emitter.dispose();
    if (this.#client.isRunning()) void this.#client.stop();
  }

  #options(log: vscode.LogOutputChannel, editorState: () => EditorState): LanguageClientOptions {
    return {
      documentSelector: [{ language: 'plurnk' }],
      outputChannel: log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationOptions: editorState,
      errorHandler: {
        error: error => {
          log.error(error.message);
          return { action: ErrorAction.Continue, handled: true };
        },
        closed: async () => await this.#closed(),
      },
    };
  }

  async #closed() {
    const delay = this.#disposed ? null : this.#policy.died();
    if (delay === null) {
      this.#setState('failed');
      return { action: CloseAction.DoNotRestart, handled: true };
    }
    this.#log.warn(`The server ended; it is started again in ${delay} ms.`);
    this.#setState('restarting');
    await new Promise(resolve => setTimeout(resolve, delay));
    return { action: CloseAction.Restart, handled: true };
  }

  async #running(): Promise<void> {
    if (this.#state === 'running') return;
    if (this.#state === 'failed' || this.#disposed) throw new Error(vscode.l10n.t('The Plurnk server is not running.'));
    await new Promise<void>((resolve, reject) => {
      const listener = this.onState(state => {
        if (state !== 'running' && state !== 'failed') return;
        listener.dispose();
        if (state === 'running') resolve();
        else reject(new Error(vscode.l10n.t('The Plurnk server is not running.')));
      });
    });
  }

  #setState(state: ServerState): void {
    if (this.#state === state || this.#disposed) return;
    this.#log.info(`server ${state}`);
    this.#state = state;
    this.#states.fire(state);
  }
}
