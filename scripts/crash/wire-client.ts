interface Answer {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** A server that lives answers within this, also on a busy machine. */
const DEADLINE_MS = 60_000;

/** The other side died: an unanswered call was not acknowledged. */
export class GoneError extends Error {}

/** A JSON-RPC client over WebSocket whose calls are rejected when the other side dies. */
export class WireClient {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, { done: (result: unknown) => void; failed: (error: Error) => void }>();
  #last = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', event => this.#receive(JSON.parse(String(event.data)) as Answer));
    socket.addEventListener('close', () => {
      for (const { failed } of this.#waiting.values()) failed(new GoneError('The server is gone.'));
      this.#waiting.clear();
    });
  }

  static connect(url: string): Promise<WireClient> {
    const socket = new WebSocket(url);
    return new Promise((resolve, reject) => {
      socket.addEventListener('open', () => resolve(new WireClient(socket)), { once: true });
      socket.addEventListener('error', () => reject(new Error(`No answer at ${url}.`)), { once: true });
    });
  }

  call<Result>(method: string, params: object): Promise<Result> {
    if (this.#socket.readyState !== WebSocket.OPEN) return Promise.reject(new GoneError('The server is gone.'));
    const id = ++this.#last;
    return new Promise<Result>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`No answer to ${method} in ${DEADLINE_MS / 1000} s.`)),
        DEADLINE_MS,
      );
      const failed = (error: Error) => {
        clearTimeout(timer);
        reject(error);
      };
      this.#waiting.set(id, {
        failed,
        done: result => {
          clearTimeout(timer);
          resolve(result as Result);
        },
      });
      this.#socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    });
  }

  #receive(answer: Answer): void {
    if (answer.id === undefined) return;
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.error === undefined) waiting?.done(answer.result);
    else waiting?.failed(new Error(answer.error.message));
  }
}
