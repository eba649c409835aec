import type { JsonObject, JsonValue } from '@plurnk/protocol';
import type { Streams } from '../executors/contract.ts';
import type { LogViews } from '../packet/log-views.ts';
import type { Operations } from '../schemes/contract.ts';
import type { RunId, RunRow, SessionId, SessionRow, Store } from '../store/contract.ts';
import type { Workspace } from '../workspace/contract.ts';
import type { Clock, EngineDeps, EngineSettings } from './contract.ts';
import type { Drains } from './drains.ts';
import type { EventHub } from './events.ts';
import type { Journal } from './journal.ts';
import type { LateChanges } from './late-changes.ts';
import type { Proposals } from './proposals.ts';
import type { RunScopes } from './run-scopes.ts';
import type { SecretMask } from './secret-mask.ts';
import type { Wakes } from './wakes.ts';

/** The engine's parts, as each of them sees the others. Made once by `createEngine`. */
export interface Core {
  readonly deps: EngineDeps;
  readonly store: Store;
  readonly clock: Clock;
  readonly streams: Streams;
  readonly workspace: Workspace;
  readonly settings: () => EngineSettings;
  readonly defect: (error: unknown, where: string) => void;
  readonly operations: Operations;
  readonly events: EventHub;
  readonly scopes: RunScopes;
  readonly drains: Drains;
  readonly wakes: Wakes;
  readonly proposals: Proposals;
  readonly journal: Journal;
  readonly late: LateChanges;
  readonly views: LogViews;
  readonly secrets: SecretMask;
}

export function sessionOf(core: Pick<Core, 'store'>, id: SessionId): SessionRow {
  const session = core.store.sessions.get(id);
  if (session === null) throw new Error(`session ${id} does not exist`);
  return session;
}

export function runOf(core: Pick<Core, 'store'>, id: RunId): RunRow {
  const run = core.store.runs.get(id);
  if (run === null) throw new Error(`run ${id} does not exist`);
  return run;
}

/** A setting of the session when it has the right type. */
export function sessionSetting<T extends JsonValue>(
  session: SessionRow,
  key: string,
  is: (value: JsonValue) => value is T,
): T | null {
  const value = (session.settings as JsonObject)[key];
  return value !== undefined && is(value) ? value : null;
}

export const isNumber = (value: JsonValue): value is number => typeof value === 'number';
export const isText = (value: JsonValue): value is string => typeof value === 'string';
export const isList = (value: JsonValue): value is JsonValue[] => Array.isArray(value);
