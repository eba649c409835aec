import type { MethodName, MethodParams, MethodResult, NotificationName, PlurnkNotifications } from '@plurnk/protocol';
import { WebSocket } from 'ws';

/** The daemon refused a call. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

type Notification = {
  [Name in NotificationName]: { readonly name: Name; readonly payload: PlurnkNotifications[Name] };
}[NotificationName];

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

const GONE = 'The daemon is gone.';
/** Close code of a message that the other end refused for its size. */
const TOO_LARGE = 1009;

/** One WebSocket to the daemon. */
export class DaemonClient {
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Set<(notification: Notification) => void>();
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', data => this.#receive(String(data)));
    socket.on('error', () => undefined);
    socket.on('close', code => this.#gone(code));
  }

  /** Rejects when nobody answers there. */
  static connect(url: string, token: string | null): Promise<DaemonClient> {
    const socket = new WebSocket(url, { headers: token === null ? {} : { authorization: `Bearer ${token}` } });
    return new Promise((resolve, reject) => {
      socket.once('open', () => {
        socket.removeAllListeners('error');
        resolve(new DaemonClient(socket));
      });
      socket.once('error', reject);
    });
  }

  call<Name extends MethodName>(method: Name, params: MethodParams<Name>): Promise<MethodResult<Name>> {
    return this.start(method, params).answer;
  }

  /** A call that can be given up: then the daemon ends what it was about to do. */
  start<Name extends MethodName>(
    method: Name,
    params: MethodParams<Name>,
  ): { readonly answer: Promise<MethodResult<Name>>; readonly cancel: () => void } {
    const id = ++this.#lastId;
    const answer = new Promise<MethodResult<Name>>((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as Pending['resolve'], reject });
      this.#send({ id, method, params });
    });
    return { answer, cancel: () => this.#send({ method: '$/cancelRequest', params: { id } }) };
  }

  on(listener: (notification: Notification) => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  }

  close(): void {
    this.#socket.close();
  }

  #send(message: object): void {
    this.#socket.send(JSON.stringify({ jsonrpc: '2.0', ...message }));
  }

  #receive(text: string): void {
    const message = JSON.parse(text) as {
      id?: number;
      method?: NotificationName;
      params?: unknown;
      result?: unknown;
      error?: { code: number; message: string };
    };
    if (message.method !== undefined) {
      const notification = { name: message.method, payload: message.params } as Notification;
      for (const listener of this.#listeners) listener(notification);
      return;
    }
    const pending = this.#pending.get(message.id ?? -1);
    this.#pending.delete(message.id ?? -1);
    if (message.error === undefined) pending?.resolve(message.result);
    else pending?.reject(new CallError(message.error.code, message.error.message));
  }

  #gone(code: number): void {
    const sentence = code === TOO_LARGE ? 'That is more than the daemon takes (PLURNK_MAX_MESSAGE_BYTES).' : GONE;
    for (const pending of this.#pending.values()) pending.reject(new Error(sentence));
    this.#pending.clear();
  }
}
