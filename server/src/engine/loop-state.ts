import type { JsonObject } from '@plurnk/protocol';
import { assertTransition, TransitionError, type Transitions } from '../platform/transitions.ts';
import type { LoopId, LoopRow, Store } from '../store/contract.ts';
import type { Clock } from './contract.ts';

/** 2.2: queued, running, done, parked, and the ways to end badly. */
export const LOOP_STATUSES = [100, 102, 200, 202, 413, 429, 499, 500, 504, 508] as const;
export type LoopStatus = (typeof LOOP_STATUSES)[number];
export type EndStatus = Exclude<LoopStatus, 100 | 102 | 202>;

const ENDS = [200, 413, 429, 499, 500, 504, 508] as const satisfies readonly EndStatus[];

/** Every move a loop can make. Claiming (100→102) is done by the store, atomically. */
const LOOP_TRANSITIONS: Transitions<LoopStatus> = {
  100: [102, 499],
  102: [202, ...ENDS],
  202: [100, 499],
  200: [],
  413: [],
  429: [],
  499: [],
  500: [],
  504: [],
  508: [],
};

export function isEnded(status: number): boolean {
  return (ENDS as readonly number[]).includes(status);
}

/** Queued or running: work that will go on by itself. */
export function isLive(status: number): boolean {
  return status === 100 || status === 102;
}

/** The one place where a loop changes its status. */
export function moveLoop(
  services: { readonly store: Store; readonly clock: Clock },
  id: LoopId,
  to: LoopStatus,
  patch: { readonly reason?: string | null; readonly attrs?: JsonObject } = {},
): LoopRow {
  const loop = services.store.loops.get(id);
  if (loop === null) throw new TransitionError(`loop ${id} does not exist`);
  assertTransition('loop', LOOP_TRANSITIONS, loop.status as LoopStatus, to);
  return services.store.loops.setStatus(id, to, { ...patch, at: services.clock.now() });
}

/** What a loop keeps beside its columns. */
export interface LoopAttrs {
  /** Prompts that came after the first, in order of arrival (ENG-11). */
  readonly injected: readonly InjectedPrompt[];
  /** How many prompts (the first included) are written as entries. */
  readonly delivered: number;
  /** Run that delegated this loop (spawn, fork): its flags were inherited and its wait is ours (ENG-15, ENG-65). */
  readonly delegatedBy: number | null;
  /** Who sent the first prompt, `run://<name>`; null for a person. */
  readonly from: string | null;
  readonly openPaths: readonly string[];
  /** Raised by an injection that carried its own. */
  readonly maxTurns: number | null;
  /** Milliseconds worked in earlier stretches (ENG-35). */
  readonly workedMs: number;
}

export interface InjectedPrompt {
  readonly text: string;
  readonly from: string | null;
}

const EMPTY: LoopAttrs = {
  injected: [],
  delivered: 0,
  delegatedBy: null,
  from: null,
  openPaths: [],
  maxTurns: null,
  workedMs: 0,
};

export function loopAttrs(loop: Pick<LoopRow, 'attrs'>): LoopAttrs {
  return { ...EMPTY, ...(loop.attrs as Partial<LoopAttrs>) };
}

export function toAttrs(attrs: Partial<LoopAttrs>): JsonObject {
  return { ...EMPTY, ...attrs } as unknown as JsonObject;
}

/** Changes what the loop keeps, not its status. */
export function updateAttrs(
  services: { readonly store: Store; readonly clock: Clock },
  id: LoopId,
  patch: Partial<LoopAttrs>,
): LoopRow {
  const loop = services.store.loops.get(id);
  if (loop === null) throw new TransitionError(`loop ${id} does not exist`);
  const attrs = toAttrs({ ...loopAttrs(loop), ...patch });
  return services.store.loops.setStatus(id, loop.status, { at: services.clock.now(), attrs });
}
