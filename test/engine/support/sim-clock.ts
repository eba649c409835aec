import type { Clock } from '../../../server/src/engine/contract.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly work: () => void;
}

/** A clock that stands still until a test moves it. */
export class SimClock implements Clock {
  #now: number;
  #order = 0;
  #timers = new Set<Timer>();

  constructor(now = 1_800_000_000_000) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  elapsed(): number {
    return this.#now;
  }

  setTimeout(work: () => void, ms: number): { cancel(): void } {
    const timer: Timer = { at: this.#now + Math.max(0, ms), order: this.#order, work };
    this.#order += 1;
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  /** Fires what is due on the way, in order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const due = [...this.#timers]
        .filter(timer => timer.at <= end)
        .sort((a, b) => a.at - b.at || a.order - b.order)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#now = Math.max(this.#now, due.at);
      due.work();
    }
    this.#now = end;
  }

  get pending(): number {
    return this.#timers.size;
  }

  /** Time of the next timer; null without one. */
  get nextAt(): number | null {
    const times = [...this.#timers].map(timer => timer.at);
    return times.length === 0 ? null : Math.min(...times);
  }
}
