import type { ProviderErrorKind } from './provider.ts';

export interface ProviderErrorDetails {
  readonly kind: ProviderErrorKind;
  /** A sentence for a person, with a way out. Never carries a key. */
  readonly message: string;
  /** HTTP status, if an answer came. */
  readonly status?: number;
  /** Milliseconds the vendor asks to wait. */
  readonly retryAfterMs?: number;
  /** What the vendor said, redacted and shortened. */
  readonly detail?: string;
  readonly provider: string;
  readonly model: string;
  /** Attempts made. */
  readonly attempts?: number;
}

/** The only thing `Provider.generate` rejects with. JSON-serialisable through `toJSON`. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly kind: ProviderErrorKind;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly detail: string | undefined;
  readonly provider: string;
  readonly model: string;
  readonly attempts: number;

  constructor(details: ProviderErrorDetails) {
    super(details.message);
    this.kind = details.kind;
    this.status = details.status;
    this.retryAfterMs = details.retryAfterMs;
    this.detail = details.detail;
    this.provider = details.provider;
    this.model = details.model;
    this.attempts = details.attempts ?? 1;
  }

  toJSON(): ProviderErrorDetails {
    return {
      kind: this.kind,
      message: this.message,
      provider: this.provider,
      model: this.model,
      attempts: this.attempts,
      ...(this.status === undefined ? {} : { status: this.status }),
      ...(this.retryAfterMs === undefined ? {} : { retryAfterMs: this.retryAfterMs }),
      ...(this.detail === undefined ? {} : { detail: this.detail }),
    };
  }
}

export function isProviderError(value: unknown): value is ProviderError {
  return value instanceof ProviderError;
}
