import type { ModelAlias } from '../alias.ts';
import type { FailureContext } from '../classify.ts';
import type { ProviderDeps } from '../deps.ts';
import { hostOf, isLoopback, isOfficial } from '../endpoint/base-url.ts';
import { type EndpointFacts, readEndpointFacts } from '../endpoint/endpoint-facts.ts';
import type { Tokenizer } from '../knowledge/bound-tokenizer.ts';
import { costOf } from '../knowledge/cost.ts';
import { factsOf } from '../knowledge/model-table.ts';
import { FREE } from '../local/local-exchange.ts';
import type { Cost, GenerateRequest, GenerateResult, Provider, TokenizerInfo, Usage } from '../provider.ts';
import { isProviderError, ProviderError } from '../provider-error.ts';
import { withRetries } from '../retry.ts';
import { VENDORS } from '../vendor-table.ts';
import { attemptOnce } from './attempt.ts';
import { type Collected, toFinishReason } from './collect.ts';
import { createGrammarGate, type GrammarGate } from './grammar-gate.ts';
import { toPrompt } from './prompt.ts';
import type { BuildModel, SdkVendor } from './vendor.ts';

/** A model behind an HTTP endpoint, through the AI SDK's provider packages. */
export class SdkProvider implements Provider {
  readonly name: string;
  readonly model: string;
  readonly outputReserve = null;
  readonly tokenizer: TokenizerInfo;
  readonly #alias: ModelAlias;
  readonly #baseUrl: string;
  readonly #vendor: SdkVendor;
  readonly #deps: ProviderDeps;
  readonly #tokens: Tokenizer;
  readonly #context: FailureContext;
  readonly #gate: GrammarGate;
  #facts: EndpointFacts = { contextSize: null };
  #build: Promise<BuildModel> | null = null;

  constructor(setup: {
    alias: ModelAlias;
    baseUrl: string;
    vendor: SdkVendor;
    deps: ProviderDeps;
    tokenizer: Tokenizer;
  }) {
    const { alias, baseUrl, vendor, deps, tokenizer } = setup;
    this.name = alias.provider;
    this.model = alias.model;
    this.tokenizer = tokenizer.info;
    this.#alias = alias;
    this.#baseUrl = baseUrl;
    this.#vendor = vendor;
    this.#deps = deps;
    this.#tokens = tokenizer;
    const willing = vendor.mayTakeGrammar === true && !isOfficial(alias.provider, baseUrl);
    this.#gate = createGrammarGate(
      willing && (alias.provider !== 'openai' || deps.grammarMode === 'on'),
      deps.grammarMode,
    );
    this.#context = {
      provider: alias.provider,
      label: labelOf(alias, baseUrl),
      model: alias.model,
      host: hostOf(baseUrl),
      secrets: alias.apiKey === undefined ? [] : [alias.apiKey],
      timeoutMs: deps.fetchTimeoutMs,
    };
  }

  get contextSize(): number | null {
    const listed = isOfficial(this.#alias.provider, this.#baseUrl)
      ? factsOf(this.name, this.model)?.context
      : undefined;
    return this.#alias.contextSize ?? this.#facts.contextSize ?? listed ?? null;
  }

  countTokens(text: string): number {
    return this.#tokens.count(text);
  }

  costFor(usage: Usage): Cost {
    const own = isLoopback(this.#baseUrl) && ['ollama', 'llamacpp', 'lmstudio', 'vllm'].includes(this.name);
    const priced = {
      provider: this.name,
      model: this.model,
      listPrices: isOfficial(this.#alias.provider, this.#baseUrl),
      prices: this.#deps.prices,
      price: this.#alias.price,
    };
    const cost = costOf(usage, priced);
    return own && cost.priceVersion === null && !/cloud/i.test(this.model) ? FREE : cost;
  }

  /** Reads what the endpoint tells about its window. Brief and silent; called again while it is unknown. */
  async learn(): Promise<void> {
    if (this.contextSize === null) {
      this.#facts = await readEndpointFacts(this.#alias, this.#baseUrl, this.#deps);
    }
  }

  async generate(request: GenerateRequest): Promise<GenerateResult> {
    const started = this.#deps.clock.now();
    const timing = { firstChunkMs: null as number | null, attempts: 0, handedOut: false };
    try {
      const { collected, grammar } = await withRetries(
        number => {
          timing.attempts = number;
          return this.#attempt(this.#timed(request, timing));
        },
        this.#deps,
        { signal: request.signal, onNotice: request.onNotice, handedOut: () => timing.handedOut },
      );
      // Ollama knows its window only once the model is loaded.
      this.learn().catch(() => undefined);
      return this.#result(collected, grammar !== null, { ...timing, totalMs: this.#deps.clock.now() - started });
    } catch (error) {
      throw isProviderError(error) ? new ProviderError({ ...error.toJSON(), attempts: timing.attempts }) : error;
    }
  }

  async #attempt(request: GenerateRequest): Promise<{ collected: Collected; grammar: string | null }> {
    const grammar = await this.#gate.admit(request, (trivial, trial) => this.#ask(trial, trivial));
    try {
      return { collected: await this.#ask(request, grammar), grammar };
    } catch (error) {
      if (
        grammar !== null &&
        isProviderError(error) &&
        error.kind === 'bad_request' &&
        /grammar/i.test(error.detail ?? '')
      ) {
        this.#gate.close(request);
        return { collected: await this.#ask(request, null), grammar: null };
      }
      throw error;
    }
  }

  async #ask(request: GenerateRequest, grammar: string | null): Promise<Collected> {
    this.#build ??= this.#vendor.load(this.#alias, this.#baseUrl);
    const mark = this.#vendor.cacheMark?.(this.#alias) ?? null;
    const collected = await attemptOnce(
      {
        build: await this.#build,
        options: {
          prompt: toPrompt(request.messages, mark),
          headers: this.#headers(request),
          providerOptions: this.#vendor.options?.(request, this.#alias) ?? {},
          ...(request.maxOutputTokens === undefined ? {} : { maxOutputTokens: request.maxOutputTokens }),
        },
        extraBody: grammar === null ? {} : grammarFields(this.name, grammar),
        streaming: this.#alias.streaming !== false,
        deps: this.#deps,
        context: this.#context,
      },
      request,
    );
    return this.#refuseEmptyFiltered(collected);
  }

  /** Attribution and client go only to endpoints that are the person's own, never to a vendor. */
  #headers(request: GenerateRequest): Record<string, string> {
    if (isOfficial(this.#alias.provider, this.#baseUrl)) {
      return {};
    }
    const tags = request.attributions ?? [];
    return {
      ...(tags.length === 0 ? {} : { 'x-plurnk-attributions': tags.join(',') }),
      ...(request.clientId === undefined ? {} : { 'x-plurnk-client': request.clientId }),
    };
  }

  #refuseEmptyFiltered(collected: Collected): Collected {
    if (collected.finishReason?.unified === 'content-filter' && collected.text === '') {
      const message = `${this.#context.label} refused to answer this: its content filter stopped the answer.`;
      throw new ProviderError({ kind: 'refused', message, provider: this.name, model: this.model });
    }
    return collected;
  }

  #timed(request: GenerateRequest, timing: { firstChunkMs: number | null; handedOut: boolean }): GenerateRequest {
    const started = this.#deps.clock.now();
    const mark = (): void => {
      timing.firstChunkMs ??= this.#deps.clock.now() - started;
    };
    timing.firstChunkMs = null;
    return {
      ...request,
      onDelta: text => {
        mark();
        timing.handedOut = true;
        request.onDelta?.(text);
      },
      onReasoning: text => {
        mark();
        request.onReasoning?.(text);
      },
    };
  }

  #result(
    collected: Collected,
    constrained: boolean,
    timing: { readonly attempts: number; readonly firstChunkMs: number | null; readonly totalMs: number },
  ): GenerateResult {
    const { usage, reasoning, responseId, finishReason, warnings, vendor } = collected;
    return {
      text: collected.text,
      ...(reasoning === '' ? {} : { reasoning }),
      usage: usage ?? NO_USAGE,
      finishReason: toFinishReason(finishReason),
      model: collected.model ?? this.model,
      constrained,
      meta: {
        attempts: timing.attempts,
        totalMs: timing.totalMs,
        ...(timing.firstChunkMs === null ? {} : { firstChunkMs: timing.firstChunkMs }),
        ...(responseId === null ? {} : { responseId }),
        ...(finishReason?.raw === undefined ? {} : { rawFinishReason: finishReason.raw }),
        ...(warnings.length === 0 ? {} : { warnings }),
        ...(vendor === null ? {} : { vendor }),
      },
    };
  }
}

const NO_USAGE: Usage = {
  promptTokens: null,
  completionTokens: null,
  cachedTokens: null,
  cacheWriteTokens: null,
  reasoningTokens: null,
  raw: null,
};

function labelOf(alias: ModelAlias, baseUrl: string): string {
  if (alias.provider !== 'openai') {
    return VENDORS[alias.provider].label;
  }
  return isOfficial('openai', baseUrl) ? 'OpenAI' : 'The model server';
}

/** llama.cpp takes `grammar`; vLLM `structured_outputs`, before 0.12 `guided_grammar`. */
function grammarFields(provider: string, grammar: string): Record<string, unknown> {
  return provider === 'vllm' ? { structured_outputs: { grammar }, guided_grammar: grammar } : { grammar };
}
