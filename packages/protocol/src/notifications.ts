import { z } from 'zod';
import { CHANNEL_STATES, DECISIONS } from './domain.ts';
import { id, jsonObject } from './json-schema.ts';
import { logEntrySchema } from './log-entry.ts';
import { proposalSchema } from './proposal.ts';

/** Notifications of part 5. All but `session/created` go to the peers attached to `sessionId` (RPC-5). */
const scope = { sessionId: id, runId: id };

export const usageSchema = z.object({
  promptTokens: z.int(),
  completionTokens: z.int(),
  cachedTokens: z.int(),
  /** Integer pico-USD; null when a price is unknown. */
  costPico: z.number().nullable(),
  /** Prompt tokens of the last turn. */
  contextTokens: z.int(),
  /** Window; null when unknown. */
  contextSize: z.int().nullable(),
  /** Last turn's provider metadata and budget: `{ceiling, free, model, …}`. */
  meta: jsonObject,
});
export type Usage = z.infer<typeof usageSchema>;

export const position = z.object({
  type: z.enum(['content-offset', 'log']).optional(),
  line: z.int(),
  column: z.int(),
});

export const telemetryEventSchema = z.object({
  /** `provider`, `grammar`, `engine`, `workspace`, `store`, `policy`, … */
  source: z.string(),
  /** `turn_awaiting_model`, `turn_generated`, `retry`, `indexing`, … */
  kind: z.string(),
  level: z.enum(['error', 'warn', 'info']),
  message: z.string().optional(),
  position: position.optional(),
  /** What else belongs to the notice. */
  data: jsonObject.optional(),
});
export type TelemetryEvent = z.infer<typeof telemetryEventSchema>;

const streamAddress = {
  ...scope,
  entryId: id,
  /** `<runtime>:///<loop>/<turn>/<sequence>` */
  target: z.string(),
};

export const NOTIFICATIONS = {
  'log/entry': {
    description:
      'Every row but the `model` mirrors that the engine writes; sent again with the same id when the row changes (settled, stream ended). Rows come before the end of their loop.',
    payload: z.object({ ...scope, entry: logEntrySchema }),
  },
  'loop/proposal': { description: 'A row waits for a decision.', payload: proposalSchema },
  'proposal/resolved': {
    description: 'A proposal is settled, by whomever.',
    payload: z.object({
      ...scope,
      logEntryId: id,
      decision: z.enum(DECISIONS),
      outcome: z.string().optional(),
      by: z.string(),
    }),
  },
  'loop/terminated': {
    description: 'A loop has a terminal status (never 202).',
    payload: z.object({
      ...scope,
      loopId: id,
      finalStatus: z.int(),
      hitMaxTurns: z.boolean(),
      turnIds: z.array(id),
      reason: z.string().optional(),
      usage: usageSchema,
    }),
  },
  'loop/quiesced': {
    description: 'A parked loop whose subtree holds nothing live (ENG-16): a soft signal, not an end.',
    payload: z.object({ ...scope, loopId: id, status: z.literal(202) }),
  },
  'turn/started': {
    description: 'A turn is open.',
    payload: z.object({ ...scope, loopId: id, turnId: id, loopSeq: z.int(), turnSeq: z.int() }),
  },
  'turn/delta': {
    description: 'Streamed model text, chunks at least 30 ms apart.',
    payload: z.object({ ...scope, loopId: id, turnId: id, kind: z.enum(['text', 'reasoning']), text: z.string() }),
  },
  'turn/finished': {
    description: 'A turn is closed.',
    payload: z.object({
      ...scope,
      loopId: id,
      turnId: id,
      loopSeq: z.int(),
      turnSeq: z.int(),
      status: z.int(),
      usage: usageSchema,
    }),
  },
  'stream/event': {
    description: 'A channel grew or changed its state; never its content.',
    payload: z.object({
      ...streamAddress,
      channel: z.string(),
      state: z.enum(CHANNEL_STATES),
      /** Characters. */
      contentLength: z.int(),
      loop_seq: z.int(),
      turn_seq: z.int(),
      sequence: z.int(),
    }),
  },
  'stream/concluded': {
    description: 'A stream ended.',
    payload: z.object({
      ...streamAddress,
      subscriptionId: id,
      scheme: z.string(),
      closeStatus: z.int(),
      summary: z.string(),
      wakeAction: z.enum([
        'resumed-loop',
        'no-op-active-loop',
        'skipped-aborted',
        'skipped-cancelled',
        'skipped-no-provider',
        'no-loop',
      ]),
      wakeLoopId: id.optional(),
    }),
  },
  'telemetry/event': {
    description: 'Notices: provider trouble, grammar notices, indexing progress; never failed ops.',
    payload: z.object({
      sessionId: id,
      runId: id.optional(),
      loopId: id.nullable(),
      event: telemetryEventSchema,
    }),
  },
  'session/created': {
    description: 'A session was made; goes to all peers.',
    payload: z.object({ id, name: z.string(), projectRoot: z.string().nullable() }),
  },
  'session/changed': {
    description: 'Name, root, settings, membership rules or the list of runs changed: read again what you show.',
    payload: z.object({
      sessionId: id,
      what: z.enum(['name', 'root', 'settings', 'constraints', 'runs', 'deleted']),
    }),
  },
} as const;

export type NotificationName = keyof typeof NOTIFICATIONS;

/** Name → payload of every notification. */
export type PlurnkNotifications = {
  [Name in NotificationName]: z.output<(typeof NOTIFICATIONS)[Name]['payload']>;
};
