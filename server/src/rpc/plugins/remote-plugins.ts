import {
  boundTokenizer,
  type GenerateRequest,
  type GenerateResult,
  type Provider,
  ProviderError,
} from '@plurnk/plurnk-providers';
import type { EditorCallParams, JsonValue } from '@plurnk/protocol';
import { z } from 'zod';
import type { PlainSection } from '../../packet/section.ts';
import { failure, invalid } from '../failure.ts';
import type { EditorLink } from '../transport/editor-link.ts';
import type {
  ExecutorPlugin,
  MimetypePlugin,
  PacketPlugin,
  Plugin,
  PluginContext,
  ProviderPlugin,
  SchemePlugin,
} from './plugin-api.ts';
import { PluginError, type PluginHost } from './plugin-host.ts';

type Registration = EditorCallParams<'plurnk/plugin.register'>;

/** Plugins that live in the editor; their calls cross to it as requests (RES-70). */
export class RemotePlugins {
  readonly #host: PluginHost;
  readonly #editor: Pick<EditorLink, 'ask'>;
  readonly #trusted: () => boolean;
  readonly #registered = new Map<string, { dispose(): void }>();

  constructor(host: PluginHost, editor: Pick<EditorLink, 'ask'>, trusted: () => boolean) {
    this.#host = host;
    this.#editor = editor;
    this.#trusted = trusted;
  }

  register(registration: Registration): Record<string, never> {
    if (!this.#trusted()) throw failure('invalidRequest', 'An untrusted workspace can add no plugins.');
    const { kind, name, extension } = registration;
    try {
      this.#registered.set(`${kind} ${name}`, this.#host.add(this.#toPlugin(registration), extension));
    } catch (error) {
      if (error instanceof PluginError) throw invalid('name', error.message);
      throw error;
    }
    return {};
  }

  unregister({ kind, name }: EditorCallParams<'plurnk/plugin.unregister'>): { removed: boolean } {
    const key = `${kind} ${name}`;
    const registered = this.#registered.get(key);
    this.#registered.delete(key);
    registered?.dispose();
    return { removed: registered !== undefined };
  }

  #toPlugin(registration: Registration): Plugin {
    switch (registration.kind) {
      case 'scheme':
        return this.#scheme(registration);
      case 'executor':
        return executorOf(registration);
      case 'provider':
        return this.#provider(registration);
      case 'mimetype':
        return mimetypeOf(registration);
      case 'packet':
        return this.#packet(registration);
    }
  }

  #scheme(registration: Registration): SchemePlugin {
    const { example, doc, requiresWeb, abilities } = described(schemeShape, registration);
    const call = (method: string, context: PluginContext, ...args: JsonValue[]): Promise<unknown> =>
      this.#call(registration, method, args, context.signal);
    return {
      ...base(registration),
      kind: 'scheme',
      example,
      doc,
      requiresWeb,
      read: async (path, context) => textShape.nullable().parse(await call('read', context, path)),
      ...(abilities.includes('list')
        ? { list: async (context: PluginContext) => z.array(z.string()).parse(await call('list', context)) }
        : {}),
      ...(abilities.includes('write')
        ? {
            write: async (path: string, text: string, context: PluginContext) =>
              void (await call('write', context, path, text)),
          }
        : {}),
      ...(abilities.includes('remove')
        ? { remove: async (path: string, context: PluginContext) => void (await call('remove', context, path)) }
        : {}),
    };
  }

  #provider(registration: Registration): ProviderPlugin {
    const { contextSize, models } = described(providerShape, registration);
    const generate = async (model: string, request: GenerateRequest): Promise<GenerateResult> => {
      const messages = request.messages.map(({ role, content }) => ({ role, content }));
      const { attributions = [], maxOutputTokens = null } = request;
      const asked = { model, messages, attributions: [...attributions], maxOutputTokens };
      const answer = await this.#call(registration, 'generate', [asked], request.signal);
      return toResult(model, generatedShape.parse(answer), request);
    };
    return {
      ...base(registration),
      kind: 'provider',
      models,
      create: ({ model }) => remoteProvider(registration.name, model, contextSize, request => generate(model, request)),
    };
  }

  #packet(registration: Registration): PacketPlugin {
    return {
      ...base(registration),
      kind: 'packet',
      // What comes back is checked like that of any other plugin.
      transform: async (sections, signal) =>
        (await this.#call(registration, 'transform', [sections], signal)) as readonly PlainSection[],
    };
  }

  async #call({ kind, name }: Registration, method: string, args: unknown[], signal: AbortSignal): Promise<unknown> {
    return (await this.#editor.ask('plurnk/plugin.call', { kind, name, method, args }, signal)).value;
  }
}

const textShape = z.object({ text: z.string(), mimetype: z.string().exactOptional() });
const schemeShape = z.object({
  example: z.string(),
  doc: z.string(),
  requiresWeb: z.boolean().default(false),
  abilities: z.array(z.enum(['list', 'write', 'remove'])).default([]),
});
const executorShape = z.object({
  example: z.string(),
  doc: z.string(),
  effect: z.enum(['host', 'read', 'pure']),
  file: z.string().min(1),
  args: z.array(z.string()),
});
const providerShape = z.object({
  contextSize: z.int().positive().nullable().default(null),
  models: z.array(z.string().min(1)).default([]),
});
const mimetypeShape = z.object({ extensions: z.array(z.string().regex(/^[a-z0-9]+$/)).min(1) });
const generatedShape = z.object({
  text: z.string(),
  model: z.string().optional(),
  promptTokens: z.number().nullable().default(null),
  completionTokens: z.number().nullable().default(null),
});

function described<Shape extends z.ZodType>(shape: Shape, { describe }: Registration): z.output<Shape> {
  const read = shape.safeParse(describe);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw invalid(`describe.${issue?.path.join('.') ?? ''}`, issue?.message ?? 'is not valid');
}

function base({ name, attribution }: Registration): { name: string; attribution?: string } {
  return { name, ...(attribution === undefined ? {} : { attribution }) };
}

function executorOf(registration: Registration): ExecutorPlugin {
  const { example, doc, effect, file, args } = described(executorShape, registration);
  return {
    ...base(registration),
    kind: 'executor',
    example,
    doc,
    effect: () => effect,
    probe: async () => ({ available: true, reason: null }),
    invocation: command => ({ file, args: args.map(arg => arg.replaceAll('{command}', () => command)) }),
  };
}

function mimetypeOf(registration: Registration): MimetypePlugin {
  return { ...base(registration), kind: 'mimetype', extensions: described(mimetypeShape, registration).extensions };
}

function remoteProvider(
  name: string,
  model: string,
  contextSize: number | null,
  generate: (request: GenerateRequest) => Promise<GenerateResult>,
): Provider {
  return {
    name,
    model,
    contextSize,
    outputReserve: null,
    tokenizer: boundTokenizer.info,
    countTokens: text => boundTokenizer.count(text),
    costFor: () => ({ pico: null, priceVersion: null }),
    generate: request => generate(request).catch((error: unknown) => reject(error, name, model, request.signal)),
  };
}

function reject(error: unknown, provider: string, model: string, signal: AbortSignal): never {
  const message = error instanceof Error ? error.message : String(error);
  throw new ProviderError({ kind: signal.aborted ? 'cancelled' : 'server_error', message, provider, model });
}

function toResult(model: string, answer: z.output<typeof generatedShape>, request: GenerateRequest): GenerateResult {
  request.onDelta?.(answer.text);
  const { promptTokens, completionTokens } = answer;
  return {
    text: answer.text,
    usage: {
      promptTokens,
      completionTokens,
      cachedTokens: null,
      cacheWriteTokens: null,
      reasoningTokens: null,
      raw: null,
    },
    finishReason: 'stop',
    model: answer.model ?? model,
    meta: { attempts: 1, totalMs: 0 },
    constrained: false,
  };
}
