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
    description: 'Decides a proposal. `body` replaces the proposed text or command. Unknown or settled → error.',
    params: z.object({
      logEntryId: id,
      decision: z.enum(DECISIONS),
      body: z.string().optional(),
      outcome: z.string().min(1).optional(),
    }),
    result: z.object({ status: z.int(), logEntryId: id }),
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
  'proposal.revert': defineMethod({
    description: 'Undoes an accepted file change if the file still holds what was written (409 otherwise).',
    params: z.object({ logEntryId: id }),
    result: z.object({ status: z.int(), message: z.string().optional() }),
    requiresInit: true,
  }),
} as const;
