import { z } from 'zod';
import { id, jsonObject } from './json-schema.ts';

export const flagsSchema = z.object({
  yolo: z.boolean(),
  noProposals: z.boolean(),
  noWeb: z.boolean(),
  noInteraction: z.boolean(),
  mode: z.enum(['ask', 'act']),
});

/** Payload of `loop/proposal`: a row that waits for a decision (ENG-60). */
export const proposalSchema = z.object({
  logEntryId: id,
  sessionId: id,
  runId: id,
  loopId: id,
  turnId: id,
  /** EDIT, COPY, MOVE, KILL, EXEC. */
  op: z.string(),
  target: z.object({ scheme: z.string().nullable(), pathname: z.string().nullable() }),
  /** For files a unified diff, for EXEC the command. */
  body: z.string(),
  /**
   * For files: `kind` (edit, create, delete, move), `baseline` (text or null), `proposed` (text or null), `signature`,
   * `mimetype`, `added`, `removed`, for moves `to`. A text of more than 1 MiB is not in it (`baselineHash`,
   * `proposedHash` instead): `proposal.text` gives it. `hunks`: the changes one by one, as `[baseStart, baseEnd, start,
   * end]` in lines from 0, ends exclusive. `summary`: why a diff would not help (`binary`, `huge`, `generated`), or null.
   * After `proposal.merge`: `revision` and `conflicts`. For EXEC: `kind: "exec"`, `command`, `runtime`, `cwd`.
   */
  attrs: jsonObject,
  flags: flagsSchema,
});
export type Proposal = z.infer<typeof proposalSchema>;
