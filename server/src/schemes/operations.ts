/** Operations: every op over every scheme, behind one door (part 3). */
import type { Statement } from '@plurnk/plurnk-grammar';
import type { Matching } from '../content/contract.ts';
import type { Executor, Streams } from '../executors/contract.ts';
import type { SessionId, Store } from '../store/contract.ts';
import type { Workspace } from '../workspace/contract.ts';
import { addressOf, rowTarget } from './address.ts';
import type { OpContext, Operations, OpOutcome, RunControl } from './contract.ts';
import type { HttpSchemeDeps } from './http-scheme.ts';
import type { OpServices } from './ops/op.ts';
import { OPERATIONS } from './ops/ops.ts';
import { refusalOf } from './refusal.ts';
import { Registry } from './registry.ts';
import { revertChange } from './revert.ts';
import type { Scheme } from './scheme.ts';
import { bundledSchemes } from './schemes.ts';
import { UnseenWrites } from './unseen-writes.ts';

export interface OperationsDeps {
  readonly store: Store;
  readonly workspace: Workspace;
  readonly streams: Streams;
  readonly matching: Matching;
  /** The engine; read when it is needed, so that it may be made later. */
  readonly runs: () => RunControl;
  readonly executors: readonly Executor[];
  readonly tokens: (text: string) => number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Home folder with the person's own skills. */
  readonly home?: string;
  /** Untrusted workspaces add nothing (RL-17). */
  readonly trusted?: (sessionId: SessionId) => boolean;
  /** Why a session may not use a runtime (403), null when it may. */
  readonly runtimeRefusal?: (sessionId: SessionId, runtime: string) => string | null;
  /** Items of one FIND row at most; default 100,000. */
  readonly findLimit?: number;
  /** Documentation pages to leave out (`PLURNK_DOCS_EXCLUDE`). */
  readonly docsExclude?: () => readonly string[];
  /** Schemes from outside, read anew each time (RES-70). */
  readonly plugins?: () => readonly Scheme[];
  /** Limits of fetching, and whether a session may reach private addresses; by default it may not. */
  readonly web?: NonNullable<HttpSchemeDeps['web']>;
}

function run(statement: Statement, context: OpContext, services: OpServices): Promise<OpOutcome> {
  switch (statement.op) {
    case 'PLAN':
      return OPERATIONS.PLAN(statement, context, services);
    case 'FIND':
      return OPERATIONS.FIND(statement, context, services);
    case 'READ':
      return OPERATIONS.READ(statement, context, services);
    case 'EDIT':
      return OPERATIONS.EDIT(statement, context, services);
    case 'COPY':
      return OPERATIONS.COPY(statement, context, services);
    case 'MOVE':
      return OPERATIONS.MOVE(statement, context, services);
    case 'OPEN':
      return OPERATIONS.OPEN(statement, context, services);
    case 'FOLD':
      return OPERATIONS.FOLD(statement, context, services);
    case 'EXEC':
      return OPERATIONS.EXEC(statement, context, services);
    case 'KILL':
      return OPERATIONS.KILL(statement, context, services);
    case 'SEND':
      return OPERATIONS.SEND(statement, context, services);
  }
}

export function createOperations(deps: OperationsDeps): Operations {
  const unseen = new UnseenWrites(deps.store);
  const registry = new Registry(bundledSchemes(deps, unseen), deps.plugins);
  const services: OpServices = {
    registry,
    store: deps.store,
    workspace: deps.workspace,
    unseen,
    streams: deps.streams,
    matching: deps.matching,
    get runs() {
      return deps.runs();
    },
    executors: deps.executors,
    tokens: deps.tokens,
    now: deps.now,
    findLimit: deps.findLimit ?? 100_000,
    runtimeRefusal: deps.runtimeRefusal ?? (() => null),
  };
  return {
    execute: (statement, context) => run(statement, context, services),
    rowTarget(statement, context) {
      if (statement.op === 'EXEC') {
        const { loopSeq, turnSeq, sequence } = context.at;
        return rowTarget({ scheme: statement.signal ?? 'sh', pathname: `/${loopSeq}/${turnSeq}/${sequence}` });
      }
      if (statement.target === null) return null;
      const address = addressOf(statement.target);
      if (address === null) return rowTarget({ scheme: null, pathname: statement.target.raw });
      const scheme = registry.find(address.scheme);
      return scheme?.target(address, context) ?? rowTarget({ scheme: address.scheme, pathname: address.path });
    },
    refusal: (statement, context) => refusalOf(statement, context, registry, deps.executors),
    revert: row => revertChange(row, deps),
    get schemes() {
      const runtimes = new Set(deps.executors.map(executor => executor.runtime));
      return registry.all.map(scheme => scheme.info).filter(info => !runtimes.has(info.name));
    },
    runtimes: () => deps.streams.runtimes(),
  };
}
