import { z } from 'zod';

/**
 * One auto-approval rule (ENG-66). Deny always wins; nothing outside the workspace is ever approved.
 * `pattern`: for `edit` a glob over workspace-relative paths, for `exec` a glob over the whole command line
 * (`npm test`, `npm run *`). A decision made by a rule is recorded as `policy:<name>`.
 */
export const policySchema = z.object({
  name: z.string().min(1),
  kind: z.enum(['edit', 'exec']),
  effect: z.enum(['allow', 'deny']),
  pattern: z.string().min(1),
});
export type Policy = z.infer<typeof policySchema>;

/** Settings of a session. Wrong type → −32602 naming the field; unknown keys are ignored. */
export const sessionSettingsSchema = z.object({
  /** Files listed in the first packet: −1 all, 0 none, N the first N. */
  filesItems: z.int().min(-1).optional(),
  /** May only tighten the operator's limit. */
  maxCommands: z.int().min(0).optional(),
  /** May only deny. */
  git: z.boolean().optional(),
  /** Operator documents, foisted as READ rows on the run's first turn. */
  mdDocs: z.array(z.object({ alias: z.string().min(1), content: z.string() })).optional(),
  /** Which client the person uses. */
  client: z.string().min(1).optional(),
  policies: z.array(policySchema).optional(),
  /** Retention never removes this session. */
  keep: z.boolean().optional(),
});
export type SessionSettingsInput = z.infer<typeof sessionSettingsSchema>;

export const loopFlagsSchema = z.object({
  yolo: z.boolean().optional(),
  noProposals: z.boolean().optional(),
  noWeb: z.boolean().optional(),
  noInteraction: z.boolean().optional(),
  mode: z.enum(['ask', 'act']).optional(),
});
