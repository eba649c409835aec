import { z } from 'zod';
import { CONSTRAINT_EFFECTS } from '../domain.ts';
import { emptyResult, id, jsonObject, noParams } from '../json-schema.ts';
import { defineMethod } from '../method.ts';
import { sessionSettingsSchema } from '../session-settings.ts';

export const constraintSchema = z.object({ effect: z.enum(CONSTRAINT_EFFECTS), glob: z.string().min(1) });

export const sessionSummarySchema = z.object({
  id,
  name: z.string(),
  project_root: z.string().nullable(),
  created_at: z.number(),
  updated_at: z.number(),
  /** Integer pico-USD; null when a price is unknown. */
  cost_pico: z.number().nullable(),
  turns: z.int(),
  prompts: z.int(),
});
export type SessionSummary = z.infer<typeof sessionSummarySchema>;

export const runSummarySchema = z.object({
  id,
  name: z.string(),
  origin: z.enum(['model', 'client', 'plurnk']),
  parent_run_id: id.nullable(),
  /** Of its active, parked or last loop (2.2). */
  status: z.int(),
  created_at: z.number(),
  updated_at: z.number(),
});
export type RunSummary = z.infer<typeof runSummarySchema>;

const discoverResult = z.object({
  protocolVersion: z.string(),
  methods: z.record(
    z.string(),
    z.object({
      description: z.string(),
      /** JSON Schema. */
      params: z.record(z.string(), z.unknown()),
      requiresInit: z.boolean().optional(),
      longRunning: z.boolean().optional(),
    }),
  ),
  notifications: z.record(z.string(), z.object({ description: z.string(), params: z.record(z.string(), z.unknown()) })),
  capabilities: z.object({
    providers: z.array(z.string()),
    schemes: z.array(z.string()),
    mimetypes: z.array(z.string()),
    runtimes: z.array(z.string()),
  }),
  /** `latest`: the newest release that is known on this machine; nobody outside it is asked. */
  versions: z.object({
    service: z.object({ installed: z.string(), latest: z.string().optional() }),
    client: z.object({ latest: z.string().optional() }),
  }),
});

export const EXPORT_FORMATS = ['session', 'jsonl', 'html'] as const;

export const sessionMethods = {
  ping: defineMethod({ description: 'Answers with an empty object.', params: noParams, result: emptyResult }),
  discover: defineMethod({
    description: 'Every method, notification, capability and version of this server.',
    params: noParams,
    result: discoverResult,
  }),
  'session.create': defineMethod({
    description:
      'Creates a session and attaches the caller to it, with a client run of its own. Answers before indexing ends.',
    params: z.object({
      name: z.string().trim().min(1).max(200).optional(),
      projectRoot: z.string().min(1).nullable().optional(),
      constraints: z.array(constraintSchema).optional(),
      settings: sessionSettingsSchema.optional(),
    }),
    result: z.object({ id, name: z.string(), runId: id, runName: z.string(), projectRoot: z.string().nullable() }),
  }),
  'session.list': defineMethod({
    description: 'All sessions, newest first.',
    params: noParams,
    result: z.object({ sessions: z.array(sessionSummarySchema) }),
  }),
  'session.attach': defineMethod({
    description: 'Attaches the caller to a session, reusing a client run by id or name, or making one.',
    params: z
      .object({ id, runId: id.optional(), runName: z.string().trim().min(1).max(200).optional() })
      .refine(p => p.runId === undefined || p.runName === undefined, {
        path: ['runName'],
        message: 'give runId or runName, not both',
      }),
    result: z.object({
      id,
      name: z.string(),
      runId: id,
      runName: z.string(),
      projectRoot: z.string().nullable(),
    }),
  }),
  'session.runs': defineMethod({
    description: 'Runs of a session, newest first.',
    params: z.object({ id: id.optional() }),
    result: z.object({ runs: z.array(runSummarySchema) }),
    requiresInit: true,
  }),
  'session.prompts': defineMethod({
    description: 'Prompts of a session, newest first.',
    params: z.object({ id: id.optional(), limit: z.int().min(1).max(10_000).default(100) }),
    result: z.object({ prompts: z.array(z.string()) }),
    requiresInit: true,
  }),
  'session.set_root': defineMethod({
    description: 'Changes the workspace root of the session; null makes it headless.',
    params: z.object({ projectRoot: z.string().min(1).nullable() }),
    result: z.object({ projectRoot: z.string().nullable() }),
    requiresInit: true,
  }),
  'session.rename': defineMethod({
    description: 'Renames the session; names are unique.',
    params: z.object({ name: z.string().trim().min(1).max(200) }),
    result: z.object({ id, name: z.string() }),
    requiresInit: true,
  }),
  'session.configure': defineMethod({
    description: 'Merges settings into those of the session, effective from the next turn.',
    params: z.object({ settings: sessionSettingsSchema }),
    result: z.object({ settings: jsonObject }),
    requiresInit: true,
  }),
  'session.delete': defineMethod({
    description:
      'Deletes a session for good. The first call answers with a confirmation token and what would be lost; the same call with that token deletes.',
    params: z.object({ id, token: z.string().min(1).optional() }),
    result: z.object({
      deleted: z.boolean(),
      token: z.string().optional(),
      loses: z.object({ runs: z.int(), prompts: z.int(), turns: z.int() }).optional(),
    }),
  }),
  'session.export': defineMethod({
    description:
      'Exports a session, secrets removed: `session` is a file that `session.import` takes, with everything in it; `jsonl` (rows, for scripts) and `html` (one self-contained page) are for reading, of the whole session or of one run.',
    params: z
      .object({ id, format: z.enum(EXPORT_FORMATS), runId: id.optional() })
      .refine(p => p.format !== 'session' || p.runId === undefined, {
        path: ['runId'],
        message: 'a session file holds the whole session',
      }),
    result: z.object({ format: z.enum(EXPORT_FORMATS), content: z.string(), filename: z.string() }),
  }),
  'session.import': defineMethod({
    description:
      'Makes a new session from a file that `session.export` wrote in the format `session`. All of it or nothing; nothing in it runs or waits, and it brings no auto-approval. Without a name it takes the one in the file, numbered when that is taken.',
    params: z.object({
      content: z.string().min(1),
      name: z.string().trim().min(1).max(200).optional(),
      projectRoot: z.string().min(1).nullable().optional(),
    }),
    result: z.object({ id, name: z.string(), projectRoot: z.string().nullable() }),
  }),
  'session.search': defineMethod({
    description: 'Full-text search over prompts, messages, ops, targets and results, in one session or in all.',
    params: z.object({ query: z.string().min(1), id: id.optional(), limit: z.int().min(1).max(1000).default(50) }),
    result: z.object({
      hits: z.array(
        z.object({
          sessionId: id,
          sessionName: z.string(),
          runId: id.nullable(),
          logEntryId: id.nullable(),
          entryId: id.nullable(),
          snippet: z.string(),
          score: z.number(),
        }),
      ),
    }),
  }),
  'session.constrain': defineMethod({
    description: 'Adds a membership rule, effective at once.',
    params: constraintSchema,
    result: constraintSchema,
    requiresInit: true,
  }),
  'session.unconstrain': defineMethod({
    description: 'Removes a membership rule, effective at once.',
    params: constraintSchema,
    result: constraintSchema,
    requiresInit: true,
  }),
  'session.constraints': defineMethod({
    description: 'Membership rules of the session.',
    params: noParams,
    result: z.object({ constraints: z.array(constraintSchema) }),
    requiresInit: true,
  }),
  'session.members': defineMethod({
    description: 'Every member file with its effect, and the hidden ones.',
    params: noParams,
    result: z.object({
      members: z.array(z.object({ path: z.string(), effect: z.enum(['member', 'view']) })),
      hidden: z.array(z.string()),
    }),
    requiresInit: true,
  }),
} as const;
