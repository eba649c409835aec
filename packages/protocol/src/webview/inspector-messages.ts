import { z } from 'zod';
import {
  emissionNodeSchema,
  loopSummarySchema,
  packetSectionSchema,
  turnSummarySchema,
} from '../methods/read-methods.ts';
import { runChoiceSchema } from './chat-messages.ts';
import { rowViewSchema } from './row-view.ts';

const id = z.int().positive();

const packetSchema = z.object({
  turnId: id,
  sections: z.array(packetSectionSchema),
  emission: z.string(),
  reasoning: z.string(),
  tree: z.array(emissionNodeSchema),
  /** What the provider answered, as JSON text; empty when it kept none. */
  raw: z.string(),
});
export type InspectorPacket = z.infer<typeof packetSchema>;

const diffSchema = z.object({
  turnIdA: id,
  turnIdB: id,
  changed: z.array(z.object({ name: z.string(), diff: z.string(), tokensA: z.int(), tokensB: z.int() })),
  added: z.array(packetSectionSchema),
  removed: z.array(packetSectionSchema),
});
export type InspectorDiff = z.infer<typeof diffSchema>;

/** What the extension tells the inspector (UI-30 … UI-35). Rows and turns arrive one by one while a run goes on. */
export const INSPECTOR_TO_VIEW = {
  init: z.object({ strings: z.record(z.string(), z.string()) }),
  run: z.object({
    runId: z.int().nullable(),
    runName: z.string(),
    runs: z.array(runChoiceSchema),
    loops: z.array(loopSummarySchema),
    turns: z.array(turnSummarySchema),
    rows: z.array(rowViewSchema),
  }),
  turn: z.object({ turn: turnSummarySchema }),
  row: z.object({ row: rowViewSchema }),
  packet: packetSchema,
  diff: diffSchema,
  'row/body': z.object({ rowId: id, text: z.string() }),
  /** Selects a turn, and in it a row. */
  show: z.object({ turnId: id, rowId: z.int().nullable() }),
  /** What could not be read, as a sentence. */
  failed: z.object({ turnId: z.int().nullable(), text: z.string() }),
} as const;

/** What the inspector asks of the extension. */
export const INSPECTOR_FROM_VIEW = {
  ready: z.object({}),
  run: z.object({ runId: id }),
  packet: z.object({ turnId: id }),
  diff: z.object({ turnIdA: id, turnIdB: id }),
  'row/body': z.object({ rowId: id }),
  /** Opens what a row addresses. */
  open: z.object({ rowId: id }),
  copy: z.object({ text: z.string() }),
  export: z.object({ format: z.enum(['jsonl', 'html']) }),
  /** "Continue from here" (UI-33). */
  fork: z.object({ turnId: id }),
} as const;
