import { z } from 'zod';
import { ROW_STATES, WRITERS } from '../domain.ts';

const id = z.int().positive();

/** A proposal as its card shows it (UI-12, UI-23, UI-24). The texts themselves stay in the host. */
export const proposalViewSchema = z.object({
  kind: z.enum(['edit', 'create', 'delete', 'move', 'exec']),
  /** Workspace-relative path; for a command its working directory. */
  path: z.string(),
  /** New path of a move. */
  to: z.string().nullable(),
  added: z.int(),
  removed: z.int(),
  /** For commands: the exact line, and what runs it. */
  command: z.string().nullable(),
  runtime: z.string().nullable(),
  /** Why there is no diff: `binary`, `huge`, `generated`; null when there is one. */
  summary: z.enum(['binary', 'huge', 'generated']).nullable(),
  /** First lines of the change, for the unfolded card. */
  diff: z.string(),
  /** The file changed meanwhile: accepting would be refused (UI-24). */
  conflict: z.boolean(),
  /** Pattern that "always allow" would write as a rule; null when there is none. */
  allowPattern: z.string().nullable(),
  /** A decision is on its way. */
  deciding: z.boolean(),
  /** The loop decides itself (yolo, no review): no buttons are drawn. */
  automatic: z.boolean(),
  /** Who decided, null while it waits. */
  by: z.string().nullable(),
  /** The accepted change can be undone (ENG-67). */
  revertable: z.boolean(),
  reverted: z.boolean(),
});
export type ProposalView = z.infer<typeof proposalViewSchema>;

/** One log row as the chat draws it: what a line needs, never whole contents. */
export const rowViewSchema = z.object({
  id,
  loopId: id,
  turnId: id,
  /** Log coordinate `<loop>/<turn>/<sequence>`. */
  coordinate: z.string(),
  at: z.number(),
  kind: z.enum(['prompt', 'message', 'op', 'proposal', 'error', 'context']),
  op: z.string(),
  /** Of a SEND: its disposition; null elsewhere. */
  signal: z.int().nullable(),
  origin: z.enum(WRITERS),
  /** The cause of a narrated row. */
  source: z.string().nullable(),
  status: z.int(),
  state: z.enum(ROW_STATES),
  outcome: z.string().nullable(),
  /** The address as a person reads it: `src/auth.ts`, `known:///plan.md`. */
  target: z.string(),
  /** An address that `openTarget` understands; null when nothing can be opened. */
  link: z.string().nullable(),
  /** 1-based first and last line. */
  lines: z.tuple([z.int(), z.int()]).nullable(),
  /** `7 matches`, `+3 −1`, `exit 0`. */
  summary: z.string(),
  /** Prompts, messages, plans and errors whole; of other bodies the beginning. */
  text: z.string(),
  /** More than `text` can be asked for with `row/body`. */
  more: z.boolean(),
  mimetype: z.string().nullable(),
  durationMs: z.number().nullable(),
  /** The row owns a live stream (UI-11). */
  live: z.boolean(),
  proposal: proposalViewSchema.nullable(),
  chips: z.array(z.string()),
});
export type RowView = z.infer<typeof rowViewSchema>;

/** One loop: its footer, or what it is doing. */
export const loopViewSchema = z.object({
  id,
  status: z.int(),
  turns: z.int(),
  tokens: z.int(),
  costPico: z.number().nullable(),
  reason: z.string().nullable(),
  durationMs: z.number().nullable(),
  lastTurnId: z.int().nullable(),
});
export type LoopView = z.infer<typeof loopViewSchema>;
