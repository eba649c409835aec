import type { StoreFile } from './file-system.ts';

/** Milliseconds that a flush may hold up the server. */
const QUICK_MS = 2;
/** Flushes that go to another thread after one that was slower than that. */
const AWAY = 64;

/**
 * Flushes in place while the disk answers faster than another thread would be woken, and elsewhere as soon as it does
 * not, so that a slow disk never holds up the server for more than one flush in many.
 */
export class FlushPace {
  #away = 0;

  async sync(file: StoreFile): Promise<void> {
    if (this.#away > 0) {
      this.#away--;
      await file.sync();
      return;
    }
    const started = performance.now();
    file.syncNow();
    if (performance.now() - started > QUICK_MS) this.#away = AWAY;
  }
}
