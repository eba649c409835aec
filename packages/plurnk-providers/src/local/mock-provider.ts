import { systemClock } from '../clock.ts';
import { boundTokenizer } from '../knowledge/bound-tokenizer.ts';
import type { Cost, GenerateRequest, GenerateResult, Provider, TokenizerInfo, Usage } from '../provider.ts';
import { ProviderError, type ProviderErrorDetails } from '../provider-error.ts';
import { exchangeLocally, FREE, type LocalEmission } from './local-exchange.ts';

/** What a `Mock` does on one call. */
export type MockReply =
  | string
  | LocalEmission
  | { readonly error: Partial<ProviderErrorDetails> }
  /** Streams `text`, then stays silent until the request is cancelled. */
  | { readonly hang: true; readonly text?: string }
  | ((request: GenerateRequest, call: number) => MockReply | Promise<MockReply>);

export interface MockOptions {
  readonly name?: string;
  readonly model?: string;
  readonly contextSize?: number | null;
  readonly outputReserve?: number | null;
  readonly countTokens?: (text: string) => number;
  readonly cost?: (usage: Usage) => Cost;
}

/** A provider for tests: replies in order, the last one for ever, and keeps every request it got. */
export class Mock implements Provider {
  readonly name: string;
  readonly model: string;
  readonly contextSize: number | null;
  readonly outputReserve: number | null;
  readonly tokenizer: TokenizerInfo = boundTokenizer.info;
  readonly requests: GenerateRequest[] = [];
  readonly #replies: readonly MockReply[];
  readonly #options: MockOptions;

  constructor(replies: readonly MockReply[], options: MockOptions = {}) {
    this.#replies = replies;
    this.#options = options;
    this.name = options.name ?? 'mock';
    this.model = options.model ?? 'mock';
    this.contextSize = options.contextSize ?? null;
    this.outputReserve = options.outputReserve ?? null;
  }

  countTokens(text: string): number {
    return (this.#options.countTokens ?? boundTokenizer.count)(text);
  }

  costFor(usage: Usage): Cost {
    return this.#options.cost?.(usage) ?? FREE;
  }

  async generate(request: GenerateRequest): Promise<GenerateResult> {
    this.requests.push(request);
    const call = this.requests.length;
    let reply = this.#replies[Math.min(call, this.#replies.length) - 1] ?? {
      error: { message: 'The mock has no replies.' },
    };
    while (typeof reply === 'function') {
      reply = await reply(request, call);
    }
    return this.#answer(typeof reply === 'string' ? { text: reply } : reply, request);
  }

  async #answer(
    reply: Exclude<MockReply, string | ((...args: never) => unknown)>,
    request: GenerateRequest,
  ): Promise<GenerateResult> {
    if ('error' in reply) {
      throw new ProviderError({
        kind: 'server_error',
        message: 'The mock fails.',
        provider: this.name,
        model: this.model,
        ...reply.error,
      });
    }
    const exchange = {
      provider: this.name,
      model: this.model,
      clock: systemClock,
      tokenizer: boundTokenizer,
      chunkPauseMs: 0,
      maxChunks: 8,
    };
    if (!('hang' in reply)) {
      return exchangeLocally(reply, request, exchange);
    }
    await exchangeLocally({ text: reply.text ?? '' }, request, exchange);
    await aborted(request.signal);
    throw new ProviderError({
      kind: 'cancelled',
      message: 'The request was cancelled.',
      provider: this.name,
      model: this.model,
    });
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) {
    return Promise.resolve();
  }
  return new Promise(resolve => signal.addEventListener('abort', () => resolve(), { once: true }));
}
