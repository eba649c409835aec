import type { Clock } from './deps.ts';
import type { ProviderErrorKind, ProviderNotice } from './provider.ts';
import { ProviderError } from './provider-error.ts';

export interface RetryPolicy {
  readonly clock: Clock;
  readonly random: () => number;
  readonly maxAttempts: number;
}

const RETRYABLE: ReadonlySet<ProviderErrorKind> = new Set([
  'rate_limit',
  'overloaded',
  'server_error',
  'network_failure',
]);
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
/** A vendor that asks for more is not waited for: the person decides. */
const LONGEST_RETRY_AFTER_MS = 120_000;

/**
 * Repeats `attempt` while it fails in a way that passes (ENG-29): exponential backoff with jitter, or what the vendor
 * asks for. Aborting ends the wait at once. `attempt` gets its number, from 1, and tells whether it handed out text.
 */
export async function withRetries<T>(
  attempt: (number: number) => Promise<T>,
  policy: RetryPolicy,
  calls: {
    readonly signal: AbortSignal;
    readonly onNotice?: ((notice: ProviderNotice) => void) | undefined;
    readonly handedOut: () => boolean;
  },
): Promise<T> {
  for (let number = 1; ; number += 1) {
    try {
      return await attempt(number);
    } catch (error) {
      const delayMs = error instanceof ProviderError ? delayFor(error, number, policy) : null;
      if (!(error instanceof ProviderError) || delayMs === null) {
        throw error;
      }
      calls.onNotice?.({
        kind: 'retry',
        message: error.message,
        cause: error.kind,
        attempt: number + 1,
        maxAttempts: policy.maxAttempts,
        delayMs,
        discardsText: calls.handedOut(),
      });
      await sleepOrCancel(policy.clock, delayMs, calls.signal, error);
    }
  }
}

function delayFor(error: ProviderError, number: number, policy: RetryPolicy): number | null {
  if (!RETRYABLE.has(error.kind) || number >= policy.maxAttempts) {
    return null;
  }
  if (error.retryAfterMs !== undefined) {
    return error.retryAfterMs <= LONGEST_RETRY_AFTER_MS ? error.retryAfterMs : null;
  }
  const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (number - 1));
  return Math.round(ceiling * (0.5 + policy.random() / 2));
}

async function sleepOrCancel(clock: Clock, ms: number, signal: AbortSignal, who: ProviderError): Promise<void> {
  try {
    await clock.sleep(ms, signal);
  } catch {
    throw new ProviderError({
      kind: 'cancelled',
      message: 'The request was cancelled.',
      provider: who.provider,
      model: who.model,
    });
  }
}
