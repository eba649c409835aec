/** What the engine offers to the RPC layer, and what it needs from outside. */
import type { PlurnkNotifications, Decision, JsonObject, LoopFlags, RunOrigin } from '@plurnk/protocol';
import type { Provider } from '@plurnk/plurnk-providers';
import type { Statement } from '@plurnk/plurnk-grammar';
import type { LogEntryId, LogRow, LoopId, RunId, RunRow, SessionId, SessionRow, TurnId } from '../store/contract.ts';

/** Where a model comes from; the RPC layer knows aliases, the engine only asks. */
export interface ProviderSource {
  /** null: no model configured; throws for an unknown alias (a sentence that lists the known ones). */
  get(alias: string | null): Promise<Provider | null>;
}

export interface Clock {
  now(): number;
  /** Monotonic milliseconds for durations. */
  elapsed(): number;
  setTimeout(work: () => void, ms: number): { cancel(): void };
}

export interface LoopRequest {
  readonly sessionId: SessionId;
  /** The model run to use; null = the session's conversation run, made when absent. */
  readonly runId: RunId | null;
  readonly prompt: string;
  readonly maxTurns?: number;
  readonly alias?: string | null;
  readonly flags?: Partial<LoopFlags>;
  readonly openPaths?: readonly string[];
}

export type LoopStarted =
  | { readonly action: 'enqueued_new_loop'; readonly loopId: LoopId; readonly modelRunId: RunId }
  | { readonly action: 'injected_next_turn'; readonly loopId: LoopId; readonly modelRunId: RunId; readonly turnSeq: number }
  | { readonly action: 'resumed_parked_loop'; readonly loopId: LoopId; readonly modelRunId: RunId }
  | { readonly action: 'no_model'; readonly status: 501; readonly error: string };

/** One notification of part 5, scoped to a session (RPC-5). The RPC layer delivers it after `store.durable()`. */
export type EngineEvent = {
  [Name in keyof PlurnkNotifications]: { readonly name: Name; readonly sessionId: SessionId; readonly payload: PlurnkNotifications[Name] };
}[keyof PlurnkNotifications];

export interface Engine {
  createSession(request: { name: string | null; projectRoot: string | null; settings: JsonObject }): SessionRow;
  /** The caller's run of origin `client`; reused by name (ENG-4). */
  clientRun(sessionId: SessionId, name: string | null): RunRow;
  conversationRun(sessionId: SessionId): RunRow | null;
  startLoop(request: LoopRequest): Promise<LoopStarted>;
  inject(sessionId: SessionId, runId: RunId | null, prompt: string, options: { maxTurns?: number; flags?: Partial<LoopFlags> }): Promise<LoopStarted>;
  /** null: unknown or already settled (ENG-61). */
  resolve(logEntryId: LogEntryId, decision: Decision, options: { body?: string; outcome?: string; by: string }): Promise<{ status: number } | null>;
  cancel(runId: RunId, reason: string): Promise<boolean>;
  fork(runId: RunId, options: { name: string | null; untilTurn: TurnId | null }): RunRow;
  revert(logEntryId: LogEntryId): Promise<{ status: number; message?: string }>;
  /** One op of a client: one turn in the client loop of `runId`, answered when settled. */
  dispatch(sessionId: SessionId, runId: RunId, statement: Statement): Promise<readonly LogRow[]>;
  /** A READ that leaves no trace (`op.look`). */
  look(sessionId: SessionId, runId: RunId, statement: Statement): Promise<{ status: number; rx: string | null; mimetypeRx: string | null }>;
  /** The peer left: its client loop closes with 200. */
  closeClientLoop(runId: RunId): void;
  /** Status a run shows: of its active, parked or last loop. */
  runStatus(runId: RunId): number;
  runOrigin(runId: RunId): RunOrigin;
  onEvent(listener: (event: EngineEvent) => void): { dispose(): void };
  /** ENG-18; before the first request. */
  recover(): void;
  /** Cancels nothing that is parked; ends drains, reaps streams, flushes. */
  shutdown(): Promise<void>;
}
