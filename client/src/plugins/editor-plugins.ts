import type {
  EditorCallName,
  EditorCallParams,
  EditorRequestParams,
  EditorRequestResult,
  JsonObject,
} from '@plurnk/protocol';
import type { CancellationToken, Disposable } from 'vscode';
import type { PlurnkServer } from '../server/plurnk-server.ts';
import type {
  ExecutorPlugin,
  MimetypePlugin,
  PacketPlugin,
  PacketSection,
  PluginApi,
  ProviderPlugin,
  SchemePlugin,
} from './plugin-api.ts';

type Registration = EditorCallParams<'plurnk/plugin.register'>;
/** A method of a plugin as the server calls it. */
type Call = (args: readonly unknown[], token: CancellationToken) => Promise<unknown>;

type GenerateRequest = Parameters<ProviderPlugin['generate']>[0];

interface Registered {
  readonly registration: Registration;
  readonly calls: Readonly<Record<string, Call>>;
}

/** Plugins of other extensions: told to the server, again after each restart, and called by it (RES-70). */
export class EditorPlugins implements PluginApi, Disposable {
  readonly version = 1;
  readonly #server: PlurnkServer;
  readonly #registered = new Map<string, Registered>();
  readonly #subscriptions: readonly Disposable[];

  constructor(server: PlurnkServer) {
    this.#server = server;
    let wasRunning = false;
    this.#subscriptions = [
      server.onRequest('plurnk/plugin.call', (params, token) => this.#call(params, token)),
      server.onState(state => {
        if (state !== 'running') return;
        // The first time, registrations are on their way; after a restart the server knows none.
        if (wasRunning) for (const { registration } of this.#registered.values()) this.#tell(registration);
        wasRunning = true;
      }),
    ];
  }

  registerScheme(extension: string, plugin: SchemePlugin): Promise<Disposable> {
    const { example, doc, requiresWeb = false } = plugin;
    const abilities = (['list', 'write', 'remove'] as const).filter(name => plugin[name] !== undefined);
    return this.#register(
      extension,
      'scheme',
      plugin,
      { example, doc, requiresWeb, abilities },
      {
        read: ([path], token) => plugin.read(String(path), token),
        list: async (_args, token) => plugin.list?.(token),
        write: async ([path, text], token) => plugin.write?.(String(path), String(text), token),
        remove: async ([path], token) => plugin.remove?.(String(path), token),
      },
    );
  }

  registerExecutor(extension: string, plugin: ExecutorPlugin): Promise<Disposable> {
    const { example, doc, effect, file, args } = plugin;
    return this.#register(extension, 'executor', plugin, { example, doc, effect, file, args: [...args] }, {});
  }

  registerProvider(extension: string, plugin: ProviderPlugin): Promise<Disposable> {
    const { contextSize, models } = plugin;
    const describe = {
      ...(contextSize === undefined ? {} : { contextSize }),
      ...(models === undefined ? {} : { models: [...models] }),
    };
    return this.#register(extension, 'provider', plugin, describe, {
      generate: ([request], token) => plugin.generate(request as GenerateRequest, token),
    });
  }

  registerMimetype(extension: string, plugin: MimetypePlugin): Promise<Disposable> {
    return this.#register(extension, 'mimetype', plugin, { extensions: [...plugin.extensions] }, {});
  }

  registerPacket(extension: string, plugin: PacketPlugin): Promise<Disposable> {
    return this.#register(
      extension,
      'packet',
      plugin,
      {},
      {
        transform: ([sections], token) => plugin.transform(sections as readonly PacketSection[], token),
      },
    );
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#registered.clear();
  }

  async #register(
    extension: string,
    kind: Registration['kind'],
    { name, attribution }: { readonly name: string; readonly attribution?: string },
    describe: JsonObject,
    calls: Registered['calls'],
  ): Promise<Disposable> {
    const registration: Registration = {
      kind,
      name,
      extension,
      describe,
      ...(attribution === undefined ? {} : { attribution }),
    };
    await this.#ask('plurnk/plugin.register', registration);
    const key = `${kind} ${name}`;
    this.#registered.set(key, { registration, calls });
    return {
      dispose: () => {
        if (!this.#registered.delete(key) || this.#server.state !== 'running') return;
        void this.#ask('plurnk/plugin.unregister', { kind, name }).catch(() => undefined);
      },
    };
  }

  async #call(
    { kind, name, method, args }: EditorRequestParams<'plurnk/plugin.call'>,
    token: CancellationToken,
  ): Promise<EditorRequestResult<'plurnk/plugin.call'>> {
    const call = this.#registered.get(`${kind} ${name}`)?.calls[method];
    if (call === undefined) throw new Error(`The ${kind} "${name}" has no ${method}.`);
    return { value: (await call(args, token)) ?? null };
  }

  /** After a restart nobody waits for the answer; a name that another took meanwhile is lost. */
  #tell(registration: Registration): void {
    void this.#ask('plurnk/plugin.register', registration).catch(() => undefined);
  }

  /** These calls share the connection of the methods, but are not among them. */
  #ask<Name extends EditorCallName>(name: Name, params: EditorCallParams<Name>): Promise<unknown> {
    const request = this.#server.request.bind(this.#server) as unknown as (
      name: string,
      params: object,
    ) => Promise<unknown>;
    return request(name.replace('plurnk/', ''), params);
  }
}
