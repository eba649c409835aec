import { z } from 'zod';
import { DECISIONS } from '../domain.ts';
import { id } from '../json-schema.ts';
import { defineMethod } from '../method.ts';
import { proposalSchema } from '../proposal.ts';
import { loopFlagsSchema } from '../session-settings.ts';

const prompt = z.string().refine(text => text.trim().length > 0, { message: 'must not be empty' });
const maxTurns = z
  .int()
  .min(-1)
  .refine(n => n !== 0, { message: 'must be −1 (no limit) or at least 1' });

const started = z.object({
  loopId: id,
  modelRunId: id,
  action: z.enum(['enqueued_new_loop', 'injected_next_turn', 'resumed_parked_loop']),
  finalStatus: z.int().optional(),
  turnIds: z.array(id).optional(),
  turnSeq: z.int().optional(),
  hitMaxTurns: z.boolean().optional(),
});
const noModel = z.object({ status: z.literal(501), error: z.string() });

export const loopMethods = {
  'loop.run': defineMethod({
    description:
      'Works on a prompt: starts a loop, or injects into the one that runs. Answers at once; `loop/terminated` tells the end.',
    params: z.object({
      prompt,
      maxTurns: maxTurns.optional(),
      alias: z.string().min(1).optional(),
      flags: loopFlagsSchema.optional(),
      openPaths: z.array(z.string().min(1)).optional(),
      runId: id.optional(),
    }),
    result: z.union([started, noModel]),
    requiresInit: true,
  }),
  'loop.inject': defineMethod({
    description:
      'Adds a prompt to the model run: to its active loop, its parked loop, or as a new loop. Error without a model run.',
    params: z.object({
      prompt,
      maxTurns: maxTurns.optional(),
      flags: loopFlagsSchema.optional(),
      runId: id.optional(),
    }),
    result: z.union([started, noModel]),
    requiresInit: true,
  }),
  'loop.resolve': defineMethod({
    description:
      'Decides a proposal. `body` replaces the proposed text or command; `hunks` accepts only those of `attrs.hunks` at these places (none: a rejection). 409: the text still holds a conflict of a merge, and the proposal waits. Unknown or settled → error.',
    params: z.object({
      logEntryId: id,
      decision: z.enum(DECISIONS),
      body: z.string().optional(),
      hunks: z.array(z.int().nonnegative()).optional(),
      outcome: z.string().min(1).optional(),
    }),
    result: z.object({
      status: z.int(),
      logEntryId: id,
      /** Why an acceptance wrote nothing. */
      outcome: z.string().optional(),
      message: z.string().optional(),
    }),
    requiresInit: true,
    longRunning: true,
  }),
  'loop.cancel': defineMethod({
    description: 'Cancels what a run is doing (the conversation run by default) and ends its streams.',
    params: z.object({ reason: z.string().min(1).default('user_cancelled'), runId: id.optional() }),
    result: z.object({ cancelled: z.boolean(), runId: id.nullable(), reason: z.string() }),
    requiresInit: true,
  }),
  'stream.kill': defineMethod({
    description:
      'Ends a process of a run: SIGHUP, then harder. 200 killed, 410 killed already, 304 had ended, 404 unknown.',
    params: z.object({ target: z.string().min(1), runId: id }),
    result: z.object({ status: z.int(), message: z.string().optional() }),
    requiresInit: true,
  }),
  'run.fork': defineMethod({
    description: 'A new run with a copy of the history of another, up to a turn.',
    params: z.object({
      runId: id.optional(),
      name: z.string().trim().min(1).max(200).optional(),
      atTurn: id.optional(),
    }),
    result: z.object({ runId: id, runName: z.string(), parentRunId: id }),
    requiresInit: true,
  }),
  'proposal.list': defineMethod({
    description: 'Proposals of the session that wait for a decision, oldest first.',
    params: z.object({}),
    result: z.object({ proposals: z.array(proposalSchema) }),
    requiresInit: true,
  }),
  'proposal.text': defineMethod({
    description:
      'A text of a file proposal, waiting or settled: what the model read, what it proposes (after a merge: the merged text), or what was written. Null: there is none.',
    params: z.object({ logEntryId: id, side: z.enum(['baseline', 'proposed', 'written']) }),
    result: z.object({ text: z.string().nullable() }),
    requiresInit: true,
  }),
  'proposal.check': defineMethod({
    description:
      'Whether the file of a waiting proposal moved on, so that accepting it would be refused; `message`: why nothing may be written there at all.',
    params: z.object({ logEntryId: id }),
    result: z.object({ conflict: z.boolean(), message: z.string().optional() }),
    requiresInit: true,
  }),
  'proposal.merge': defineMethod({
    description:
      'Puts a waiting proposal on what its file holds now (three-way). `loop/proposal` tells it again: the new baseline, the merged text, `attrs.conflicts`. `body`: what the person made of the proposed text. Answers with the texts that were merged. `result` instead: what a merge editor made of the last merge; nothing changes, `text` has both sides again where a conflict was left as it was.',
    params: z.object({ logEntryId: id, body: z.string().optional(), result: z.string().optional() }),
    result: z.union([
      z.object({
        status: z.literal(200),
        base: z.string(),
        now: z.string(),
        mine: z.string(),
        text: z.string(),
        conflicts: z.int(),
      }),
      z.object({ status: z.int(), message: z.string() }),
    ]),
    requiresInit: true,
  }),
  'proposal.changes': defineMethod({
    description: 'Accepted file changes of the session, newest first; of one file with `path`.',
    params: z.object({ path: z.string().min(1).optional() }),
    result: z.object({
      changes: z.array(
        z.object({
          logEntryId: id,
          kind: z.enum(['edit', 'create', 'delete', 'move']),
          path: z.string(),
          to: z.string().nullable(),
          added: z.int(),
          removed: z.int(),
          /** Milliseconds since the epoch. */
          decidedAt: z.number(),
          by: z.string().nullable(),
          reverted: z.boolean(),
        }),
      ),
    }),
    requiresInit: true,
  }),
  'proposal.revert': defineMethod({
    description: 'Undoes an accepted file change if the file still holds what was written (409 otherwise).',
    params: z.object({ logEntryId: id }),
    result: z.object({ status: z.int(), message: z.string().optional() }),
    requiresInit: true,
  }),
} as const;
