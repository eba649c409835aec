/** One message of a rendered packet. A packet has one `system` and one `user` message (spec part 4). */
export interface PacketMessage {
  readonly role: 'system' | 'user';
  readonly content: string;
  /**
   * How many UTF-16 code units at the start of `content` will be the same in the next turn (sections 1–6, PKT-1).
   * Providers with an explicit prompt cache put their breakpoint there; others ignore it. The text sent is `content`
   * either way.
   */
  readonly stablePrefix?: number;
}

/** What a provider tells while a `generate` call is under way (ENG-29). Never carries a key. */
export type ProviderNotice =
  | {
      readonly kind: 'retry';
      /** Why the last attempt failed: a sentence for a person. */
      readonly message: string;
      readonly cause: ProviderErrorKind;
      /** The attempt about to be made, 2 for the first repetition. */
      readonly attempt: number;
      readonly maxAttempts: number;
      /** Milliseconds until that attempt. */
      readonly delayMs: number;
      /** True: the text handed to `onDelta` so far is void; the next attempt starts the answer over. */
      readonly discardsText: boolean;
    }
  | {
      /** The backend does not obey the grammar: the emission of this and later turns is not constrained by it. */
      readonly kind: 'unconstrained';
      readonly message: string;
    }
  | {
      /** Something the vendor warned about (an unsupported setting, …). */
      readonly kind: 'warning';
      readonly message: string;
    };

/** One exchange with a model. */
export interface GenerateRequest {
  readonly messages: readonly PacketMessage[];
  /** Aborting closes the socket and rejects with kind `cancelled`, also between retries. */
  readonly signal: AbortSignal;
  /** Model text as it arrives. The concatenation of all chunks of the attempt that succeeds is `GenerateResult.text`. */
  readonly onDelta?: (text: string) => void;
  /** Reasoning text as it arrives, never part of the emission. */
  readonly onReasoning?: (text: string) => void;
  readonly onNotice?: (notice: ProviderNotice) => void;
  /** GBNF of a turn. Sent only where the backend obeys it; see `GenerateResult.constrained`. */
  readonly grammar?: string;
  /** Attribution tags of active plugins (RES-72), sorted and unique. */
  readonly attributions?: readonly string[];
  /** The session setting `client`: which client the person uses. Sent as a header where the endpoint is the user's own. */
  readonly clientId?: string;
  readonly maxOutputTokens?: number;
}

/** Token counts of one exchange as the provider reported them. `null`: not reported. */
export interface Usage {
  /** All prompt tokens, cached ones included. */
  readonly promptTokens: number | null;
  /** All generated tokens, reasoning included. */
  readonly completionTokens: number | null;
  /** Prompt tokens read from the provider's cache. */
  readonly cachedTokens: number | null;
  /** Prompt tokens written to the provider's cache. */
  readonly cacheWriteTokens: number | null;
  readonly reasoningTokens: number | null;
  /** The provider's own usage object, verbatim, JSON-serialisable (PKT-22). */
  readonly raw: unknown;
}

export type FinishReason = 'stop' | 'length' | 'content_filter' | 'other';

export interface GenerateResult {
  /** The emission, verbatim. May be empty. */
  readonly text: string;
  /** Reasoning text, if the model showed any. */
  readonly reasoning?: string;
  readonly usage: Usage;
  readonly finishReason: FinishReason;
  /** The model that answered, as the provider names it (may be more precise than the one asked for). */
  readonly model: string;
  /** Provider metadata for the turn row, JSON-serialisable: response id, raw finish reason, attempts, timing. */
  readonly meta: ProviderMeta;
  /** True if the emission was generated under `request.grammar` by a backend that was verified to obey it. */
  readonly constrained: boolean;
}

export interface ProviderMeta {
  readonly responseId?: string;
  readonly rawFinishReason?: string;
  /** HTTP attempts made, 1 without retries. */
  readonly attempts: number;
  /** Milliseconds from the request of the successful attempt to its first text or reasoning chunk. */
  readonly firstChunkMs?: number;
  /** Milliseconds of the whole call, retries included. */
  readonly totalMs: number;
  readonly warnings?: readonly string[];
  /** What the vendor adds (JSON-serialisable). */
  readonly vendor?: unknown;
}

/** Cost of one exchange (PKT-21, PKT-22). */
export interface Cost {
  /** Integer pico-USD (10⁻¹² USD), a safe integer. `null`: price or usage unknown; never 0 for unknown. */
  readonly pico: number | null;
  /** Which price list was used, for example `user`, `reported` or that of the built-in table. `null` if no price is known. */
  readonly priceVersion: string | null;
}

export interface TokenizerInfo {
  /** For example `o200k_base` or `bytes-bound`. */
  readonly name: string;
  /** False: `countTokens` is a documented upper bound (PKT-20). */
  readonly exact: boolean;
}

export type ProviderErrorKind =
  | 'unauthorized'
  | 'forbidden'
  | 'rate_limit'
  | 'quota_exceeded'
  | 'network_failure'
  | 'tls_failure'
  | 'timeout'
  | 'context_overflow'
  | 'refused'
  | 'bad_request'
  | 'bad_response'
  | 'not_found'
  | 'server_error'
  | 'overloaded'
  | 'not_configured'
  | 'cancelled';

/**
 * A model that can be asked for an emission. Stateless between calls apart from what it learned about its endpoint
 * (context size, whether a grammar is obeyed).
 */
export interface Provider {
  /** The provider's name in `PLURNK_MODEL_<ALIAS>=<provider>/<model>`. */
  readonly name: string;
  readonly model: string;
  /** Window in tokens; `null` if neither configured nor reported (ENG-40). May become known after the first call. */
  readonly contextSize: number | null;
  /** Tokens to keep free for the answer; `null`: the provider has no opinion and the engine's default applies. */
  readonly outputReserve: number | null;
  readonly tokenizer: TokenizerInfo;
  /**
   * One completed exchange. Retries rate limits, overload and network faults itself (ENG-29); a retry after text was
   * handed out says so in its notice. Rejects only with `ProviderError` (provider-error.ts).
   */
  generate(request: GenerateRequest): Promise<GenerateResult>;
  /** Tokens of `text`; exact or an upper bound as `tokenizer` says. Synchronous. */
  countTokens(text: string): number;
  costFor(usage: Usage): Cost;
}
