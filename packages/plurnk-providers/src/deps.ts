import type { PacketMessage } from './provider.ts';

/** Time, injected so that tests need no waiting. */
export interface Clock {
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason as soon as it aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/**
 * Generation by the editor's own language models: the server hands the request to the client (`vscode.lm`) and
 * awaits its answer. Implemented by the RPC layer; the engine never sees the difference.
 */
export interface ClientModelBridge {
  /** The models the editor offers now. */
  list(signal: AbortSignal): Promise<readonly ClientModel[]>;
  /**
   * Runs one request on the client. Must stop it when `signal` aborts. Rejects with {@link ClientModelFailure}
   * (a plain object) or any error.
   */
  generate(
    request: ClientModelRequest,
    onPart: (part: ClientModelPart) => void,
    signal: AbortSignal,
  ): Promise<ClientModelAnswer>;
}

export interface ClientModel {
  /** The editor's model id (`LanguageModelChat.id`). */
  readonly id: string;
  readonly name: string;
  readonly vendor: string;
  readonly family: string;
  readonly maxInputTokens: number | null;
}

export interface ClientModelRequest {
  readonly modelId: string;
  readonly messages: readonly PacketMessage[];
}

export interface ClientModelPart {
  readonly kind: 'text' | 'reasoning';
  readonly text: string;
}

export interface ClientModelAnswer {
  readonly model: string;
  /** Where the editor counted tokens of prompt and answer (`countTokens`), else null. */
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
}

/** `LanguageModelError` codes as the client passes them on. */
export interface ClientModelFailure {
  readonly code: 'NoPermissions' | 'Blocked' | 'NotFound' | 'Unknown';
  readonly message: string;
}

/** `auto`: llama.cpp and vLLM get the turn grammar once they have proved to obey one; `on`: any compatible endpoint; `off`: none. */
export type GrammarMode = 'auto' | 'on' | 'off';

/** What a provider needs from outside. Everything has a real default (see `completeDeps`). */
export interface ProviderDeps {
  readonly clock: Clock;
  /** In [0, 1). Jitter of the backoff only. */
  readonly random: () => number;
  readonly fetch: typeof globalThis.fetch;
  /** Absent in the daemon: the `lm` provider is then not available. */
  readonly clientModels: ClientModelBridge | null;
  /** Longest silence of an endpoint in milliseconds, before and within an answer (`PLURNK_PROVIDERS_FETCH_TIMEOUT`). */
  readonly fetchTimeoutMs: number;
  readonly grammarMode: GrammarMode;
  /** Attempts per call, the first included. */
  readonly maxAttempts: number;
  /** The person's own prices; they win over the built-in table (PKT-22). */
  readonly prices: PriceOverrides;
}

/** US dollars per million tokens, by `<provider>/<model>` or `<model>`. */
export type PriceOverrides = Readonly<Record<string, PriceEntry>>;

export interface PriceEntry {
  readonly input: number;
  readonly output: number;
  /** Default: the input price. */
  readonly cachedInput?: number;
  /** Default: the input price. */
  readonly cacheWrite?: number;
}
