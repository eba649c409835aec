import type { CancellationToken, Disposable } from 'vscode';

/**
 * What other extensions get from `activate` as `plugins` (RES-70). A registration holds until it is disposed, also over
 * restarts of the server. Rejects when the name is taken (the sentence names both) or the workspace is not trusted.
 *
 * @example
 * const { plugins } = await vscode.extensions.getExtension('plurnk.plurnk').activate();
 * context.subscriptions.push(await plugins.registerScheme('me.shelf', { name: 'shelf', … }));
 */
export interface PluginApi {
  /** Grows when something is added; what is there stays. */
  readonly version: 1;
  registerScheme(extension: string, plugin: SchemePlugin): Promise<Disposable>;
  registerExecutor(extension: string, plugin: ExecutorPlugin): Promise<Disposable>;
  registerProvider(extension: string, plugin: ProviderPlugin): Promise<Disposable>;
  registerMimetype(extension: string, plugin: MimetypePlugin): Promise<Disposable>;
  registerPacket(extension: string, plugin: PacketPlugin): Promise<Disposable>;
}

interface PluginBase {
  readonly name: string;
  /** A tag that rides on every request to a model; `@plurnk/…` is reserved (RES-72). */
  readonly attribution?: string;
}

/** Addresses `name:///path`. A throw fails the op with 500; a missing method means 501. */
export interface SchemePlugin extends PluginBase {
  /** One line for the model. */
  readonly example: string;
  /** The page `plurnk://docs/<name>.md`. */
  readonly doc: string;
  readonly requiresWeb?: boolean;
  /** Null: there is no such entry. */
  read(path: string, token: CancellationToken): Promise<{ readonly text: string; readonly mimetype?: string } | null>;
  list?(token: CancellationToken): Promise<readonly string[]>;
  write?(path: string, text: string, token: CancellationToken): Promise<void>;
  remove?(path: string, token: CancellationToken): Promise<void>;
}

/** A runtime of EXEC: how its command is run. */
export interface ExecutorPlugin extends PluginBase {
  readonly example: string;
  readonly doc: string;
  /** `host` asks before it runs; `read` and `pure` do not. */
  readonly effect: 'host' | 'read' | 'pure';
  readonly file: string;
  /** `{command}` stands for the command. */
  readonly args: readonly string[];
}

/** Models `name/model`. */
export interface ProviderPlugin extends PluginBase {
  readonly contextSize?: number;
  /** Models that the picker offers; any other can be asked for by its name. */
  readonly models?: readonly string[];
  generate(
    request: {
      readonly model: string;
      readonly messages: readonly { readonly role: string; readonly content: string }[];
      /** Tags of the active plugins, sorted, each once (RES-72). */
      readonly attributions: readonly string[];
      readonly maxOutputTokens: number | null;
    },
    token: CancellationToken,
  ): Promise<{
    readonly text: string;
    readonly model?: string;
    readonly promptTokens?: number;
    readonly completionTokens?: number;
  }>;
}

/** Extensions without the dot. */
export interface MimetypePlugin extends PluginBase {
  readonly extensions: readonly string[];
}

/** A part of what goes to the model. */
export interface PacketSection {
  readonly name: string;
  /** `system` is trusted text; `log` and `prompt` stay in `user`. */
  readonly slot: 'system' | 'user';
  readonly header: string | null;
  readonly content: string;
}

/**
 * Changes every packet before it is measured and sent. It has the time of `plurnk.pluginTimeout`; one that throws, takes
 * longer or gives back no packet is left out, and the person is told.
 */
export interface PacketPlugin extends PluginBase {
  transform(sections: readonly PacketSection[], token: CancellationToken): Promise<readonly PacketSection[]>;
}
