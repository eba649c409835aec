import type { Environment, Provider } from '@plurnk/plurnk-providers';
import type { ModelAliasInfo } from '@plurnk/protocol';
import type { PluginHost } from './plugin-host.ts';

interface PluginModel {
  readonly alias: string;
  readonly provider: string;
  readonly model: string;
}

const PREFIX = 'PLURNK_MODEL_';

/** Models whose provider is a plugin: `PLURNK_MODEL_<ALIAS>=<plugin>/<model>`, or `<plugin>/<model>` itself. */
export class PluginModels {
  readonly #env: Environment;
  readonly #host: PluginHost;
  readonly #made = new Map<string, Promise<Provider>>();

  constructor(env: Environment, host: PluginHost) {
    this.#env = env;
    this.#host = host;
  }

  find(name: string): PluginModel | null {
    const wanted = name.toLowerCase();
    return this.#configured().find(model => model.alias === wanted) ?? this.#split(name, wanted);
  }

  get(found: PluginModel): Promise<Provider> {
    const plugin = this.#host.provider(found.provider);
    if (plugin === null) return Promise.reject(new Error(`The plugin of the provider "${found.provider}" is gone.`));
    const made =
      this.#made.get(found.alias) ?? Promise.resolve(plugin.create({ alias: found.alias, model: found.model }));
    this.#made.set(found.alias, made);
    made.catch(() => this.#made.delete(found.alias));
    return made;
  }

  list(active: string | null): ModelAliasInfo[] {
    return this.#configured().map(model => ({ ...model, active: model.alias === active, contextSize: null }));
  }

  #configured(): PluginModel[] {
    return Object.entries(this.#env).flatMap(([key, value]) => {
      if (!key.startsWith(PREFIX) || value === undefined) return [];
      const model = this.#split(value, key.slice(PREFIX.length).toLowerCase());
      return model === null ? [] : [model];
    });
  }

  #split(text: string, alias: string): PluginModel | null {
    const cut = text.indexOf('/');
    const provider = text.slice(0, cut);
    if (cut < 1 || this.#host.provider(provider) === null) return null;
    return { alias, provider, model: text.slice(cut + 1) };
  }
}
