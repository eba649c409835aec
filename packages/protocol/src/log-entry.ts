import { z } from 'zod';
import { OPS, ROW_STATES, WRITERS } from './domain.ts';
import { id, jsonObject, jsonValue } from './json-schema.ts';

/** One log row on the wire. Structured values are JSON, never JSON in a string. */
export const logEntrySchema = z.object({
  id,
  run_id: id,
  loop_id: id,
  /** 1-based within the run. */
  loop_seq: z.int(),
  turn_id: id,
  /** 1-based within the loop. */
  turn_seq: z.int(),
  /** 1-based within the turn. */
  sequence: z.int(),
  /** Milliseconds since the epoch. */
  at: z.number(),
  origin: z.enum(WRITERS),
  /** The cause of a narrated row: a run's address, `file`, `grammar`, …; null when the row is its own cause. */
  source: z.string().nullable(),
  op: z.enum([...OPS, 'error', 'model']),
  suffix: z.string(),
  signal: jsonValue,
  /** null = a project file. */
  scheme: z.string().nullable(),
  username: z.string().nullable(),
  password: z.string().nullable(),
  hostname: z.string().nullable(),
  port: z.int().nullable(),
  pathname: z.string().nullable(),
  params: jsonObject,
  fragment: z.string().nullable(),
  lineMarker: z.object({ marks: z.array(z.number()) }).nullable(),
  /** What was asked: `{body}`; a SEND's body is `{raw, json}`. */
  tx: jsonValue,
  mimetype_tx: z.string().nullable(),
  /** What came back: text, or a JSON value when `mimetype_rx` is JSON. */
  rx: jsonValue,
  mimetype_rx: z.string().nullable(),
  status_rx: z.int(),
  tokens: z.int(),
  state: z.enum(ROW_STATES),
  outcome: z.string().nullable(),
  attrs: jsonObject,
  expanded: z.boolean(),
});

export type LogEntry = z.infer<typeof logEntrySchema>;
