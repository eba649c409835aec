import { z } from 'zod';
import { noParams } from '../json-schema.ts';
import { defineMethod } from '../method.ts';

export const modelAliasSchema = z.object({
  alias: z.string(),
  provider: z.string(),
  model: z.string(),
  /** The one that a loop without `alias` uses. */
  active: z.boolean(),
  contextSize: z.int().nullable(),
});
export type ModelAliasInfo = z.infer<typeof modelAliasSchema>;

export const discoveredModelSchema = z.object({
  /** `vscode`, `ollama`, `llamacpp`, `lmstudio`, `openai`, `demo`, … */
  provider: z.string(),
  model: z.string(),
  /** Alias that is configured for it, or one that `loop.run` accepts right away. */
  alias: z.string(),
  label: z.string(),
  detail: z.string(),
  contextSize: z.int().nullable(),
  configured: z.boolean(),
});
export type DiscoveredModel = z.infer<typeof discoveredModelSchema>;

export const modelMethods = {
  'providers.list': defineMethod({
    description: 'Configured models.',
    params: noParams,
    result: z.object({ aliases: z.array(modelAliasSchema) }),
  }),
  'models.discover': defineMethod({
    description:
      'Which models answer right now: the editor’s own, local servers, configured providers, the demo model.',
    params: z.object({ provider: z.string().min(1).optional() }),
    result: z.object({ models: z.array(discoveredModelSchema) }),
  }),
  'models.test': defineMethod({
    description: 'One tiny exchange with a model, timed.',
    params: z.object({ alias: z.string().min(1) }),
    result: z.object({
      ok: z.boolean(),
      /** Milliseconds of the exchange. */
      ms: z.number(),
      model: z.string().nullable(),
      text: z.string().nullable(),
      error: z.string().nullable(),
    }),
    longRunning: true,
  }),
  doctor: defineMethod({
    description: 'Checks models, git, runtimes and database; a report without secrets.',
    params: noParams,
    result: z.object({
      checks: z.array(z.object({ name: z.string(), level: z.enum(['ok', 'warn', 'error']), message: z.string() })),
    }),
  }),
} as const;
