/** Words of the domain that server, client and webview share (spec part 2.1). */

export const OPS = ['PLAN', 'FIND', 'READ', 'EDIT', 'COPY', 'MOVE', 'OPEN', 'FOLD', 'EXEC', 'KILL', 'SEND'] as const;
export type Op = (typeof OPS)[number];

/** A row records an executed op, a failure, or the model's own emission mirrored back. */
export type RowOp = Op | 'error' | 'model';

/** Who caused a row or a write. */
export const WRITERS = ['model', 'client', 'plurnk', 'plugin'] as const;
export type Writer = (typeof WRITERS)[number];

export type RunOrigin = 'model' | 'client' | 'plurnk';

export type EntryScope = 'session' | 'run';

export const CHANNEL_STATES = ['static', 'active', 'closed', 'errored'] as const;
export type ChannelState = (typeof CHANNEL_STATES)[number];

/** `proposed` waits for a decision; `resolved` is every row that simply happened or was accepted (ENG-60, ENG-61). */
export const ROW_STATES = ['proposed', 'resolved', 'failed', 'cancelled'] as const;
export type RowState = (typeof ROW_STATES)[number];

export const DECISIONS = ['accept', 'reject', 'cancel'] as const;
export type Decision = (typeof DECISIONS)[number];

/** Per-loop flags (ENG-36, ENG-64, ENG-65). */
export interface LoopFlags {
  readonly yolo: boolean;
  readonly noProposals: boolean;
  readonly noWeb: boolean;
  readonly noInteraction: boolean;
  readonly mode: 'ask' | 'act';
}

export const DEFAULT_FLAGS: LoopFlags = {
  yolo: false,
  noProposals: false,
  noWeb: false,
  noInteraction: false,
  mode: 'act',
};

export const CONSTRAINT_EFFECTS = ['pick', 'hide', 'view', 'repo'] as const;
export type ConstraintEffect = (typeof CONSTRAINT_EFFECTS)[number];

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = { [key: string]: JsonValue };
