/** What the engine offers to the RPC layer, and what it needs from outside. */

import type { Statement } from '@plurnk/plurnk-grammar';
import type { Provider } from '@plurnk/plurnk-providers';
import type { Decision, JsonObject, LoopFlags, PlurnkNotifications, Policy, RunOrigin } from '@plurnk/protocol';
import type { Streams } from '../executors/contract.ts';
import type { DocumentDeps } from '../packet/documents.ts';
import type { PacketTransform } from '../packet/section.ts';
import type { Operations, RunControl } from '../schemes/contract.ts';
import type {
  LogEntryId,
  LogRow,
  LoopId,
  RunId,
  RunRow,
  SessionId,
  SessionRow,
  Store,
  TurnId,
} from '../store/contract.ts';
import type { Workspace } from '../workspace/contract.ts';
import type { Checked, Decided, MergeOutcome, Review } from './proposal-review.ts';

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

/** Operator settings of the engine; the names in brackets are those of part 5. Sessions may tighten some. */
export interface EngineSettings {
  /** −1: no ceiling (`PLURNK_MAX_TURNS`). */
  readonly maxTurns: number;
  /** `PLURNK_MAX_COMMANDS` */
  readonly maxCommands: number;
  /** `PLURNK_MAX_STRIKES` */
  readonly maxStrikes: number;
  /** `PLURNK_MIN_CYCLES` */
  readonly minCycles: number;
  /** `PLURNK_MAX_CYCLE_PERIOD` */
  readonly maxCyclePeriod: number;
  /** Milliseconds of work, parked time not counted (`PLURNK_LOOP_TIMEOUT`). */
  readonly loopTimeoutMs: number;
  /** Milliseconds; applies while no client can review (`PLURNK_PROPOSAL_TIMEOUT_MS`). */
  readonly proposalTimeoutMs: number;
  /** ≤ 1 a fraction of the window, > 1 tokens; null none (`PLURNK_BUDGET_CEILING`). */
  readonly budgetCeiling: number | null;
  /** Upper bound of the window in tokens; null none. */
  readonly contextSize: number | null;
  /** Tokens kept for the answer where the provider has no opinion. */
  readonly outputReserve: number;
  /** Tokens kept free because counting is not exact. */
  readonly safetyMargin: number;
  /** −1 all, 0 off, N the first N (`PLURNK_FILES_ITEMS`). */
  readonly filesItems: number;
  /** Characters (`PLURNK_PROMPT_PREVIEW_CHARS`). */
  readonly promptPreviewChars: number;
  /** −1 off (`PLURNK_SESSION_RUNS_MAX_ACTIVE`). */
  readonly maxActiveRuns: number;
  /** How long a turn waits for streams that the previous turn started (`PLURNK_EXEC_WAIT_MS`). */
  readonly execWaitMs: number;
  /** What a packet plugin may take (`PLURNK_PLUGIN_TIMEOUT`). Milliseconds. */
  readonly pluginTimeoutMs: number;
  /** Operator documents for every run (`PLURNK_MD_<ALIAS>`). */
  readonly mdDocs: readonly { readonly alias: string; readonly content: string }[];
  /** The operator's auto-approval rules; they hold in every session beside its own (ENG-66). */
  readonly policies: readonly Policy[];
}

export const DEFAULT_ENGINE_SETTINGS: EngineSettings = {
  maxTurns: -1,
  maxCommands: 99,
  maxStrikes: 3,
  minCycles: 3,
  maxCyclePeriod: 4,
  loopTimeoutMs: 86_400_000,
  proposalTimeoutMs: 300_000,
  budgetCeiling: null,
  contextSize: null,
  outputReserve: 4096,
  safetyMargin: 256,
  filesItems: 100,
  promptPreviewChars: 8000,
  maxActiveRuns: 8,
  execWaitMs: 0,
  pluginTimeoutMs: 5000,
  mdDocs: [],
  policies: [],
};

/** Everything the engine needs from outside. */
export interface EngineDeps {
  readonly store: Store;
  /** Operations need to control runs, and runs need operations: the engine hands over its half. */
  readonly operations: (control: RunControl) => Operations;
  readonly streams: Streams;
  readonly workspace: Workspace;
  readonly providers: ProviderSource;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Read at the start of every loop and turn, so that changed settings count at once. */
  readonly settings: () => EngineSettings;
  readonly documents: DocumentDeps;
  /** A client that can review proposals is attached to the session (ENG-63). */
  readonly reviewer: (sessionId: SessionId) => boolean;
  /** GBNF of a turn for providers that obey one. */
  readonly grammar?: string;
  readonly transforms?: () => readonly PacketTransform[];
  /** Attribution tags of the active plugins (RES-72). */
  readonly attributions?: () => readonly string[];
  /** Keys of the configured models: they are taken out of what a model says and of every row (UI-3). */
  readonly secrets?: () => readonly string[];
  /** Told of what must not happen: a bug, with where. */
  readonly onDefect?: (error: unknown, where: string) => void;
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
  | {
      readonly action: 'injected_next_turn';
      readonly loopId: LoopId;
      readonly modelRunId: RunId;
      readonly turnSeq: number;
    }
  | { readonly action: 'resumed_parked_loop'; readonly loopId: LoopId; readonly modelRunId: RunId }
  | { readonly action: 'no_model'; readonly status: 501; readonly error: string };

/** One notification of part 5, scoped to a session (RPC-5). The RPC layer delivers it after `store.durable()`. */
export type EngineEvent = {
  [Name in keyof PlurnkNotifications]: {
    readonly name: Name;
    readonly sessionId: SessionId;
    readonly payload: PlurnkNotifications[Name];
  };
}[keyof PlurnkNotifications];

export interface Engine {
  createSession(request: { name: string | null; projectRoot: string | null; settings: JsonObject }): SessionRow;
  /** The caller's run of origin `client`; reused by name (ENG-4). */
  clientRun(sessionId: SessionId, name: string | null): RunRow;
  conversationRun(sessionId: SessionId): RunRow | null;
  startLoop(request: LoopRequest): Promise<LoopStarted>;
  inject(
    sessionId: SessionId,
    runId: RunId | null,
    prompt: string,
    options: { maxTurns?: number; flags?: Partial<LoopFlags> },
  ): Promise<LoopStarted>;
  /** null: unknown or already settled (ENG-61). */
  resolve(logEntryId: LogEntryId, decision: Decision, review: Review): Promise<Decided | null>;
  /** Whether a waiting proposal's target moved on, or may not be written; null: it does not wait (UI-24). */
  check(logEntryId: LogEntryId): Promise<Checked | null>;
  /** Puts a waiting proposal on what its file holds now; `mine`: what the person made of the proposed text (UI-24). */
  merge(logEntryId: LogEntryId, mine: string | null): Promise<MergeOutcome | null>;
  /** What the person made of the last merge, with both sides where nothing was decided; null: there was none. */
  mergeResult(logEntryId: LogEntryId, result: string): MergeOutcome | null;
  cancel(runId: RunId, reason: string): Promise<boolean>;
  fork(runId: RunId, options: { name: string | null; untilTurn: TurnId | null }): RunRow;
  /** `by`: who undoes it, for the ledger. */
  revert(logEntryId: LogEntryId, by?: string): Promise<{ status: number; message?: string }>;
  /**
   * One op of a client: one turn in the client loop of `runId`, answered when settled. `signal`: the request was given
   * up; a proposal that waits is cancelled (499), and nothing starts any more.
   */
  dispatch(sessionId: SessionId, runId: RunId, statement: Statement, signal: AbortSignal): Promise<readonly LogRow[]>;
  /** A READ that leaves no trace (`op.look`). */
  look(
    sessionId: SessionId,
    runId: RunId,
    statement: Statement,
    signal: AbortSignal,
  ): Promise<{ status: number; rx: string | null; mimetypeRx: string | null }>;
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
