import type { Provider } from '@plurnk/plurnk-providers';
import type { Executor } from '../../executors/contract.ts';
import type { PacketTransform } from '../../packet/section.ts';

/** What a plugin module exports as `plugin` (RES-70). docs/PLUGINS.md explains it for authors. */
export type Plugin = SchemePlugin | ExecutorPlugin | ProviderPlugin | MimetypePlugin | PacketPlugin;
export type PluginKind = Plugin['kind'];
export const PLUGIN_KINDS = ['scheme', 'executor', 'provider', 'mimetype', 'packet'] as const satisfies PluginKind[];

interface PluginBase {
  readonly name: string;
  /** Rides on every request to a model while the plugin is active (RES-72). `@plurnk/…` is ours. */
  readonly attribution?: string;
}

/** In which session and run a plugin is asked. */
export interface PluginContext {
  readonly sessionId: number;
  readonly runId: number;
  readonly runName: string;
  readonly signal: AbortSignal;
}

/** A namespace of addresses `name:///path`. What it throws fails the op with 500. */
export interface SchemePlugin extends PluginBase {
  readonly kind: 'scheme';
  /** One line for the packet. */
  readonly example: string;
  /** The page `plurnk://docs/<name>.md`. */
  readonly doc: string;
  /** Off in loops without web. */
  readonly requiresWeb?: boolean;
  /** Null: there is no such entry. Paths begin with a slash. */
  read(path: string, context: PluginContext): Promise<PluginText | null>;
  list?(context: PluginContext): Promise<readonly string[]>;
  write?(path: string, text: string, context: PluginContext): Promise<void>;
  remove?(path: string, context: PluginContext): Promise<void>;
}

export interface PluginText {
  readonly text: string;
  /** Markdown by default. */
  readonly mimetype?: string;
}

/** A runtime of EXEC; its `name` is the runtime. */
export interface ExecutorPlugin extends PluginBase, Omit<Executor, 'runtime'> {
  readonly kind: 'executor';
}

/** A model provider: `PLURNK_MODEL_<ALIAS>=<name>/<model>`. */
export interface ProviderPlugin extends PluginBase {
  readonly kind: 'provider';
  /** Models that the pickers offer as `<name>/<model>`; any other can be asked for by its name. */
  readonly models?: readonly string[];
  create(alias: {
    readonly alias: string;
    readonly model: string;
    readonly contextSize?: number;
  }): Promise<Provider> | Provider;
}

/** Extensions (without the dot) whose files have the mimetype `name`. */
export interface MimetypePlugin extends PluginBase {
  readonly kind: 'mimetype';
  readonly extensions: readonly string[];
}

/**
 * Changes the packet as a whole before it is measured (PKT-2), within `PLURNK_PLUGIN_TIMEOUT`. One that throws or takes
 * longer is left out of the packet, and the person is told. `log` and `prompt` stay in the slot `user`.
 */
export interface PacketPlugin extends PluginBase, PacketTransform {
  readonly kind: 'packet';
}
