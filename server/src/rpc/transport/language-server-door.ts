import {
  EDITOR_NOTIFICATIONS,
  type EditorNotificationName,
  type EditorNotificationPayload,
  LSP_PREFIX,
} from '@plurnk/protocol';
import { type CancellationToken, type Connection, LSPErrorCodes, ResponseError } from 'vscode-languageserver/node';
import type { Dispatcher } from '../dispatcher.ts';
import { failure, RpcFailure } from '../failure.ts';
import type { Hub } from '../hub.ts';
import { Outbox } from '../outbox.ts';
import { Peer } from '../peer.ts';

export interface LanguageServerDoorOptions {
  readonly dispatcher: Dispatcher;
  readonly hub: Hub;
  readonly durable: () => Promise<void>;
}

/** What a notification weighs in the outbox: over LSP its text is not made before it is sent. */
const NOTIFICATION_SIZE = 512;
const MAX_WAITING = 512 << 20;

/** The editor's door: the same methods under the prefix `plurnk/` on the language server's connection. */
export class LanguageServerDoor {
  readonly peer: Peer;
  readonly #connection: Connection;

  constructor(connection: Connection, { dispatcher, hub, durable }: LanguageServerDoorOptions) {
    this.#connection = connection;
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
      const result = await this.peer.call(name, params, cancel => token.onCancellationRequested(cancel));
      await this.peer.outbox.flushed();
      return result;
    } catch (error) {
      await this.peer.outbox.flushed();
      throw toResponseError(error);
    }
  }

  onNotification<Name extends EditorNotificationName>(
    name: Name,
    work: (payload: EditorNotificationPayload<Name>) => void,
  ): void {
    this.#connection.onNotification(name, (payload: unknown) => {
      const read = EDITOR_NOTIFICATIONS[name].safeParse(payload);
      if (read.success) work(read.data as EditorNotificationPayload<Name>);
      else this.#connection.console.warn(`${name} does not validate and was ignored.`);
    });
  }
}

/** One handler for every name of ours: unknown ones get −32601 like over WebSocket. */
export function serveRequests(connection: Connection, door: () => LanguageServerDoor | null): void {
  connection.onRequest(async (method: string, params: unknown, token: CancellationToken) => {
    if (!method.startsWith(LSP_PREFIX))
      throw toResponseError(failure('methodNotFound', `There is no method "${method}".`));
    const open = door();
    if (open === null) throw new ResponseError(LSPErrorCodes.ServerCancelled, 'The server is not ready.', {});
    return open.serve(method, params, token);
  });
}

function toResponseError(error: unknown): ResponseError<object> {
  if (error instanceof RpcFailure) return new ResponseError(error.code, error.message, error.data);
  return toResponseError(failure('internal', 'The handler failed.'));
}
