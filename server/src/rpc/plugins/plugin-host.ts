import { declareMimetype } from '../../content/mimetype.ts';
import type { Executor } from '../../executors/contract.ts';
import type { PacketTransform } from '../../packet/section.ts';
import type { Scheme } from '../../schemes/scheme.ts';
import { type StreamSchemeDeps, streamScheme } from '../../schemes/stream-scheme.ts';
import type { ExecutorPlugin, Plugin, ProviderPlugin } from './plugin-api.ts';
import { schemeOfPlugin } from './scheme-adapter.ts';

export interface PluginHostOptions {
  readonly builtin: {
    readonly schemes: readonly string[];
    readonly executors: readonly Executor[];
    readonly providers: readonly string[];
  };
  readonly tokens: (text: string) => number;
  readonly streams: StreamSchemeDeps;
}

interface Active {
  readonly plugin: Plugin;
  /** The package or extension it came from. */
  readonly source: string;
  readonly parts: readonly { dispose(): void }[];
}

/** A plugin that cannot be taken: a sentence that names what stands against it (RES-71). */
export class PluginError extends Error {
  override readonly name = 'PluginError';
}

const OWN_NAMESPACE = '@plurnk/';

/** The plugins that are active now; the server's parts read them anew each time (RES-70 … RES-72). */
export class PluginHost {
  /** Bundled runtimes and those of plugins. */
  readonly executors: readonly Executor[];
  readonly #executors: Executor[];
  readonly #schemes: Scheme[] = [];
  readonly #options: PluginHostOptions;
  readonly #active: Active[] = [];

  constructor(options: PluginHostOptions) {
    this.#options = options;
    this.#executors = [...options.builtin.executors];
    this.executors = this.#executors;
  }

  readonly schemes = (): readonly Scheme[] => this.#schemes;

  /** In the order in which they were added. */
  readonly transforms = (): readonly PacketTransform[] =>
    this.#active.flatMap(({ plugin }) => (plugin.kind === 'packet' ? [plugin] : []));

  /** Sorted and unique (RES-72). */
  readonly attributions = (): readonly string[] => {
    const tags = this.#active.flatMap(({ plugin }) => (plugin.attribution === undefined ? [] : [plugin.attribution]));
    return [...new Set(tags)].sort();
  };

  /** Providers with the package or extension that each came from. */
  providers(): readonly { readonly plugin: ProviderPlugin; readonly source: string }[] {
    return this.#active.flatMap(({ plugin, source }) => (plugin.kind === 'provider' ? [{ plugin, source }] : []));
  }

  provider(name: string): ProviderPlugin | null {
    return this.providers().find(({ plugin }) => plugin.name === name)?.plugin ?? null;
  }

  get active(): readonly { readonly kind: string; readonly name: string; readonly source: string }[] {
    return this.#active.map(({ plugin: { kind, name }, source }) => ({ kind, name, source }));
  }

  /** Throws `PluginError` for a name that is taken and for a tag that is not the plugin's to use. */
  add(plugin: Plugin, source: string): { dispose(): void } {
    this.#refuseTaken(plugin, source);
    if (plugin.attribution?.startsWith(OWN_NAMESPACE) === true && !source.startsWith(OWN_NAMESPACE)) {
      throw new PluginError(`${source} uses the attribution "${plugin.attribution}"; ${OWN_NAMESPACE} is reserved.`);
    }
    const entry: Active = { plugin, source, parts: this.#connect(plugin) };
    this.#active.push(entry);
    return { dispose: () => this.#remove(entry) };
  }

  #refuseTaken({ kind, name }: Plugin, source: string): void {
    const other = this.#active.find(({ plugin }) => plugin.kind === kind && plugin.name === name);
    if (other !== undefined) {
      throw new PluginError(`Two plugins are the ${kind} "${name}": ${other.source} and ${source}.`);
    }
    const { schemes, executors, providers } = this.#options.builtin;
    const runtimes = executors.map(({ runtime }) => runtime);
    const builtin: Record<string, readonly string[]> = {
      scheme: [...schemes, ...runtimes],
      executor: [...schemes, ...runtimes],
      provider: providers,
    };
    if (builtin[kind]?.includes(name)) throw new PluginError(`${source} is the ${kind} "${name}", which is built in.`);
    const namespace = kind === 'scheme' || kind === 'executor';
    const sister = namespace ? this.#schemes.some(scheme => scheme.info.name === name) : false;
    if (sister) throw new PluginError(`${source} is the ${kind} "${name}", but that name is a scheme already.`);
  }

  #connect(plugin: Plugin): readonly { dispose(): void }[] {
    switch (plugin.kind) {
      case 'scheme':
        return [added(this.#schemes, schemeOfPlugin(plugin, this.#options.tokens))];
      case 'executor':
        return this.#connectExecutor(plugin);
      case 'mimetype':
        return plugin.extensions.map(extension => declareMimetype(extension, plugin.name));
      case 'provider':
      case 'packet':
        return [];
    }
  }

  #connectExecutor({ name, kind: _, attribution: __, ...rest }: ExecutorPlugin): readonly { dispose(): void }[] {
    const executor: Executor = { ...rest, runtime: name };
    const info = { name, example: rest.example, doc: rest.doc, catalog: 'none' as const };
    return [added(this.#executors, executor), added(this.#schemes, streamScheme(info, [name], this.#options.streams))];
  }

  #remove(entry: Active): void {
    const at = this.#active.indexOf(entry);
    if (at < 0) return;
    this.#active.splice(at, 1);
    for (const part of entry.parts) part.dispose();
  }
}

function added<T>(list: T[], item: T): { dispose(): void } {
  list.push(item);
  return {
    dispose: () => {
      const at = list.indexOf(item);
      if (at >= 0) list.splice(at, 1);
    },
  };
}
