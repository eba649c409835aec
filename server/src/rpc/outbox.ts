/** One outgoing message: sends it, and resolves when the next may follow. */
export interface Outgoing {
  readonly send: () => void | Promise<void>;
  /** Size in characters, for the limit of slow readers. */
  readonly size: number;
  /** May be left out for a reader that is behind (streamed text). */
  readonly droppable: boolean;
}

export interface OutboxOptions {
  /** Resolves when everything committed so far is on disk (RL-1). */
  readonly durable: () => Promise<void>;
  /** Waiting characters above which a reader that does not keep up is given up; what is being sent does not count. */
  readonly limit: number;
  /** Called once when the limit is passed, or when sending fails. */
  readonly onOverflow: () => void;
  /** Milliseconds without progress after which a reader over the limit is given up. */
  readonly patienceMs?: number;
}

const PATIENCE_MS = 5000;

/**
 * The one place through which answers and notifications leave a peer, in order, and never before what they tell is
 * durable (RL-1). Bounded: a reader that is far behind loses streamed text first, then its place.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  #queue: Outgoing[] = [];
  readonly #flushes = new Set<() => void>();
  #waiting = 0;
  #pumping = false;
  /** The reader is behind: the message being sent waits for it. */
  #blocked = false;
  #closed = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  push(message: Outgoing): void {
    if (this.#closed) return;
    if (message.droppable && this.#waiting > this.#options.limit / 2) return;
    this.#queue.push(message);
    this.#waiting += message.size;
    if (this.#blocked && this.#waiting > this.#options.limit) {
      this.#giveUp();
      return;
    }
    if (!this.#pumping) void this.#pump();
  }

  /** Resolves when everything pushed before has been sent, or the outbox is closed. */
  flushed(): Promise<void> {
    return new Promise(resolve => {
      if (this.#closed) {
        resolve();
        return;
      }
      this.#flushes.add(resolve);
      const send = (): void => {
        this.#flushes.delete(resolve);
        resolve();
      };
      this.push({ send, size: 0, droppable: false });
    });
  }

  close(): void {
    this.#closed = true;
    this.#queue = [];
    this.#waiting = 0;
    for (const resolve of this.#flushes) resolve();
    this.#flushes.clear();
  }

  async #deliver(message: Outgoing): Promise<void> {
    const sent = message.send();
    if (sent === undefined) return;
    this.#blocked = true;
    const timer = setTimeout(() => {
      if (this.#waiting > this.#options.limit) this.#giveUp();
    }, this.#options.patienceMs ?? PATIENCE_MS);
    timer.unref();
    try {
      await sent;
    } finally {
      clearTimeout(timer);
      this.#blocked = false;
    }
  }

  #giveUp(): void {
    if (this.#closed) return;
    this.close();
    this.#options.onOverflow();
  }

  async #pump(): Promise<void> {
    this.#pumping = true;
    try {
      while (this.#queue.length > 0) {
        const batch = this.#queue;
        this.#queue = [];
        await this.#options.durable();
        for (const message of batch) {
          if (this.#closed) return;
          this.#waiting -= message.size;
          await this.#deliver(message);
        }
      }
    } catch {
      if (!this.#closed) this.#giveUp();
    } finally {
      this.#pumping = false;
    }
  }
}
