import type { ChildProcess } from 'node:child_process';
import { type EDITOR_REQUESTS, type EditorState, LSP_PREFIX, NOTIFICATIONS } from '@plurnk/protocol';
import {
  CancellationTokenSource,
  createMessageConnection,
  type MessageConnection,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import { AnswerError, TestClient } from './test-client.ts';

type EditorRequestHandler = (params: never) => unknown;

/** A client of the language server over standard input and output, with the editor's half of the protocol. */
export class EditorClient extends TestClient {
  readonly connection: MessageConnection;
  readonly #process: ChildProcess;

  constructor(process: ChildProcess) {
    super();
    if (process.stdout === null || process.stdin === null) throw new Error('the server has no streams');
    this.#process = process;
    this.connection = createMessageConnection(
      new StreamMessageReader(process.stdout),
      new StreamMessageWriter(process.stdin),
    );
    for (const name of Object.keys(NOTIFICATIONS)) {
      this.connection.onNotification(LSP_PREFIX + name, (payload: unknown) => this.arrived(name, payload));
    }
    this.connection.listen();
  }

  /** Answers the server's requests to the editor. */
  answer(name: keyof typeof EDITOR_REQUESTS, handler: EditorRequestHandler): void {
    this.connection.onRequest(name, (params: never) => handler(params));
  }

  initialize(state: EditorState): Promise<unknown> {
    return this.connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri: null,
      capabilities: {},
      initializationOptions: state,
    });
  }

  override send(method: string, params: unknown) {
    const source = new CancellationTokenSource();
    const answer = this.connection.sendRequest(LSP_PREFIX + method, params, source.token).catch((error: unknown) => {
      if (error instanceof ResponseError) throw new AnswerError(error.code, error.message, error.data);
      throw error;
    });
    return { answer, cancel: () => source.cancel() };
  }

  override async close(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = new Promise<void>(resolve => this.#process.once('exit', () => resolve()));
    await this.connection.sendRequest('shutdown');
    await this.connection.sendNotification('exit');
    await gone;
    this.connection.dispose();
  }
}
