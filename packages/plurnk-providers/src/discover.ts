import { completeDeps } from './complete-deps.ts';
import type { ClientModel, ProviderDeps } from './deps.ts';
import { at, positiveInteger, type QuietRequest, quietJson } from './endpoint/quiet-json.ts';
import { type ProviderName, VENDORS } from './vendor-table.ts';

/** A model that answers right now, ready to become an alias. */
export interface DiscoveredModel {
  readonly provider: ProviderName;
  readonly model: string;
  /** As the picker shows it. */
  readonly label: string;
  /** Null for the editor's own models. */
  readonly baseUrl: string | null;
  readonly contextSize: number | null;
}

export interface DiscoverOptions {
  /** Only this provider. */
  readonly provider?: ProviderName;
  /** Where to look instead of the default ports, by provider. */
  readonly baseUrls?: Partial<Record<ProviderName, string>>;
  /** Per server; everything is asked at once. */
  readonly timeoutMs?: number;
  /** Aborting ends the search with what has answered so far. */
  readonly signal?: AbortSignal;
}

type LocalServer = 'ollama' | 'llamacpp' | 'lmstudio' | 'vllm';
type Probe = (root: string, ask: (url: string) => Promise<unknown>) => Promise<readonly Found[]>;
type Found = Pick<DiscoveredModel, 'model' | 'contextSize'>;

const DEFAULT_TIMEOUT_MS = 700;

/** How each local server lists its models, in the picker's order. A server that is not that one yields nothing. */
const PROBES: Readonly<Record<LocalServer, Probe>> = {
  ollama: async (root, ask) =>
    listOf(at(await ask(`${root}/api/tags`), 'models')).flatMap(item => found(at(item, 'name'), null)),
  llamacpp: async (root, ask) => {
    const size = positiveInteger(at(await ask(`${root}/props`), 'default_generation_settings', 'n_ctx'));
    const models = size === null ? [] : listOf(at(await ask(`${root}/v1/models`), 'data'));
    return models.flatMap(item => found(at(item, 'id'), size));
  },
  lmstudio: async (root, ask) =>
    listOf(at(await ask(`${root}/api/v0/models`), 'data'))
      .filter(item => at(item, 'type') !== 'embeddings')
      .flatMap(item =>
        found(
          at(item, 'id'),
          positiveInteger(at(item, 'loaded_context_length')) ?? positiveInteger(at(item, 'max_context_length')),
        ),
      ),
  vllm: async (root, ask) =>
    listOf(at(await ask(`${root}/v1/models`), 'data'))
      .filter(item => at(item, 'owned_by') === 'vllm' || positiveInteger(at(item, 'max_model_len')) !== null)
      .flatMap(item => found(at(item, 'id'), positiveInteger(at(item, 'max_model_len')))),
};

/**
 * What a person could use without configuring anything (UI-1): the editor's own models, then local servers on their
 * default ports. Asked all at once, briefly; where nobody answers there is nothing in the list and no error.
 */
export async function discover(
  options: DiscoverOptions = {},
  deps: Partial<ProviderDeps> = {},
): Promise<DiscoveredModel[]> {
  const complete = completeDeps(deps);
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const wanted = (provider: ProviderName): boolean => options.provider === undefined || options.provider === provider;
  const servers = (Object.keys(PROBES) as LocalServer[]).filter(wanted);
  const lists = await Promise.all([
    wanted('lm') ? editorModels(complete, timeoutMs) : [],
    ...servers.map(provider =>
      probe(provider, options.baseUrls?.[provider], complete, { timeoutMs, signal: options.signal }),
    ),
  ]);
  return lists.flat();
}

async function probe(
  provider: LocalServer,
  configured: string | undefined,
  deps: ProviderDeps,
  limits: Pick<QuietRequest, 'timeoutMs' | 'signal'>,
): Promise<DiscoveredModel[]> {
  const root = (configured ?? VENDORS[provider].defaultBaseUrl ?? '').replace(/\/+$/, '').replace(/\/v1$/, '');
  const request: QuietRequest = { fetch: deps.fetch, clock: deps.clock, ...limits };
  const models = await PROBES[provider](root, url => quietJson(url, request)).catch(() => []);
  return models.map(model => ({
    ...model,
    provider,
    label: `${model.model} (${VENDORS[provider].label})`,
    baseUrl: `${root}/v1`,
  }));
}

async function editorModels(deps: ProviderDeps, timeoutMs: number): Promise<DiscoveredModel[]> {
  if (deps.clientModels === null) {
    return [];
  }
  const listed = await deps.clientModels
    .list(AbortSignal.timeout(timeoutMs * 4))
    .catch((): readonly ClientModel[] => []);
  return listed.map(model => ({
    provider: 'lm',
    model: model.id,
    label: `${model.name} (${model.vendor})`,
    baseUrl: null,
    contextSize: model.maxInputTokens,
  }));
}

function found(name: unknown, contextSize: number | null): Found[] {
  return typeof name === 'string' && name !== '' ? [{ model: name, contextSize }] : [];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
