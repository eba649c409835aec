import { ERROR_CODES, type ErrorCode } from '@plurnk/protocol';
import { type RawData, WebSocket } from 'ws';
import { failure, RpcFailure } from '../failure.ts';
import { type OwnerAddress, OwnerRefusal } from './owner-address.ts';

export interface OwnerSocketListener {
  notified(name: string, params: unknown): void;
  /** The owner is gone; every open call has been rejected. Not called after `close`. */
  gone(): void;
}

/** What an editor's own door lets wait, too. */
const MAX_MESSAGE_BYTES = 512 << 20;
const HANDSHAKE_MS = 5000;
const GONE = 'The window that this one works through has ended.';

interface Pending {
  readonly resolve: (result: object) => void;
  readonly reject: (reason: RpcFailure) => void;
}

interface Incoming {
  readonly id?: number | null;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: object;
  readonly error?: { readonly code: ErrorCode; readonly message: string; readonly data?: Record<string, unknown> };
}

/** The client's end of the owner's WebSocket: requests by id, notifications in their order. */
export class OwnerSocket {
  readonly #socket: WebSocket;
  readonly #listener: OwnerSocketListener;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #ended: string | null = null;

  private constructor(socket: WebSocket, listener: OwnerSocketListener) {
    this.#socket = socket;
    this.#listener = listener;
    socket.on('message', data => this.#receive(data));
    // What goes wrong on a socket ends that socket; `close` follows.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (this.#end(GONE)) listener.gone();
    });
  }

  /** Rejects with `OwnerRefusal` when it is not let in, else with a system error. */
  static open({ url, token }: OwnerAddress, listener: OwnerSocketListener): Promise<OwnerSocket> {
    const socket = new WebSocket(url, {
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
      perMessageDeflate: false,
      // One message at a time: who waits for an answer goes on before what came after it is told.
      allowSynchronousEvents: false,
      maxPayload: MAX_MESSAGE_BYTES,
      handshakeTimeout: HANDSHAKE_MS,
    });
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(new OwnerSocket(socket, listener)));
      socket.on('error', reject);
      socket.once('unexpected-response', (_request, { statusCode }) => {
        const refused = statusCode === 401 || statusCode === 403;
        reject(refused ? new OwnerRefusal(`The owner answered ${statusCode}.`) : new Error(`answered ${statusCode}`));
        socket.terminate();
      });
    });
  }

  /** Rejects with `RpcFailure`. `register` hands out the way to cancel. */
  call(method: string, params: unknown, register: (cancel: () => void) => void): Promise<object> {
    if (this.#ended !== null) return Promise.reject(failure('internal', this.#ended));
    const id = ++this.#lastId;
    const answer = new Promise<object>((resolve, reject) => this.#pending.set(id, { resolve, reject }));
    this.#send({ id, method, params });
    register(() => {
      if (this.#pending.has(id)) this.#send({ method: '$/cancelRequest', params: { id } });
    });
    return answer;
  }

  /** Nothing is answered. */
  notify(method: string, params: unknown): void {
    if (this.#ended === null) this.#send({ method, params });
  }

  /** Open calls are rejected with the sentence, and so is every later one. */
  close(sentence: string): void {
    this.#end(sentence);
    this.#socket.close(1000);
  }

  #send(message: object): void {
    this.#socket.send(JSON.stringify({ jsonrpc: '2.0', ...message }));
  }

  #end(sentence: string): boolean {
    if (this.#ended !== null) return false;
    this.#ended = sentence;
    for (const { reject } of this.#pending.values()) reject(failure('internal', sentence));
    this.#pending.clear();
    return true;
  }

  #receive(data: RawData): void {
    if (this.#ended !== null) return;
    const { id, method, params, result, error } = JSON.parse(String(data)) as Incoming;
    if (method !== undefined) {
      this.#listener.notified(method, params);
      return;
    }
    const pending = this.#pending.get(id ?? 0);
    this.#pending.delete(id ?? 0);
    if (error === undefined) pending?.resolve(result ?? {});
    else pending?.reject(new RpcFailure(error.code ?? ERROR_CODES.internal, error.message, error.data ?? {}));
  }
}
