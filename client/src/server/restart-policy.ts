/** How long to wait before the server is started again, and when to give up. */
export interface RestartPolicy {
  /** The server died. Milliseconds to wait before the next start; null: it does not come up, leave it to the person. */
  died(): number | null;
  /** It answered: the next death counts as the first. */
  answered(): void;
}

const DELAYS_MS = [0, 250, 500, 1_000, 2_000, 5_000] as const;

/** Backoff over starts that never answered; a server that works and dies is restarted at once, however often (RL-5). */
export function createRestartPolicy(): RestartPolicy {
  let failures = 0;
  return {
    died: () => DELAYS_MS[failures++] ?? null,
    answered: () => {
      failures = 0;
    },
  };
}
