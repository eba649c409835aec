import { ERROR_CODES } from '@plurnk/protocol';
import { RpcFailure } from '../failure.ts';
import type { Peer } from '../peer.ts';

type RequestId = string | number;

/** JSON-RPC 2.0 by text: one message in, at most one answer out, ids echoed with their type (RPC-1, RPC-3). */
export class JsonRpcLink {
  readonly #peer: Peer;
  readonly #write: (text: string) => void | Promise<void>;
  readonly #notified: (method: string, params: unknown) => boolean;
  readonly #cancels = new Map<RequestId, () => void>();

  /** `notified` is offered every notification first; true: it was for it. */
  constructor(
    peer: Peer,
    write: (text: string) => void | Promise<void>,
    notified: (method: string, params: unknown) => boolean = () => false,
  ) {
    this.#peer = peer;
    this.#write = write;
    this.#notified = notified;
  }

  receive(text: string): void {
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      this.fail(null, new RpcFailure(ERROR_CODES.parse, 'The message is not JSON.'));
      return;
    }
    this.#accept(message);
  }

  /** Answers with an error. */
  fail(id: RequestId | null, failure: RpcFailure): void {
    const { code, message, data } = failure;
    this.#answer({ jsonrpc: '2.0', id, error: { code, message, data } });
  }

  #accept(message: unknown): void {
    const id = requestId(message);
    if (!isRequest(message)) {
      const sentence = 'The message is not a JSON-RPC 2.0 request.';
      this.fail(id ?? null, new RpcFailure(ERROR_CODES.invalidRequest, sentence));
      return;
    }
    if (message.method === '$/cancelRequest') this.#cancel(message.params);
    else if (id === undefined) this.#notice(message);
    else void this.#serve(id, message);
  }

  #notice({ method, params }: Request): void {
    if (!this.#notified(method, params)) void this.#peer.call(method, params).catch(() => undefined);
  }

  async #serve(id: RequestId, message: Request): Promise<void> {
    try {
      const result = await this.#peer.call(message.method, message.params, cancel => this.#cancels.set(id, cancel));
      this.#answer({ jsonrpc: '2.0', id, result });
    } catch (error) {
      this.fail(id, error instanceof RpcFailure ? error : new RpcFailure(ERROR_CODES.internal, 'The handler failed.'));
    } finally {
      this.#cancels.delete(id);
      this.#peer.answered();
    }
  }

  #cancel(params: unknown): void {
    const id = requestId(params);
    if (id !== undefined) this.#cancels.get(id)?.();
  }

  #answer(answer: object): void {
    const text = JSON.stringify(answer);
    this.#peer.outbox.push({ size: text.length, droppable: false, send: () => this.#write(text) });
  }
}

interface Request {
  readonly method: string;
  readonly params?: unknown;
}

function isRequest(message: unknown): message is Request {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) return false;
  const { jsonrpc, method, id } = message as Record<string, unknown>;
  const idIsValid = id === undefined || typeof id === 'string' || typeof id === 'number';
  return jsonrpc === '2.0' && typeof method === 'string' && idIsValid;
}

function requestId(message: unknown): RequestId | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { id } = message as { id?: unknown };
  return typeof id === 'string' || typeof id === 'number' ? id : undefined;
}
