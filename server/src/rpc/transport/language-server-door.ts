import {
  EDITOR_CALLS,
  EDITOR_NOTIFICATIONS,
  type EditorCallName,
  type EditorCallParams,
  type EditorNotificationName,
  type EditorNotificationPayload,
  LSP_PREFIX,
} from '@plurnk/protocol';
import { type CancellationToken, type Connection, LSPErrorCodes, ResponseError } from 'vscode-languageserver/node';
import type { Dispatcher } from '../dispatcher.ts';
import { failure, invalid, RpcFailure } from '../failure.ts';
import type { Hub } from '../hub.ts';
import { Outbox } from '../outbox.ts';
import { Peer } from '../peer.ts';
import type { RemotePlugins } from '../plugins/remote-plugins.ts';

export interface LanguageServerDoorOptions {
  readonly dispatcher: Dispatcher;
  readonly hub: Hub;
  readonly durable: () => Promise<void>;
  readonly plugins: RemotePlugins;
}

/** Who answers the editor's requests: the engine in this process, or the owner of the storage by way of a relay. */
export interface RequestDoor {
  /** Serves a request whose name begins with the prefix; rejects with `ResponseError`. */
  serve(method: string, params: unknown, token: CancellationToken): Promise<object>;
}

/** What a notification weighs in the outbox: over LSP its text is not made before it is sent. */
export const NOTIFICATION_SIZE = 512;
const MAX_WAITING = 512 << 20;

/** The editor's door: the same methods under the prefix `plurnk/` on the language server's connection. */
export class LanguageServerDoor implements RequestDoor {
  readonly peer: Peer;
  readonly #plugins: RemotePlugins;

  constructor(connection: Connection, { dispatcher, hub, durable, plugins }: LanguageServerDoorOptions) {
    this.#plugins = plugins;
    const outbox = new Outbox({ durable, limit: MAX_WAITING, onOverflow: () => this.peer.close() });
    const encode = (name: string, params: unknown) => ({
      size: NOTIFICATION_SIZE,
      send: () => connection.sendNotification(LSP_PREFIX + name, params),
    });
    this.peer = new Peer({ dispatcher, hub, outbox, writer: { encode } });
  }

  /** Serves a request whose name begins with the prefix; the answer takes its turn in the outbox. */
  async serve(method: string, params: unknown, token: CancellationToken): Promise<object> {
    const name = method.slice(LSP_PREFIX.length);
    try {
      if (isEditorCall(method)) return this.#editorCall(method, params);
      const result = await this.peer.call(name, params, cancel => token.onCancellationRequested(cancel));
      await this.peer.outbox.flushed();
      return result;
    } catch (error) {
      await this.peer.outbox.flushed();
      throw toResponseError(error);
    } finally {
      // The answer is on its way when this function has returned.
      setImmediate(() => this.peer.answered());
    }
  }

  /** What belongs to the editor alone. */
  #editorCall(method: EditorCallName, params: unknown): object {
    const read = EDITOR_CALLS[method].params.safeParse(params);
    if (!read.success) {
      const issue = read.error.issues[0];
      throw invalid(issue?.path.join('.') ?? '', issue?.message ?? 'is not valid');
    }
    switch (method) {
      case 'plurnk/plugin.register':
        return this.#plugins.register(read.data as EditorCallParams<'plurnk/plugin.register'>);
      case 'plurnk/plugin.unregister':
        return this.#plugins.unregister(read.data);
    }
  }
}

/** Calls `work` with what validates. */
export function onEditorNotification<Name extends EditorNotificationName>(
  connection: Connection,
  name: Name,
  work: (payload: EditorNotificationPayload<Name>) => void,
): void {
  connection.onNotification(name, (payload: unknown) => {
    const read = EDITOR_NOTIFICATIONS[name].safeParse(payload);
    if (read.success) work(read.data as EditorNotificationPayload<Name>);
    else connection.console.warn(`${name} does not validate and was ignored.`);
  });
}

/** One handler for every name of ours: unknown ones get −32601 like over WebSocket. */
export function serveRequests(connection: Connection, door: () => RequestDoor | null): void {
  connection.onRequest(async (method: string, params: unknown, token: CancellationToken) => {
    if (!method.startsWith(LSP_PREFIX))
      throw toResponseError(failure('methodNotFound', `There is no method "${method}".`));
    const open = door();
    if (open === null) throw new ResponseError(LSPErrorCodes.ServerCancelled, 'The server is not ready.', {});
    return open.serve(method, params, token);
  });
}

export function isEditorCall(method: string): method is EditorCallName {
  return Object.hasOwn(EDITOR_CALLS, method);
}

export function toResponseError(error: unknown): ResponseError<object> {
  if (error instanceof RpcFailure) return new ResponseError(error.code, error.message, error.data);
  return toResponseError(failure('internal', 'The handler failed.'));
}
