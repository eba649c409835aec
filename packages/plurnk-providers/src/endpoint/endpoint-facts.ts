import type { ModelAlias } from '../alias.ts';
import type { ProviderDeps } from '../deps.ts';
import type { ProviderName } from '../vendor-table.ts';
import { at, positiveInteger, type QuietRequest, quietJson } from './quiet-json.ts';

/** What an endpoint tells about a model. */
export interface EndpointFacts {
  /** The window in tokens as the server runs the model now; null: it does not tell. */
  readonly contextSize: number | null;
}

type Ask = (path: string, body?: unknown) => Promise<unknown>;
type Reader = (ask: Ask, model: string) => Promise<number | null>;

const TIMEOUT_MS = 1_500;

/** Where each kind of server tells its window. `openai` is not asked: an unknown server gets only what it must. */
const READERS: Partial<Record<ProviderName, Reader>> = {
  llamacpp: readLlamaCpp,
  ollama: readOllama,
  lmstudio: readLmStudio,
  vllm: readModelList,
  openrouter: readModelList,
};

export async function readEndpointFacts(
  alias: ModelAlias,
  baseUrl: string,
  deps: ProviderDeps,
): Promise<EndpointFacts> {
  const reader = READERS[alias.provider];
  if (reader === undefined) {
    return { contextSize: null };
  }
  const request: QuietRequest = { fetch: deps.fetch, clock: deps.clock, timeoutMs: TIMEOUT_MS, apiKey: alias.apiKey };
  const root = baseUrl.replace(/\/v1$/, '');
  const ask: Ask = (path, body) =>
    quietJson(
      path.startsWith('/models') ? `${baseUrl}${path}` : `${root}${path}`,
      body === undefined ? request : { ...request, body },
    );
  return { contextSize: await reader(ask, alias.model) };
}

async function readLlamaCpp(ask: Ask): Promise<number | null> {
  const props = await ask('/props');
  return positiveInteger(at(props, 'default_generation_settings', 'n_ctx')) ?? positiveInteger(at(props, 'n_ctx'));
}

/**
 * Ollama cuts a prompt silently to the window it loaded the model with, which is not the model's own: the loaded one
 * counts, then the `num_ctx` of the model file. Before the first load nobody can know.
 */
async function readOllama(ask: Ask, model: string): Promise<number | null> {
  const running = at(await ask('/api/ps'), 'models');
  const loaded = Array.isArray(running)
    ? running.find(item => at(item, 'model') === model || at(item, 'name') === model)
    : null;
  const size = positiveInteger(at(loaded, 'context_length'));
  if (size !== null) {
    return size;
  }
  const parameters = at(await ask('/api/show', { model }), 'parameters');
  const line = typeof parameters === 'string' ? /^num_ctx\s+(\d+)/m.exec(parameters)?.[1] : undefined;
  return line === undefined ? null : Number(line);
}

async function readLmStudio(ask: Ask, model: string): Promise<number | null> {
  const found = await ask(`/api/v0/models/${encodeURIComponent(model)}`);
  return positiveInteger(at(found, 'loaded_context_length')) ?? positiveInteger(at(found, 'max_context_length'));
}

async function readModelList(ask: Ask, model: string): Promise<number | null> {
  const list = at(await ask('/models'), 'data');
  const found = Array.isArray(list) ? list.find(item => at(item, 'id') === model) : null;
  return positiveInteger(at(found, 'max_model_len')) ?? positiveInteger(at(found, 'context_length'));
}
