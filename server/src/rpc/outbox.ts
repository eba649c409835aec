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
  /** Waiting characters above which the reader is given up. */
  readonly limit: number;
  /** Called once when the limit is passed, or when sending fails. */
  readonly onOverflow: () => void;
}

/**
 * The one place through which answers and notifications leave a peer, in order, and never before what they tell is
 * durable (RL-1). Bounded: a reader that is far behind loses streamed text first, then its place.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  #queue: Outgoing[] = [];
  #waiting = 0;
  #pumping = false;
  #closed = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  push(message: Outgoing): void {
    if (this.#closed) return;
    if (message.droppable && this.#waiting > this.#options.limit / 2) return;
    this.#queue.push(message);
    this.#waiting += message.size;
    if (this.#waiting > this.#options.limit) {
      this.#giveUp();
      return;
    }
    if (!this.#pumping) void this.#pump();
  }

  /** Resolves when everything pushed before has been sent, or the outbox is closed. */
  flushed(): Promise<void> {
    return new Promise(resolve => {
      if (this.#closed) resolve();
      else this.push({ send: resolve, size: 0, droppable: false });
    });
  }

  close(): void {
    this.#closed = true;
    this.#queue = [];
    this.#waiting = 0;
  }

  #giveUp(): void {
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
          await message.send();
          this.#waiting -= message.size;
        }
      }
    } catch {
      if (!this.#closed) this.#giveUp();
    } finally {
      this.#pumping = false;
    }
  }
}
