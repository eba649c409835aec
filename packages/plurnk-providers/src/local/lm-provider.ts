import type { ModelAlias } from '../alias.ts';
import type { ClientModel, ClientModelAnswer, ClientModelBridge, ClientModelPart, ProviderDeps } from '../deps.ts';
import { boundTokenizer } from '../knowledge/bound-tokenizer.ts';
import { costOf } from '../knowledge/cost.ts';
import type { GenerateRequest, GenerateResult, Provider, ProviderErrorKind } from '../provider.ts';
import { ProviderError } from '../provider-error.ts';
import { redact } from '../redact.ts';

const KINDS: Readonly<Record<string, ProviderErrorKind>> = {
  NoPermissions: 'forbidden',
  Blocked: 'rate_limit',
  NotFound: 'not_found',
};

const SENTENCES: Readonly<Record<string, string>> = {
  NoPermissions: 'The editor has not been allowed to let Plurnk use this model. Choose the model again and agree.',
  Blocked: 'The editor blocks further requests to this model for now: its quota is used up or it is limited.',
  NotFound: 'The editor no longer offers this model. Pick another one.',
};

/** The editor's own models: the client generates, this side only asks (`vscode.lm`). */
export async function createLmProvider(alias: ModelAlias, deps: ProviderDeps): Promise<Provider> {
  const bridge = deps.clientModels;
  if (bridge === null) {
    throw fail(alias, 'not_configured', "The editor's own models need the editor: none is connected.");
  }
  const listed = await bridge.list(AbortSignal.timeout(5_000)).catch((): readonly ClientModel[] => []);
  const known = listed.find(model => model.id === alias.model) ?? null;
  return {
    name: 'lm',
    model: alias.model,
    contextSize: alias.contextSize ?? known?.maxInputTokens ?? null,
    outputReserve: known?.maxInputTokens === null || known === null ? null : 0,
    tokenizer: boundTokenizer.info,
    countTokens: boundTokenizer.count,
    costFor: usage =>
      costOf(usage, { provider: 'lm', model: alias.model, listPrices: false, prices: deps.prices, price: alias.price }),
    generate: request => generate(alias, bridge, deps, request),
  };
}

async function generate(
  alias: ModelAlias,
  bridge: ClientModelBridge,
  deps: ProviderDeps,
  request: GenerateRequest,
): Promise<GenerateResult> {
  const started = deps.clock.now();
  const said = { text: '', reasoning: '' };
  const onPart = (part: ClientModelPart): void => {
    said[part.kind] += part.text;
    (part.kind === 'text' ? request.onDelta : request.onReasoning)?.(part.text);
  };
  const answer = await ask(alias, bridge, request, onPart);
  const { promptTokens, completionTokens } = answer;
  return {
    text: said.text,
    ...(said.reasoning === '' ? {} : { reasoning: said.reasoning }),
    usage: {
      promptTokens,
      completionTokens,
      cachedTokens: null,
      cacheWriteTokens: null,
      reasoningTokens: null,
      raw: answer,
    },
    finishReason: 'stop',
    model: answer.model,
    meta: { attempts: 1, totalMs: deps.clock.now() - started },
    constrained: false,
  };
}

async function ask(
  alias: ModelAlias,
  bridge: ClientModelBridge,
  request: GenerateRequest,
  onPart: (part: ClientModelPart) => void,
): Promise<ClientModelAnswer> {
  const cancelled = (): ProviderError => fail(alias, 'cancelled', 'The request was cancelled.');
  if (request.signal.aborted) {
    throw cancelled();
  }
  const aborted = new Promise<never>((_resolve, reject) => {
    request.signal.addEventListener('abort', () => reject(cancelled()), { once: true });
  });
  const work = bridge.generate({ modelId: alias.model, messages: request.messages }, onPart, request.signal);
  try {
    return await Promise.race([work, aborted]);
  } catch (error) {
    throw request.signal.aborted ? cancelled() : toError(alias, error);
  }
}

function toError(alias: ModelAlias, error: unknown): ProviderError {
  const failure = typeof error === 'object' && error !== null ? (error as { code?: unknown; message?: unknown }) : {};
  const code = typeof failure.code === 'string' ? failure.code : 'Unknown';
  const detail = redact(typeof failure.message === 'string' ? failure.message : String(error));
  return fail(alias, KINDS[code] ?? 'server_error', SENTENCES[code] ?? `The editor's model failed: ${detail}`, detail);
}

function fail(alias: ModelAlias, kind: ProviderErrorKind, message: string, detail?: string): ProviderError {
  return new ProviderError({
    kind,
    message,
    provider: 'lm',
    model: alias.model,
    ...(detail === undefined ? {} : { detail }),
  });
}
