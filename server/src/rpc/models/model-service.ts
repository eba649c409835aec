import {
  createProvider,
  depsFromEnvironment,
  type Environment,
  findAlias,
  listAliases,
  type ModelAlias,
  type ModelConfig,
  type ModelSettings,
  type Provider,
  type ProviderDeps,
  readModelConfig,
  secretsOf,
  VENDORS,
} from '@plurnk/plurnk-providers';
import type { DiscoveredModel, JsonObject, ModelAliasInfo } from '@plurnk/protocol';
import type { ProviderSource } from '../../engine/contract.ts';
import type { PluginModels } from '../plugins/plugin-models.ts';
import { readEditorModels, transportOf } from './editor-models.ts';

export interface ModelServiceOptions {
  readonly env: Environment;
  /** Used when nothing is configured: the demo model in the editor, none in the daemon (→ 501). */
  readonly fallback: 'demo' | null;
  readonly deps: Partial<ProviderDeps>;
  /** Models whose provider is a plugin (RES-70). */
  readonly plugins?: PluginModels;
}

/** What the editor says about models; see `EditorState`. */
export interface EditorModels {
  readonly settings: JsonObject;
  readonly secrets: Readonly<Record<string, string>>;
  /** The editor's `http.proxy`; null: the environment decides. */
  readonly proxy: string | null;
}

/** Models by alias, from environment and editor settings. Providers are kept: they remember their endpoint. */
export class ModelService implements ProviderSource {
  readonly #options: ModelServiceOptions;
  readonly #providers = new Map<string, Promise<Provider>>();
  readonly #known = new Map<string, Provider>();
  #settings: ModelSettings = {};
  #transport: Partial<ProviderDeps> = {};
  #proxy: string | null = null;
  #config: ModelConfig;

  constructor(options: ModelServiceOptions) {
    this.#options = options;
    this.#config = readModelConfig(options.env);
  }

  /** New settings or keys: every provider is made anew when it is next used. */
  configure({ settings, secrets, proxy }: EditorModels): void {
    const read = readEditorModels(settings, secrets);
    this.#settings = read.settings;
    this.#transport = transportOf(settings);
    this.#proxy = proxy;
    const config = readModelConfig(this.#options.env, this.#settings);
    this.#config = { ...config, problems: [...read.problems, ...config.problems] };
    this.#options.plugins?.configure(this.#settings.models ?? {});
    this.#providers.clear();
  }

  async get(name: string | null): Promise<Provider | null> {
    const ofPlugin = this.#ofPlugin(name ?? this.#wanted);
    if (ofPlugin !== null) return this.#options.plugins?.get(ofPlugin) ?? null;
    const alias = name === null ? this.#default() : this.#find(name);
    if (alias === null) {
      if (name !== null) throw new Error(this.#unknown(name));
      return null;
    }
    return this.provider(alias);
  }

  /** The provider of a configured model; rejects with what is wrong with it. */
  async named(alias: string): Promise<Provider> {
    const ofPlugin = this.#ofPlugin(alias);
    if (ofPlugin !== null && this.#options.plugins !== undefined) return this.#options.plugins.get(ofPlugin);
    const found = this.#find(alias);
    if (found === null) throw new Error(this.#unknown(alias));
    return this.provider(found);
  }

  /** A sentence if no model can be had by this name. */
  problemWith(name: string): string | null {
    return this.#ofPlugin(name) === null && this.#find(name) === null ? this.#unknown(name) : null;
  }

  list(): ModelAliasInfo[] {
    const chosen = this.#ofPlugin(this.#wanted);
    const active = chosen === null ? this.#default()?.alias : chosen.alias;
    const configured = listAliases(this.#config).map(row => ({
      ...row,
      active: row.alias === active,
      contextSize: row.contextSize ?? this.#known.get(row.alias)?.contextSize ?? null,
    }));
    return [...configured, ...(this.#options.plugins?.list(chosen) ?? [])];
  }

  /** Models that plugins say they have. */
  offersOfPlugins(): DiscoveredModel[] {
    return this.#options.plugins?.offers() ?? [];
  }

  /** The model that is asked for by name, in the settings or the environment; empty when none is. */
  get #wanted(): string {
    return this.#settings.model ?? this.#options.env.PLURNK_MODEL ?? '';
  }

  #ofPlugin(name: string): ReturnType<PluginModels['find']> {
    return this.#options.plugins?.find(name) ?? null;
  }

  get config(): ModelConfig {
    const { plugins } = this.#options;
    if (plugins === undefined) return this.#config;
    const mine = plugins.list(null).map(({ provider }) => `"${provider}"`);
    const active = this.#ofPlugin(this.#wanted) === null ? [] : [`"${this.#wanted}"`];
    const isMine = (problem: string): boolean => [...mine, ...active].some(name => problem.includes(name));
    return { ...this.#config, problems: this.#config.problems.filter(problem => !isMine(problem)) };
  }

  get deps(): Partial<ProviderDeps> {
    return { ...depsFromEnvironment(this.#options.env, this.#proxy), ...this.#transport, ...this.#options.deps };
  }

  get env(): Environment {
    return this.#options.env;
  }

  get settings(): ModelSettings {
    return this.#settings;
  }

  /** Names of all providers, those of plugins too. */
  providers(): readonly string[] {
    return [...Object.keys(VENDORS), ...(this.#options.plugins?.names() ?? [])];
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
