/**
 * What only the editor's door carries. Names are the full LSP method names.
 *
 * Start: `initializationOptions` is an {@link EditorState}. Changes: the client sends `plurnk/editor.changed` with the
 * fields that changed. Dirty documents: `plurnk/buffers.changed`. Requests to the client: {@link EDITOR_REQUESTS};
 * they are cancelled with the ordinary `$/cancelRequest`.
 */
import { z } from 'zod';
import { jsonObject } from './json-schema.ts';

/** US dollars per million tokens; a part that is absent costs what `input` costs (PKT-22). */
const modelPrice = z.object({
  input: z.number().nonnegative(),
  output: z.number().nonnegative(),
  cachedInput: z.number().nonnegative().optional(),
  cacheWrite: z.number().nonnegative().optional(),
});

export const configuredModelSchema = z.object({
  alias: z.string().min(1),
  provider: z.string().min(1),
  model: z.string(),
  /** Empty: the provider's own. */
  baseUrl: z.string().optional(),
  contextSize: z.int().positive().optional(),
  /** False asks for the whole answer at once. */
  streaming: z.boolean().optional(),
  price: modelPrice.optional(),
});
/** One item of the setting `plurnk.models`; its key is in `EditorState.secrets` under the alias. */
export type ConfiguredModel = z.infer<typeof configuredModelSchema>;

export const editorStateSchema = z.object({
  /** Folder for the database (`ExtensionContext.storageUri`, else `globalStorageUri`), absolute. */
  storagePath: z.string().optional(),
  /** Workspace folders, absolute; empty without a workspace. */
  folders: z.array(z.string()).optional(),
  /** Workspace trust (RL-17). */
  trusted: z.boolean().optional(),
  /** Values of `plurnk.*` by the key after `plurnk.` (only those the person set). */
  settings: jsonObject.optional(),
  /**
   * Keys from SecretStorage: alias (lower case) → key; for a provider's own key `provider:<name>`. Held in memory only:
   * never stored, logged, or sent anywhere but to the endpoint they belong to.
   */
  secrets: z.record(z.string(), z.string()).optional(),
  /** The editor's `http.proxy`; empty: none is set there, the environment decides. Held in memory only. */
  proxy: z.string().optional(),
  /** Version of the extension. */
  clientVersion: z.string().optional(),
  /** The editor's own models can be asked for (`vscode.lm`). */
  languageModels: z.boolean().optional(),
});
export type EditorState = z.infer<typeof editorStateSchema>;

const editorEdit = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('write'), path: z.string(), text: z.string(), create: z.boolean() }),
  z.object({ kind: z.literal('delete'), path: z.string() }),
  z.object({ kind: z.literal('rename'), path: z.string(), to: z.string() }),
]);

const packetMessage = z.object({ role: z.enum(['system', 'user']), content: z.string() });

/** Server → client requests. */
export const EDITOR_REQUESTS = {
  /** Applies one accepted edit through a workspace edit and saves it (RES-64). Paths are absolute. */
  'plurnk/editor.applyEdit': {
    params: z.object({ edit: editorEdit }),
    result: z.object({ applied: z.boolean(), reason: z.string().optional() }),
  },
  /** Models of `vscode.lm.selectChatModels()`. Must not ask for consent. */
  'plurnk/lm.list': {
    params: z.object({}),
    result: z.object({
      models: z.array(
        z.object({
          id: z.string(),
          name: z.string(),
          vendor: z.string(),
          family: z.string(),
          maxInputTokens: z.number().nullable(),
        }),
      ),
    }),
  },
  /** One request to `vscode.lm`; parts arrive as `plurnk/lm.part` with the same `requestId`, before the answer. */
  'plurnk/lm.generate': {
    params: z.object({ requestId: z.int(), modelId: z.string(), messages: z.array(packetMessage) }),
    result: z.union([
      z.object({
        ok: z.literal(true),
        model: z.string(),
        promptTokens: z.number().nullable(),
        completionTokens: z.number().nullable(),
      }),
      z.object({
        ok: z.literal(false),
        code: z.enum(['NoPermissions', 'Blocked', 'NotFound', 'Unknown']),
        message: z.string(),
      }),
    ]),
  },
  /** A call of something that an extension registered through our API (RES-70). */
  'plurnk/plugin.call': {
    params: z.object({ kind: z.string(), name: z.string(), method: z.string(), args: z.array(z.unknown()) }),
    result: z.object({ value: z.unknown() }),
  },
} as const;

export type EditorRequestName = keyof typeof EDITOR_REQUESTS;
export type EditorRequestParams<Name extends EditorRequestName> = z.output<(typeof EDITOR_REQUESTS)[Name]['params']>;
export type EditorRequestResult<Name extends EditorRequestName> = z.output<(typeof EDITOR_REQUESTS)[Name]['result']>;

/** Client → server notifications. */
export const EDITOR_NOTIFICATIONS = {
  /** Fields of the editor's state that changed; `settings` and `secrets` are replaced whole. */
  'plurnk/editor.changed': editorStateSchema,
  /** Documents with unsaved changes: `text` is what READ sees; null when saved, closed or reverted (RES-62). */
  'plurnk/buffers.changed': z.object({ buffers: z.array(z.object({ path: z.string(), text: z.string().nullable() })) }),
  'plurnk/lm.part': z.object({ requestId: z.int(), kind: z.enum(['text', 'reasoning']), text: z.string() }),
} as const;

export type EditorNotificationName = keyof typeof EDITOR_NOTIFICATIONS;
export type EditorNotificationPayload<Name extends EditorNotificationName> = z.output<
  (typeof EDITOR_NOTIFICATIONS)[Name]
>;

/** Client → server requests that belong to the editor alone. They are answered with an error of RPC-2 when refused. */
export const EDITOR_CALLS = {
  /**
   * Something that an extension registered through our API (RES-70); refused in an untrusted workspace and for a name
   * that is taken. `describe` is what the kind needs to know beforehand:
   * - `scheme`: `{example, doc, requiresWeb?, abilities?: ("list"|"write"|"remove")[]}`; calls `read(path)` → `{text,
   *   mimetype?}` or null, `list()` → paths, `write(path, text)`, `remove(path)`
   * - `executor`: `{example, doc, effect: "host"|"read"|"pure", file, args}`; `{command}` in `args` is the command
   * - `provider`: `{contextSize?, models?: string[]}`, the models that pickers offer; calls
   *   `generate({model, messages, attributions, maxOutputTokens})` → `{text, model?, promptTokens?, completionTokens?}`
   * - `mimetype`: `{extensions}`
   * - `packet`: `{}`; calls `transform(sections)` → sections, each `{name, slot: "system"|"user", header, content}`, within
   *   the time of `plurnk.pluginTimeout`
   */
  'plurnk/plugin.register': {
    params: z.object({
      kind: z.enum(['scheme', 'executor', 'provider', 'mimetype', 'packet']),
      name: z.string().regex(/^[a-z][a-z0-9+./-]*$/i, 'is a name'),
      /** Id of the extension, `publisher.name`. */
      extension: z.string().min(1),
      attribution: z.string().min(1).optional(),
      describe: jsonObject,
    }),
    result: z.object({}),
  },
  'plurnk/plugin.unregister': {
    params: z.object({ kind: z.string(), name: z.string() }),
    result: z.object({ removed: z.boolean() }),
  },
} as const;

export type EditorCallName = keyof typeof EDITOR_CALLS;
export type EditorCallParams<Name extends EditorCallName> = z.output<(typeof EDITOR_CALLS)[Name]['params']>;
export type EditorCallResult<Name extends EditorCallName> = z.output<(typeof EDITOR_CALLS)[Name]['result']>;

/** Prefix of methods and notifications of part 5 over LSP. */
export const LSP_PREFIX = 'plurnk/';
export const PROTOCOL_VERSION = '0.1.0';
