import {
  createProvider,
  depsFromEnvironment,
  type Environment,
  findAlias,
  listAliases,
  type ModelAlias,
  type ModelConfig,
  type ModelSettings,
  type ModelSettingsEntry,
  type Provider,
  type ProviderDeps,
  readModelConfig,
  secretsOf,
  VENDORS,
} from '@plurnk/plurnk-providers';
import type { JsonObject, ModelAliasInfo } from '@plurnk/protocol';
import type { ProviderSource } from '../../engine/contract.ts';

export interface ModelServiceOptions {
  readonly env: Environment;
  /** Used when nothing is configured: the demo model in the editor, none in the daemon (→ 501). */
  readonly fallback: 'demo' | null;
  readonly deps: Partial<ProviderDeps>;
}

/** What the editor says about models; see `EditorState`. */
export interface EditorModels {
  readonly settings: JsonObject;
  readonly secrets: Readonly<Record<string, string>>;
}

/** Models by alias, from environment and editor settings. Providers are kept: they remember their endpoint. */
export class ModelService implements ProviderSource {
  readonly #options: ModelServiceOptions;
  readonly #providers = new Map<string, Promise<Provider>>();
  readonly #known = new Map<string, Provider>();
  #settings: ModelSettings = {};
  #config: ModelConfig;

  constructor(options: ModelServiceOptions) {
    this.#options = options;
    this.#config = readModelConfig(options.env);
  }

  /** New settings or keys: every provider is made anew when it is next used. */
  configure({ settings, secrets }: EditorModels): void {
    this.#settings = toModelSettings(settings, secrets);
    this.#config = readModelConfig(this.#options.env, this.#settings);
    this.#providers.clear();
  }

  async get(name: string | null): Promise<Provider | null> {
    const alias = name === null ? this.#default() : this.#find(name);
    if (alias === null) {
      if (name !== null) throw new Error(this.#unknown(name));
      return null;
    }
    return this.provider(alias);
  }

  /** A sentence if no model can be had by this name. */
  problemWith(name: string): string | null {
    return this.#find(name) === null ? this.#unknown(name) : null;
  }

  list(): ModelAliasInfo[] {
    const active = this.#default()?.alias;
    const rows = listAliases(this.#config).map(row => ({ ...row, active: row.alias === active }));
    return rows.map(row => ({
      ...row,
      contextSize: row.contextSize ?? this.#known.get(row.alias)?.contextSize ?? null,
    }));
  }

  get config(): ModelConfig {
    return this.#config;
  }

  get deps(): Partial<ProviderDeps> {
    return { ...depsFromEnvironment(this.#options.env), ...this.#options.deps };
  }

  get env(): Environment {
    return this.#options.env;
  }

  get settings(): ModelSettings {
    return this.#settings;
  }

  /** Names of all providers. */
  providers(): readonly string[] {
    return Object.keys(VENDORS);
  }

  /** Every key in memory: never to be stored, exported or handed to a process (RES-25). */
  secrets(): readonly string[] {
    return [...new Set([...secretsOf(this.#config), ...Object.values(this.#settings.keys ?? {})])];
  }

  provider(alias: ModelAlias): Promise<Provider> {
    const made = this.#providers.get(alias.alias) ?? createProvider(alias, this.deps);
    this.#providers.set(alias.alias, made);
    made.then(
      provider => this.#known.set(alias.alias, provider),
      () => this.#providers.delete(alias.alias),
    );
    return made;
  }

  #default(): ModelAlias | null {
    const { active, aliases } = this.#config;
    if (active !== null) return findAlias(this.#config, active);
    return aliases[0] ?? (this.#options.fallback === null ? null : findAlias(this.#config, this.#options.fallback));
  }

  /** By alias, or directly as `<provider>/<model>`. */
  #find(name: string): ModelAlias | null {
    const found = findAlias(this.#config, name);
    if (found !== null || !name.includes('/')) return found;
    const direct = readModelConfig(this.#options.env, { ...this.#settings, model: name });
    return direct.active === null ? null : findAlias(direct, direct.active);
  }

  #unknown(name: string): string {
    const known = this.#config.aliases.map(alias => alias.alias);
    if (!known.includes('demo')) known.push('demo');
    return `There is no model "${name}". Known are: ${known.join(', ')}.`;
  }
}

/** `plurnk.models` is a list, keys come by alias (or `provider:<name>`). */
function toModelSettings(settings: JsonObject, secrets: Readonly<Record<string, string>>): ModelSettings {
  const models: Record<string, ModelSettingsEntry> = {};
  for (const entry of Array.isArray(settings.models) ? settings.models : []) {
    const model = toEntry(entry);
    if (model !== null) models[model.alias] = model.entry;
  }
  const keys = Object.fromEntries(Object.entries(secrets).map(([name, key]) => [name.replace(/^provider:/, ''), key]));
  const { model } = settings;
  return { models, keys, ...(typeof model === 'string' && model !== '' ? { model } : {}) };
}

function toEntry(value: unknown): { readonly alias: string; readonly entry: ModelSettingsEntry } | null {
  if (typeof value !== 'object' || value === null) return null;
  const { alias, provider, model, baseUrl, contextSize } = value as Record<string, unknown>;
  if (typeof alias !== 'string' || typeof provider !== 'string' || typeof model !== 'string') return null;
  return {
    alias,
    entry: {
      provider,
      model,
      ...(typeof baseUrl === 'string' && baseUrl !== '' ? { baseUrl } : {}),
      ...(typeof contextSize === 'number' ? { contextSize } : {}),
    },
  };
}
