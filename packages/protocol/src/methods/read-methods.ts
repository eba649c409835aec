import { z } from 'zod';
import { CHANNEL_STATES } from '../domain.ts';
import { id, jsonObject } from '../json-schema.ts';
import { logEntrySchema } from '../log-entry.ts';
import { defineMethod } from '../method.ts';

export const packetSectionSchema = z.object({
  name: z.string(),
  slot: z.enum(['system', 'user']),
  header: z.string().nullable(),
  content: z.string(),
  tokens: z.int(),
});
export type PacketSection = z.infer<typeof packetSectionSchema>;

/** A piece of an emission: a statement with the places of its parts, prose, or an error. Offsets are UTF-16. */
export const emissionNodeSchema = z.object({
  kind: z.enum(['statement', 'text', 'error']),
  /** `READ src/a.ts`, the beginning of the prose, or the error's sentence. */
  label: z.string(),
  start: z.int(),
  end: z.int(),
  parts: z.array(
    z.object({ name: z.enum(['tag', 'signal', 'target', 'marks', 'body', 'close']), start: z.int(), end: z.int() }),
  ),
});
export type EmissionNode = z.infer<typeof emissionNodeSchema>;

export const turnSummarySchema = z.object({
  id,
  loop_id: id,
  loop_seq: z.int(),
  run_id: id,
  seq: z.int(),
  status: z.int(),
  model: z.string().nullable(),
  finish_reason: z.string().nullable(),
  prompt_tokens: z.int().nullable(),
  completion_tokens: z.int().nullable(),
  cached_tokens: z.int().nullable(),
  cost_pico: z.number().nullable(),
  price_version: z.string().nullable(),
  created_at: z.number(),
  ended_at: z.number().nullable(),
  /** Timings `{waitMs (opened until the model was asked), generateMs, executeMs}`, tokenizer, ceiling, raw usage, … */
  meta: jsonObject,
});
export type TurnSummary = z.infer<typeof turnSummarySchema>;

export const loopSummarySchema = z.object({
  id,
  run_id: id,
  seq: z.int(),
  status: z.int(),
  prompt: z.string(),
  alias: z.string().nullable(),
  reason: z.string().nullable(),
  created_at: z.number(),
  started_at: z.number().nullable(),
  ended_at: z.number().nullable(),
});
export type LoopSummary = z.infer<typeof loopSummarySchema>;

export const storedEntrySchema = z.object({
  id,
  scope: z.enum(['session', 'run']),
  sessionId: id,
  scheme: z.string().nullable(),
  pathname: z.string(),
  channels: z.record(
    z.string(),
    z.object({
      content: z.string(),
      mimetype: z.string(),
      tokens: z.int(),
      state: z.enum(CHANNEL_STATES),
      /** Characters of the whole channel; `content` is shorter when `from` or `limit` was given. */
      length: z.int(),
    }),
  ),
  tags: z.array(z.string()),
});
export type StoredEntry = z.infer<typeof storedEntrySchema>;

export const readMethods = {
  'entry.read': defineMethod({
    description:
      'An entry with its channels. `from` and `limit` (characters) read a part of each channel; `runId` reads a stream or scratch of that run.',
    params: z.object({
      target: z.string().min(1),
      sessionId: id.optional(),
      runId: id.optional(),
      from: z.int().min(0).optional(),
      limit: z.int().min(0).optional(),
    }),
    result: z.union([
      z.object({ status: z.literal(200), entry: storedEntrySchema }),
      z.object({ status: z.literal(404), entry: z.null() }),
    ]),
    requiresInit: true,
  }),
  'entry.list': defineMethod({
    description: 'Entries of one scheme (scratch needs `runId`), path ascending.',
    params: z.object({
      scheme: z.string().min(1),
      prefix: z.string().optional(),
      runId: id.optional(),
      sessionId: id.optional(),
    }),
    result: z.object({
      entries: z.array(
        z.object({
          id,
          scheme: z.string().nullable(),
          pathname: z.string(),
          tags: z.array(z.string()),
          length: z.int(),
          mimetype: z.string(),
          created_at: z.number(),
          updated_at: z.number(),
        }),
      ),
    }),
    requiresInit: true,
  }),
  'log.read': defineMethod({
    description:
      'Rows of a run in the order of events; by default of the caller’s own run. `last: true` gives the newest `limit` rows.',
    params: z.object({
      runId: id.optional(),
      loopId: id.optional(),
      turnId: id.optional(),
      loopSeq: z.int().min(1).optional(),
      turnSeq: z.int().min(1).optional(),
      sequence: z.int().min(1).optional(),
      sinceId: z.int().min(0).optional(),
      beforeId: id.optional(),
      last: z.boolean().optional(),
      limit: z.int().min(1).max(1000).default(100),
    }),
    result: z.object({ status: z.literal(200), entries: z.array(logEntrySchema) }),
    requiresInit: true,
  }),
  'run.turns': defineMethod({
    description: 'Loops and turns of a run, oldest first; by default of the conversation run.',
    params: z.object({ runId: id.optional() }),
    result: z.object({ runId: id.nullable(), loops: z.array(loopSummarySchema), turns: z.array(turnSummarySchema) }),
    requiresInit: true,
  }),
  'packet.read': defineMethod({
    description: 'What one turn sent and received, byte for byte.',
    params: z.object({ turnId: id }),
    result: z.object({
      status: z.literal(200),
      turn: turnSummarySchema,
      sections: z.array(packetSectionSchema),
      emission: z.string().nullable(),
      reasoning: z.string().nullable(),
      /** How the emission was understood. */
      tree: z.array(emissionNodeSchema),
    }),
    requiresInit: true,
  }),
  'packet.diff': defineMethod({
    description: 'Sections that differ between the packets of two turns.',
    params: z.object({ turnIdA: id, turnIdB: id }),
    result: z.object({
      changed: z.array(z.object({ name: z.string(), diff: z.string(), tokensA: z.int(), tokensB: z.int() })),
      added: z.array(packetSectionSchema),
      removed: z.array(packetSectionSchema),
    }),
    requiresInit: true,
  }),
} as const;
