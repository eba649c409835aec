import type { StoreFile } from './file-system.ts';

/** Milliseconds that a flush may hold up the server. */
const QUICK_MS = 2;
/** Flushes that go to another thread, at most, before the disk is tried again in place. */
const MOST_AWAY = 64;

/**
 * Flushes in place while the disk answers faster than another thread would be woken. After a slow one it flushes
 * elsewhere for as many times as that one was too slow, twice as long for each slow one that follows: a single hiccup
 * costs little, and a slow disk holds up the server for one flush in many.
 */
export class FlushPace {
  readonly #now: () => number;
  #away = 0;
  /** Something else writes much at the moment: every flush may be slow. */
  busy = false;
  #slow = 0;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Null: it is flushed already. Throws, or rejects, with a system error. */
  sync(file: Pick<StoreFile, 'sync' | 'syncNow'>): Promise<void> | null {
    if (this.busy) return file.sync();
    if (this.#away > 0) {
      this.#away--;
      return file.sync();
    }
    const started = this.#now();
    file.syncNow();
    const took = this.#now() - started;
    this.#slow = took > QUICK_MS ? this.#slow + 1 : 0;
    if (this.#slow > 0) this.#away = Math.min(MOST_AWAY, Math.ceil(took / QUICK_MS) * 2 ** (this.#slow - 1));
    return null;
  }
}
