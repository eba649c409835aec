import type { ModelSettings, ModelSettingsEntry, PriceEntry, ProviderDeps } from '@plurnk/plurnk-providers';
import { configuredModelSchema, type JsonObject } from '@plurnk/protocol';

export interface EditorModelsReading {
  readonly settings: ModelSettings;
  /** Sentences about items that make no sense; they are left out. */
  readonly problems: readonly string[];
}

/** `plurnk.models` is a list, keys come by alias (or `provider:<name>`). */
export function readEditorModels(settings: JsonObject, secrets: Readonly<Record<string, string>>): EditorModelsReading {
  const models: Record<string, ModelSettingsEntry> = {};
  const problems: string[] = [];
  for (const [at, item] of (Array.isArray(settings.models) ? settings.models : []).entries()) {
    const read = configuredModelSchema.safeParse(item);
    if (read.success) {
      const { alias, ...entry } = read.data;
      models[alias] = toEntry(entry);
    } else {
      const [issue] = read.error.issues;
      problems.push(
        `Item ${at + 1} of plurnk.models is left out: ${issue?.path.join('.') || 'it'}: ${issue?.message}.`,
      );
    }
  }
  const keys = Object.fromEntries(Object.entries(secrets).map(([name, key]) => [name.replace(/^provider:/, ''), key]));
  const { model } = settings;
  return { settings: { models, keys, ...(typeof model === 'string' && model !== '' ? { model } : {}) }, problems };
}

/** What the editor's settings say about every endpoint; they win over the environment. */
export function transportOf({ providersGbnf, providersFetchTimeout }: JsonObject): Partial<ProviderDeps> {
  return {
    ...(typeof providersGbnf === 'boolean' ? { grammarMode: providersGbnf ? 'on' : 'off' } : {}),
    ...(typeof providersFetchTimeout === 'number' && providersFetchTimeout > 0
      ? { fetchTimeoutMs: providersFetchTimeout }
      : {}),
  };
}

type ReadItem = Omit<ReturnType<typeof configuredModelSchema.parse>, 'alias'>;

function toEntry({ provider, model, baseUrl, contextSize, streaming, price }: ReadItem): ModelSettingsEntry {
  return {
    provider,
    model,
    ...(baseUrl === undefined || baseUrl === '' ? {} : { baseUrl }),
    ...(contextSize === undefined ? {} : { contextSize }),
    ...(streaming === undefined ? {} : { streaming }),
    ...(price === undefined ? {} : { price: toPrice(price) }),
  };
}

function toPrice({ input, output, cachedInput, cacheWrite }: NonNullable<ReadItem['price']>): PriceEntry {
  return {
    input,
    output,
    ...(cachedInput === undefined ? {} : { cachedInput }),
    ...(cacheWrite === undefined ? {} : { cacheWrite }),
  };
}
