/**
 * Messages between the extension and its webviews, validated on both sides (RL-15). Each direction of each view is one
 * union discriminated by `type`. A webview keeps nothing that it cannot ask for again (UI-14); updates are increments
 * (UI-16).
 */
import { z } from 'zod';
import { id, jsonObject } from './json-schema.ts';
import { logEntrySchema } from './log-entry.ts';
import { discoveredModelSchema, modelAliasSchema } from './methods/model-methods.ts';
import { loopSummarySchema, packetSectionSchema, turnSummarySchema } from './methods/read-methods.ts';
import { runSummarySchema, sessionSummarySchema } from './methods/session-methods.ts';
import { NOTIFICATIONS, telemetryEventSchema, usageSchema } from './notifications.ts';
import { proposalSchema } from './proposal.ts';

/** A file, span or problem that the person put into the prompt; rendered as a chip. */
export const referenceSchema = z.object({
  /** Workspace-relative. */
  path: z.string(),
  lineStart: z.int().optional(),
  lineEnd: z.int().optional(),
  /** Text that goes along (selection, problem message). */
  text: z.string().optional(),
});
export type Reference = z.infer<typeof referenceSchema>;

/** A sentence with a way out (UI-15). */
export const noticeSchema = z.object({
  id: z.string(),
  level: z.enum(['error', 'warn', 'info']),
  message: z.string(),
  detail: z.string().optional(),
  /** One button; `command` is one of ours (`plurnk.…`). */
  action: z.object({ label: z.string(), command: z.string(), args: z.array(z.unknown()).optional() }).optional(),
  /** Epoch milliseconds when it may be tried again (rate limit). */
  retryAt: z.number().optional(),
});
export type Notice = z.infer<typeof noticeSchema>;

const mode = z.enum(['ask', 'act']);

/** A loop of the shown run, with what it used. */
export const loopStateSchema = z.object({
  loopId: id,
  seq: z.int(),
  /** 100, 102, 202 = not ended. */
  status: z.int(),
  prompt: z.string(),
  references: z.array(referenceSchema).optional(),
  reason: z.string().nullable(),
  turns: z.int(),
  usage: usageSchema.nullable(),
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
});
export type LoopState = z.infer<typeof loopStateSchema>;

export const chatStateSchema = z.object({
  session: sessionSummarySchema.nullable(),
  run: runSummarySchema.nullable(),
  sessions: z.array(sessionSummarySchema),
  runs: z.array(runSummarySchema),
  models: z.array(modelAliasSchema),
  activeModel: z.string().nullable(),
  mode,
  /** Loops of the run, oldest first. */
  loops: z.array(loopStateSchema),
  proposals: z.array(proposalSchema),
  /** Usage of the run's last turn; null before the first. */
  usage: usageSchema.nullable(),
  sessionCostPico: z.number().nullable(),
  /** Rows the run has, for the scroll bar. */
  rowCount: z.int(),
  /** Recent prompts, newest first (Up recalls). */
  prompts: z.array(z.string()),
  draft: z.string(),
  workspace: z.object({ folder: z.boolean(), trusted: z.boolean(), virtual: z.boolean() }),
  /** Three examples made from the open workspace (empty state). */
  examples: z.array(z.string()),
  notices: z.array(noticeSchema),
  server: z.enum(['starting', 'running', 'restarting', 'failed']),
});
export type ChatState = z.infer<typeof chatStateSchema>;

export const completionItemSchema = z.object({
  kind: z.enum(['file', 'folder', 'symbol', 'command']),
  label: z.string(),
  detail: z.string().optional(),
  /** What is put in; for files and symbols a reference comes along. */
  insert: z.string(),
  reference: referenceSchema.optional(),
});
export type CompletionItem = z.infer<typeof completionItemSchema>;

/** Extension → chat view. */
export const chatInboundSchema = z.discriminatedUnion('type', [
  /** Whole state: after `ready`, and after switching session or run. */
  z.object({ type: z.literal('state'), state: chatStateSchema }),
  /** Fields that changed. */
  z.object({ type: z.literal('patch'), patch: chatStateSchema.partial() }),
  /** One row was written or changed: same id replaces. */
  z.object({ type: z.literal('row'), entry: logEntrySchema }),
  /** Answer to `page`: rows before `beforeId`, oldest first. */
  z.object({ type: z.literal('page'), requestId: z.int(), entries: z.array(logEntrySchema), more: z.boolean() }),
  z.object({ type: z.literal('delta'), turnId: id, kind: z.enum(['text', 'reasoning']), text: z.string() }),
  z.object({
    type: z.literal('turn'),
    turnId: id,
    loopId: id,
    phase: z.enum(['started', 'finished']),
    status: z.int().nullable(),
  }),
  z.object({ type: z.literal('loop'), loop: loopStateSchema }),
  z.object({ type: z.literal('usage'), usage: usageSchema, sessionCostPico: z.number().nullable() }),
  z.object({ type: z.literal('proposal'), proposal: proposalSchema }),
  z.object({ type: z.literal('resolved'), resolved: NOTIFICATIONS['proposal/resolved'].payload }),
  /** New text of a process's channel; `from` is its offset in characters. */
  z.object({
    type: z.literal('output'),
    target: z.string(),
    channel: z.string(),
    from: z.int(),
    text: z.string(),
    state: z.string(),
  }),
  z.object({ type: z.literal('notice'), notice: noticeSchema }),
  z.object({ type: z.literal('dismiss'), id: z.string() }),
  z.object({ type: z.literal('telemetry'), loopId: id.nullable(), event: telemetryEventSchema }),
  z.object({ type: z.literal('completions'), requestId: z.int(), items: z.array(completionItemSchema) }),
  /** Puts references and text into the input (Ask about selection, Add to Chat). */
  z.object({
    type: z.literal('compose'),
    text: z.string().optional(),
    references: z.array(referenceSchema),
    send: z.boolean(),
  }),
  z.object({ type: z.literal('discovered'), models: z.array(discoveredModelSchema) }),
  z.object({
    type: z.literal('hits'),
    requestId: z.int(),
    hits: z.array(
      z.object({
        sessionId: id,
        sessionName: z.string(),
        runId: id.nullable(),
        logEntryId: id.nullable(),
        snippet: z.string(),
      }),
    ),
  }),
  z.object({ type: z.literal('focus'), what: z.enum(['input', 'proposal']), logEntryId: id.optional() }),
]);
export type ChatInbound = z.infer<typeof chatInboundSchema>;

/** Chat view → extension. */
export const chatOutboundSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('send'), prompt: z.string(), references: z.array(referenceSchema), mode }),
  z.object({ type: z.literal('inject'), prompt: z.string(), references: z.array(referenceSchema) }),
  z.object({ type: z.literal('stop') }),
  z.object({
    type: z.literal('resolve'),
    logEntryId: id,
    decision: z.enum(['accept', 'reject', 'cancel']),
    body: z.string().optional(),
  }),
  z.object({ type: z.literal('resolveAll'), decision: z.enum(['accept', 'reject']) }),
  /** Run this command now and from now on (adds a policy). */
  z.object({ type: z.literal('alwaysAllow'), logEntryId: id }),
  z.object({ type: z.literal('openDiff'), logEntryId: id }),
  z.object({ type: z.literal('reviewAll') }),
  z.object({ type: z.literal('revert'), logEntryId: id }),
  z.object({ type: z.literal('merge'), logEntryId: id }),
  z.object({ type: z.literal('openFile'), path: z.string(), line: z.int().optional(), lineEnd: z.int().optional() }),
  z.object({ type: z.literal('openEntry'), target: z.string() }),
  z.object({ type: z.literal('openLink'), href: z.string() }),
  z.object({ type: z.literal('openInspector'), turnId: id.optional(), logEntryId: id.optional() }),
  z.object({ type: z.literal('page'), requestId: z.int(), beforeId: id.nullable(), limit: z.int().min(1).max(1000) }),
  z.object({ type: z.literal('switchSession'), sessionId: id }),
  z.object({ type: z.literal('switchRun'), runId: id }),
  z.object({ type: z.literal('newSession') }),
  z.object({ type: z.literal('search'), requestId: z.int(), query: z.string() }),
  z.object({ type: z.literal('pickModel'), alias: z.string() }),
  /** The picker opened: local servers may be probed now (UI-1). */
  z.object({ type: z.literal('discoverModels') }),
  z.object({ type: z.literal('addModel') }),
  z.object({ type: z.literal('setMode'), mode }),
  z.object({ type: z.literal('complete'), requestId: z.int(), kind: z.enum(['@', '/']), query: z.string() }),
  z.object({ type: z.literal('watchOutput'), target: z.string(), on: z.boolean() }),
  z.object({ type: z.literal('kill'), target: z.string() }),
  z.object({ type: z.literal('draft'), text: z.string() }),
  z.object({ type: z.literal('attach') }),
  z.object({ type: z.literal('dropped'), uris: z.array(z.string()) }),
  z.object({
    type: z.literal('command'),
    command: z.string().startsWith('plurnk.'),
    args: z.array(z.unknown()).optional(),
  }),
  z.object({ type: z.literal('dismiss'), id: z.string() }),
]);
export type ChatOutbound = z.infer<typeof chatOutboundSchema>;

export const inspectedTurnSchema = z.object({
  turn: turnSummarySchema,
  sections: z.array(packetSectionSchema),
  emission: z.string().nullable(),
  reasoning: z.string().nullable(),
  rows: z.array(logEntrySchema),
});
export type InspectedTurn = z.infer<typeof inspectedTurnSchema>;

/** Extension → inspector. */
export const inspectorInboundSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('run'),
    session: sessionSummarySchema,
    run: runSummarySchema,
    runs: z.array(runSummarySchema),
    loops: z.array(loopSummarySchema),
    turns: z.array(turnSummarySchema),
  }),
  z.object({ type: z.literal('turn'), requestId: z.int(), inspected: inspectedTurnSchema }),
  z.object({ type: z.literal('turnChanged'), turn: turnSummarySchema }),
  z.object({ type: z.literal('rows'), requestId: z.int(), entries: z.array(logEntrySchema), more: z.boolean() }),
  z.object({
    type: z.literal('difference'),
    requestId: z.int(),
    changed: z.array(z.object({ name: z.string(), diff: z.string(), tokensA: z.int(), tokensB: z.int() })),
    added: z.array(packetSectionSchema),
    removed: z.array(packetSectionSchema),
  }),
  z.object({ type: z.literal('select'), turnId: id.nullable(), logEntryId: id.nullable() }),
  z.object({ type: z.literal('failed'), requestId: z.int().nullable(), message: z.string() }),
]);
export type InspectorInbound = z.infer<typeof inspectorInboundSchema>;

/** Inspector → extension. */
export const inspectorOutboundSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('selectRun'), runId: id }),
  z.object({ type: z.literal('turn'), requestId: z.int(), turnId: id }),
  z.object({ type: z.literal('rows'), requestId: z.int(), sinceId: z.int(), limit: z.int().min(1).max(1000) }),
  z.object({ type: z.literal('compare'), requestId: z.int(), turnIdA: id, turnIdB: id }),
  z.object({ type: z.literal('continueFrom'), turnId: id }),
  z.object({ type: z.literal('export'), format: z.enum(['jsonl', 'html']) }),
  z.object({ type: z.literal('copy'), text: z.string() }),
  z.object({ type: z.literal('openFile'), path: z.string(), line: z.int().optional(), lineEnd: z.int().optional() }),
  z.object({ type: z.literal('openEntry'), target: z.string() }),
]);
export type InspectorOutbound = z.infer<typeof inspectorOutboundSchema>;

/** What `vscode.setState` keeps: enough to come back after being hidden, nothing the server has. */
export const viewStateSchema = z.object({ draft: z.string(), anchorId: id.nullable(), extra: jsonObject.optional() });
export type ViewState = z.infer<typeof viewStateSchema>;
