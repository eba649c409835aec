import type { ChildProcess } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  type EditorCallName,
  type EditorCallParams,
  type EditorRequestName,
  type EditorRequestParams,
  type EditorState,
  LSP_PREFIX,
  NOTIFICATIONS,
} from '@plurnk/protocol';
import {
  type CancellationToken,
  CancellationTokenSource,
  createMessageConnection,
  type MessageConnection,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import { AnswerError, TestClient } from './test-client.ts';

/** What an editor without unsaved buffers does with an accepted edit. */
function applyOnDisk(edit: EditorRequestParams<'plurnk/editor.applyEdit'>['edit']): { applied: boolean } {
  if (edit.kind === 'write') {
    mkdirSync(dirname(edit.path), { recursive: true });
    writeFileSync(edit.path, edit.text);
  } else if (edit.kind === 'delete') rmSync(edit.path);
  else renameSync(edit.path, edit.to);
  return { applied: true };
}

/** A client of the language server over standard input and output, with the editor's half of the protocol. */
export class EditorClient extends TestClient {
  readonly connection: MessageConnection;
  readonly process: ChildProcess;

  constructor(child: ChildProcess) {
    super();
    if (child.stdout === null || child.stdin === null) throw new Error('the server has no streams');
    this.process = child;
    this.connection = createMessageConnection(
      new StreamMessageReader(child.stdout),
      new StreamMessageWriter(child.stdin),
    );
    for (const name of Object.keys(NOTIFICATIONS)) {
      this.connection.onNotification(LSP_PREFIX + name, (payload: unknown) => this.arrived(name, payload));
    }
    this.answer('plurnk/editor.applyEdit', ({ edit }) => applyOnDisk(edit));
    this.connection.listen();
  }

  /** Answers the server's requests to the editor. */
  answer<Name extends EditorRequestName>(
    name: Name,
    handler: (params: EditorRequestParams<Name>, cancelled: AbortSignal) => unknown,
  ): void {
    this.connection.onRequest(name, (params: EditorRequestParams<Name>, token: CancellationToken) => {
      const controller = new AbortController();
      token.onCancellationRequested(() => controller.abort());
      return handler(params, controller.signal);
    });
  }

  initialize(state: EditorState): Promise<unknown> {
    return this.connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri: null,
      capabilities: {},
      initializationOptions: state,
    });
  }

  /** A request that belongs to the editor alone; the full name. */
  ask<Name extends EditorCallName>(name: Name, params: EditorCallParams<Name>): Promise<unknown> {
    return this.send(name.slice(LSP_PREFIX.length), params).answer;
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
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const gone = new Promise<void>(resolve => this.process.once('exit', () => resolve()));
    await this.connection.sendRequest('shutdown');
    await this.connection.sendNotification('exit');
    await gone;
    this.connection.dispose();
  }
}
