import type { Clock } from '../deps.ts';

/** Fires once when nothing was reported for a while. */
export interface Watchdog {
  touch(): void;
  stop(): void;
  readonly fired: boolean;
}

/** Watches for silence: `onSilent` is called after `ms` without `touch`. */
export function startWatchdog(clock: Clock, ms: number, onSilent: () => void): Watchdog {
  const stop = new AbortController();
  let last = clock.now();
  let fired = false;
  const watch = async (): Promise<void> => {
    for (let left = ms; left > 0; left = ms - (clock.now() - last)) {
      await clock.sleep(left, stop.signal);
    }
    fired = true;
    onSilent();
  };
  watch().catch(() => undefined);
  return {
    touch: () => {
      last = clock.now();
    },
    stop: () => stop.abort(),
    get fired() {
      return fired;
    },
  };
}
