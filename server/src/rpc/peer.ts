import type { NotificationName, PlurnkNotifications } from '@plurnk/protocol';
import type { Dispatcher } from './dispatcher.ts';
import { failure } from './failure.ts';
import type { Hub } from './hub.ts';
import type { Outbox } from './outbox.ts';
import type { Attachment, Caller } from './services.ts';

/** How a door writes notifications; `size` is the text's length. */
export interface NotificationWriter {
  encode(
    name: NotificationName,
    payload: unknown,
  ): { readonly size: number; readonly send: () => void | Promise<void> };
}

export interface PeerParts {
  readonly dispatcher: Dispatcher;
  readonly hub: Hub;
  readonly outbox: Outbox;
  readonly writer: NotificationWriter;
}

/** One client: what it is attached to, what it is waiting for, and its way out. */
export class Peer implements Caller {
  readonly id: number;
  readonly outbox: Outbox;
  readonly #parts: PeerParts;
  readonly #running = new Set<AbortController>();
  #stopping: string | null = null;
  #attachment: Attachment | null = null;
  /** Attached to a session about which it has not heard yet. */
  #isNew = false;

  constructor(parts: PeerParts) {
    this.#parts = parts;
    this.outbox = parts.outbox;
    this.id = parts.hub.add(this);
  }

  get attachment(): Attachment | null {
    return this.#attachment;
  }

  attach(attachment: Attachment): void {
    if (this.#attachment !== null && this.#attachment.runId !== attachment.runId) this.#parts.hub.release(this);
    if (this.#attachment?.sessionId !== attachment.sessionId) this.#isNew = true;
    this.#attachment = attachment;
  }

  /**
   * The door has handed over an answer. What a client hears about the session that it is attached to follows the answer
   * that tells it which one that is.
   */
  answered(): void {
    if (!this.#isNew) return;
    this.#isNew = false;
    this.#parts.hub.welcome(this);
  }

  detach(): void {
    this.#attachment = null;
  }

  /** Calls a method; rejects with `RpcFailure`. `register` hands out the way to cancel it. */
  async call(method: string, params: unknown, register?: (cancel: () => void) => void): Promise<object> {
    if (this.#stopping !== null) throw failure('internal', this.#stopping);
    const controller = new AbortController();
    this.#running.add(controller);
    register?.(() => controller.abort(failure('cancelled', 'The request was cancelled.')));
    try {
      return await this.#parts.dispatcher.call(method, params, this, controller.signal);
    } finally {
      this.#running.delete(controller);
    }
  }

  notify<Name extends NotificationName>(name: Name, payload: PlurnkNotifications[Name]): void {
    const { size, send } = this.#parts.writer.encode(name, payload);
    this.outbox.push({ size, send, droppable: name === 'turn/delta' });
  }

  /** Answers what is still open and what comes from now on (RPC-3). */
  stopCalls(message: string): void {
    this.#stopping = message;
    for (const controller of this.#running) controller.abort(failure('internal', message));
  }

  /** The client is gone. */
  close(): void {
    for (const controller of this.#running) controller.abort(failure('cancelled', 'The client left.'));
    this.outbox.close();
    this.#parts.hub.remove(this);
  }
}
