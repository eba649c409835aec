/** An op: what it needs and what it answers. */
import type { Op, Statement } from '@plurnk/plurnk-grammar';
import type { Matching } from '../../content/contract.ts';
import type { Executor, Streams } from '../../executors/contract.ts';
import type { SessionId, Store } from '../../store/contract.ts';
import type { Workspace } from '../../workspace/contract.ts';
import type { OpContext, OpOutcome, RunControl } from '../contract.ts';
import type { Registry } from '../registry.ts';
import type { UnseenWrites } from '../unseen-writes.ts';

export interface OpServices {
  readonly registry: Registry;
  readonly store: Store;
  readonly workspace: Workspace;
  readonly unseen: UnseenWrites;
  readonly streams: Streams;
  readonly matching: Matching;
  readonly runs: RunControl;
  readonly executors: readonly Executor[];
  readonly tokens: (text: string) => number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Items of one FIND row: what matches every line of a workspace must not fill the memory and the database. */
  readonly findLimit: number;
  readonly runtimeRefusal: (sessionId: SessionId, runtime: string) => string | null;
}

export type StatementOf<O extends Op> = Extract<Statement, { op: O }>;

export type OpHandler<O extends Op> = (
  statement: StatementOf<O>,
  context: OpContext,
  services: OpServices,
) => Promise<OpOutcome>;
