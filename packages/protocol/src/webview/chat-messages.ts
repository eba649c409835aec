import { z } from 'zod';
import { DECISIONS } from '../domain.ts';
import { loopViewSchema, rowViewSchema } from './row-view.ts';

const id = z.int().positive();

export const modelChoiceSchema = z.object({
  alias: z.string(),
  label: z.string(),
  detail: z.string(),
  /** Group of the picker, in the order of UI-1. */
  group: z.enum(['editor', 'local', 'configured', 'demo']),
});
export type ModelChoice = z.infer<typeof modelChoiceSchema>;

export const runChoiceSchema = z.object({
  id,
  name: z.string(),
  parentId: z.int().nullable(),
  status: z.int(),
});
export type RunChoice = z.infer<typeof runChoiceSchema>;

/** A file, a span or a problem that goes with the next prompt. */
export const chipSchema = z.object({
  /** Workspace-relative path or address. */
  path: z.string(),
  label: z.string(),
  /** 1-based lines; null = the whole file. */
  lines: z.tuple([z.int(), z.int()]).nullable(),
  /** A span's text, quoted to the model; null when the path is enough. */
  text: z.string().nullable(),
});
export type Chip = z.infer<typeof chipSchema>;

export const headerSchema = z.object({
  sessionName: z.string(),
  runId: z.int().nullable(),
  runs: z.array(runChoiceSchema),
  running: z.boolean(),
  contextTokens: z.int().nullable(),
  contextSize: z.int().nullable(),
  loopCostPico: z.number().nullable(),
  sessionCostPico: z.number().nullable(),
});
export type HeaderView = z.infer<typeof headerSchema>;

/** A sentence with a way out (UI-15, UI-4). */
export const noticeSchema = z.object({
  /** A notice with the same key replaces the old one. */
  key: z.string(),
  level: z.enum(['info', 'warning', 'error']),
  text: z.string(),
  detail: z.string(),
  action: z
    .object({
      label: z.string(),
      command: z.enum([
        'addModel',
        'enterKey',
        'selectModel',
        'trust',
        'openFolder',
        'restartServer',
        'showLog',
        'doctor',
        'retry',
        'newSession',
      ]),
    })
    .nullable(),
  /** Milliseconds since the epoch until which a countdown runs. */
  until: z.number().nullable(),
});
export type Notice = z.infer<typeof noticeSchema>;

export const completionSchema = z.object({
  kind: z.enum(['file', 'symbol', 'command']),
  label: z.string(),
  detail: z.string(),
  /** What replaces the word in the input. */
  insert: z.string(),
  chip: chipSchema.nullable(),
});
export type Completion = z.infer<typeof completionSchema>;

export const pendingViewSchema = z.object({
  changes: z.int(),
  files: z.int(),
  commands: z.int(),
  added: z.int(),
  removed: z.int(),
});
export type PendingView = z.infer<typeof pendingViewSchema>;

const modeSchema = z.enum(['ask', 'act']);
export type ChatMode = z.infer<typeof modeSchema>;

/** What the extension tells the chat view. Updates are increments (UI-16). */
export const CHAT_TO_VIEW = {
  init: z.object({
    strings: z.record(z.string(), z.string()),
    mac: z.boolean(),
    mode: modeSchema,
    examples: z.array(z.string()),
    commands: z.array(z.object({ name: z.string(), detail: z.string() })),
  }),
  header: headerSchema,
  models: z.object({ models: z.array(modelChoiceSchema), selected: z.string().nullable(), probing: z.boolean() }),
  /** Another run, or the same one after a reload: replaces what is shown. */
  conversation: z.object({
    runId: z.int().nullable(),
    rows: z.array(rowViewSchema),
    loops: z.array(loopViewSchema),
    more: z.boolean(),
  }),
  older: z.object({ runId: id, rows: z.array(rowViewSchema), more: z.boolean() }),
  row: z.object({ row: rowViewSchema }),
  'row/body': z.object({ rowId: id, text: z.string() }),
  loop: z.object({ loop: loopViewSchema }),
  'turn/started': z.object({ turnId: id }),
  'turn/delta': z.object({ turnId: id, text: z.string() }),
  'turn/finished': z.object({ turnId: id }),
  /** New output of a process; `reset` starts over. */
  output: z.object({ rowId: id, channel: z.string(), text: z.string(), reset: z.boolean(), live: z.boolean() }),
  pending: pendingViewSchema,
  notice: noticeSchema,
  'notice/clear': z.object({ key: z.string() }),
  completions: z.object({ request: z.int(), items: z.array(completionSchema) }),
  chip: z.object({ chip: chipSchema }),
  /** What is selected in the editor; null: nothing. */
  selection: z.object({ chip: chipSchema.nullable() }),
  /** Puts text into the input; `send` sends it at once. */
  compose: z.object({ text: z.string(), send: z.boolean() }),
  prompts: z.object({ prompts: z.array(z.string()) }),
  focus: z.object({ rowId: z.int().nullable() }),
} as const;

/** What the chat view asks of the extension. */
export const CHAT_FROM_VIEW = {
  ready: z.object({}),
  send: z.object({ text: z.string(), chips: z.array(chipSchema), mode: modeSchema }),
  stop: z.object({}),
  older: z.object({ beforeId: id }),
  resolve: z.object({ logEntryId: id, decision: z.enum(DECISIONS), body: z.string().nullable() }),
  review: z.object({ logEntryId: id }),
  reviewAll: z.object({}),
  resolveAll: z.object({ decision: z.enum(['accept', 'reject']) }),
  allowAlways: z.object({ logEntryId: id }),
  merge: z.object({ logEntryId: id }),
  retry: z.object({ logEntryId: id }),
  undo: z.object({ logEntryId: id }),
  'row/body': z.object({ rowId: id }),
  kill: z.object({ rowId: id }),
  open: z.object({ link: z.string(), lines: z.tuple([z.int(), z.int()]).nullable() }),
  complete: z.object({ request: z.int(), kind: z.enum(['file', 'command']), query: z.string() }),
  /** Files dropped on the input, as URIs. */
  drop: z.object({ uris: z.array(z.string()) }),
  attach: z.object({}),
  discoverModels: z.object({}),
  selectModel: z.object({ alias: z.string() }),
  mode: z.object({ mode: modeSchema }),
  switchRun: z.object({ runId: id }),
  newSession: z.object({}),
  history: z.object({}),
  inspect: z.object({ turnId: z.int().nullable() }),
  action: z.object({ command: noticeSchema.shape.action.unwrap().shape.command, key: z.string() }),
  dismiss: z.object({ key: z.string() }),
} as const;

export type ChatToView = { readonly [Name in keyof typeof CHAT_TO_VIEW]: z.infer<(typeof CHAT_TO_VIEW)[Name]> };
export type ChatFromView = { readonly [Name in keyof typeof CHAT_FROM_VIEW]: z.infer<(typeof CHAT_FROM_VIEW)[Name]> };
