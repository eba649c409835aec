import type { Environment, Provider } from '@plurnk/plurnk-providers';
import type { DiscoveredModel, ModelAliasInfo } from '@plurnk/protocol';
import type { ProviderPlugin } from './plugin-api.ts';
import type { PluginHost } from './plugin-host.ts';

interface PluginModel {
  readonly alias: string;
  readonly provider: string;
  readonly model: string;
}

/** An item of the setting `plurnk.models`. */
type Configured = Readonly<Record<string, { readonly provider: string; readonly model: string }>>;

const PREFIX = 'PLURNK_MODEL_';

/**
 * Models whose provider is a plugin: configured (`plurnk.models`, `PLURNK_MODEL_<ALIAS>=<plugin>/<model>`), offered by
 * the plugin, or asked for as `<plugin>/<model>`.
 */
export class PluginModels {
  readonly #env: Environment;
  readonly #host: PluginHost;
  /** By plugin, so that one that is registered again starts anew. */
  readonly #made = new WeakMap<ProviderPlugin, Map<string, Promise<Provider>>>();
  readonly #sizes = new Map<string, number | null>();
  #settings: Configured = {};

  constructor(env: Environment, host: PluginHost) {
    this.#env = env;
    this.#host = host;
  }

  /** What the editor's settings say; they win over the environment. */
  configure(settings: Configured): void {
    this.#settings = settings;
  }

  find(name: string): PluginModel | null {
    const wanted = name.toLowerCase();
    return this.#configured().find(model => model.alias === wanted) ?? this.#split(name, wanted);
  }

  get(found: PluginModel): Promise<Provider> {
    const plugin = this.#host.provider(found.provider);
    if (plugin === null) return Promise.reject(new Error(`The plugin of the provider "${found.provider}" is gone.`));
    const made = this.#made.get(plugin) ?? new Map<string, Promise<Provider>>();
    this.#made.set(plugin, made);
    const provider = made.get(found.alias) ?? this.#make(plugin, found);
    made.set(found.alias, provider);
    provider.then(
      ({ contextSize }) => this.#sizes.set(found.alias, contextSize),
      () => made.delete(found.alias),
    );
    return provider;
  }

  /** What is configured, and the active one where it was chosen without being configured. */
  list(active: PluginModel | null): ModelAliasInfo[] {
    const configured = this.#configured();
    const chosen = active === null || configured.some(({ alias }) => alias === active.alias) ? [] : [active];
    return [...configured, ...chosen].map(model => ({
      ...model,
      active: model.alias === active?.alias,
      contextSize: this.#sizes.get(model.alias) ?? null,
    }));
  }

  /** What the plugins say that they have. */
  offers(): DiscoveredModel[] {
    return this.#host.providers().flatMap(({ plugin: { name: provider, models = [] }, source }) =>
      models.map(model => {
        const alias = `${provider}/${model}`;
        const contextSize = this.#sizes.get(alias) ?? null;
        return {
          provider,
          model,
          alias,
          label: `${model} (${provider})`,
          detail: source,
          contextSize,
          configured: false,
        };
      }),
    );
  }

  names(): readonly string[] {
    return this.#host.providers().map(({ plugin }) => plugin.name);
  }

  async #make(plugin: ProviderPlugin, { alias, model }: PluginModel): Promise<Provider> {
    return plugin.create({ alias, model });
  }

  #configured(): PluginModel[] {
    const inSettings = Object.entries(this.#settings).flatMap(([alias, { provider, model }]) =>
      this.#host.provider(provider) === null ? [] : [{ alias: alias.toLowerCase(), provider, model }],
    );
    const taken = new Set(Object.keys(this.#settings).map(alias => alias.toLowerCase()));
    const inEnvironment = Object.entries(this.#env).flatMap(([key, value]) => {
      const alias = key.slice(PREFIX.length).toLowerCase();
      if (!key.startsWith(PREFIX) || value === undefined || taken.has(alias)) return [];
      return this.#split(value, alias) ?? [];
    });
    return [...inSettings, ...inEnvironment];
  }

  #split(text: string, alias: string): PluginModel | null {
    const cut = text.indexOf('/');
    const provider = text.slice(0, cut);
    if (cut < 1 || this.#host.provider(provider) === null) return null;
    return { alias, provider, model: text.slice(cut + 1) };
  }
}
