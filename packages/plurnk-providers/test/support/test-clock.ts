import type { Clock } from '../../src/index.ts';

/** A clock whose short sleeps are over at once and recorded; long ones (the watch for silence) last until aborted. */
export function instantClock(): Clock & { readonly sleeps: number[] } {
  const sleeps: number[] = [];
  return {
    sleeps,
    now: () => performance.now(),
    sleep(ms, signal) {
      if (signal.aborted) {
        return Promise.reject(signal.reason);
      }
      if (ms < 200_000) {
        sleeps.push(ms);
        return Promise.resolve();
      }
      return new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
      );
    },
  };
}
