/**
 * What the store offers to the rest of the server. Everything here is synchronous in memory; `Database.durable()`
 * says when it is on disk, and nothing leaves the server before that (RL-1). Times are milliseconds since the epoch
 * and always come in from the injected clock; ids are positive integers in the order of creation.
 */
import type {
  ChannelState,
  ConstraintEffect,
  Decision,
  EntryScope,
  JsonObject,
  JsonValue,
  LoopFlags,
  RowOp,
  RowState,
  RunOrigin,
  Writer,
} from '@plurnk/protocol';

type Branded<Name extends string> = number & { readonly __brand: Name };
export type SessionId = Branded<'session'>;
export type RunId = Branded<'run'>;
export type LoopId = Branded<'loop'>;
export type TurnId = Branded<'turn'>;
export type LogEntryId = Branded<'log'>;
export type EntryId = Branded<'entry'>;
export type SubscriptionId = Branded<'subscription'>;

/** Session settings of part 5 (`filesItems`, `maxCommands`, `git`, `mdDocs`, `client`, `policies`). */
export type SessionSettings = JsonObject;

export interface SessionRow {
  readonly id: SessionId;
  readonly name: string;
  /** Absolute path, or null when headless. */
  readonly projectRoot: string | null;
  readonly settings: SessionSettings;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface RunRow {
  readonly id: RunId;
  readonly sessionId: SessionId;
  readonly name: string;
  readonly origin: RunOrigin;
  readonly parentRunId: RunId | null;
  /** Set for forks: the run and turn whose history was copied (ENG-5). */
  readonly forkedFromTurnId: TurnId | null;
  /** A wake that arrived before the park committed (ENG-15). */
  readonly pendingWake: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface LoopRow {
  readonly id: LoopId;
  readonly runId: RunId;
  /** 1-based within the run. */
  readonly seq: number;
  /** 100, 102, 200, 202, 413, 429, 499, 500, 504, 508. */
  readonly status: number;
  readonly prompt: string;
  readonly flags: LoopFlags;
  /** Model alias the loop was asked to use, null for the default. */
  readonly alias: string | null;
  readonly maxTurns: number;
  /** `interrupted`, `user_cancelled`, a provider's sentence, … */
  readonly reason: string | null;
  /** Files to foist on the first turn, and the like. */
  readonly attrs: JsonObject;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
}

/** One packet section (part 4). `parts` joined give `content`; the store keeps each part once per content hash. */
export interface StoredSection {
  readonly name: string;
  readonly slot: 'system' | 'user';
  readonly header: string | null;
  readonly content: string;
  readonly parts?: readonly string[];
  readonly tokens: number;
}

export interface TurnRow {
  readonly id: TurnId;
  readonly loopId: LoopId;
  readonly runId: RunId;
  /** 1-based within the loop. */
  readonly seq: number;
  readonly status: number;
  readonly emission: string | null;
  readonly reasoning: string | null;
  readonly finishReason: string | null;
  readonly model: string | null;
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
  readonly cachedTokens: number | null;
  /** Pico-USD as an integer, null when the price is unknown (PKT-21). */
  readonly costPico: number | null;
  readonly priceVersion: string | null;
  /** Raw provider usage, raw response, timings {waitMs (opened until the model was asked), generateMs, executeMs}, tokenizer, ceiling, constrained, … */
  readonly meta: JsonObject;
  readonly createdAt: number;
  readonly endedAt: number | null;
}

/** The address of a row, split as `parsePath` splits it. `scheme` null = project file. */
export interface RowTarget {
  readonly scheme: string | null;
  readonly username: string | null;
  readonly password: string | null;
  readonly hostname: string | null;
  readonly port: number | null;
  readonly pathname: string | null;
  readonly params: JsonObject;
  readonly fragment: string | null;
}

export interface LogRow extends RowTarget {
  readonly id: LogEntryId;
  readonly runId: RunId;
  readonly loopId: LoopId;
  readonly loopSeq: number;
  readonly turnId: TurnId;
  readonly turnSeq: number;
  readonly sequence: number;
  readonly at: number;
  readonly origin: Writer;
  /** The cause of a narrated row: a run's address, `file`, `grammar`, … */
  readonly source: string | null;
  readonly op: RowOp;
  readonly suffix: string;
  readonly signal: JsonValue;
  readonly lineMarker: { readonly marks: readonly number[] } | null;
  /** What was asked: `{body, …}`. */
  readonly tx: JsonValue;
  readonly mimetypeTx: string | null;
  /** What came back (text, or JSON as text). */
  readonly rx: string | null;
  readonly mimetypeRx: string | null;
  readonly statusRx: number;
  readonly tokens: number;
  readonly state: RowState;
  readonly outcome: string | null;
  readonly attrs: JsonObject;
  readonly tags: readonly string[];
  readonly expanded: boolean;
}

export type NewLogRow = Omit<LogRow, 'id'>;
export type LogPatch = Partial<
  Pick<LogRow, 'statusRx' | 'rx' | 'mimetypeRx' | 'tokens' | 'state' | 'outcome' | 'attrs' | 'expanded' | 'tags' | 'tx'>
>;

export interface LogQuery {
  readonly loopId?: LoopId;
  readonly turnId?: TurnId;
  readonly loopSeq?: number;
  readonly turnSeq?: number;
  readonly sequence?: number;
  readonly sinceId?: LogEntryId;
  readonly limit?: number;
}

export interface EntryRow {
  readonly id: EntryId;
  readonly sessionId: SessionId;
  readonly scope: EntryScope;
  /** Owner of scratch; null for session scope. */
  readonly runId: RunId | null;
  readonly scheme: string | null;
  readonly pathname: string;
  readonly tags: readonly string[];
  readonly attrs: JsonObject;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface ChannelRow {
  readonly entryId: EntryId;
  readonly name: string;
  readonly mimetype: string;
  /** Characters. */
  readonly length: number;
  readonly lines: number;
  readonly tokens: number;
  readonly contentHash: string;
  readonly state: ChannelState;
}

export interface EntryKey {
  readonly sessionId: SessionId;
  readonly scope: EntryScope;
  readonly runId: RunId | null;
  readonly scheme: string | null;
  readonly pathname: string;
}

export type ProposalKind = 'edit' | 'create' | 'delete' | 'move' | 'exec';

/** Decision ledger of one proposal (ENG-60 … ENG-68). Texts live in the blob store, here by hash. */
export interface ProposalRow {
  readonly logEntryId: LogEntryId;
  readonly sessionId: SessionId;
  readonly runId: RunId;
  readonly kind: ProposalKind;
  readonly scheme: string | null;
  readonly pathname: string;
  /** What `loop/proposal` shows: a unified diff, or the command. */
  readonly body: string;
  readonly attrs: JsonObject;
  readonly baselineHash: string | null;
  readonly baseSignature: string | null;
  readonly proposedHash: string | null;
  readonly amendedHash: string | null;
  readonly writtenSignature: string | null;
  readonly decision: Decision | null;
  /** A person's client, `policy:<name>`, `yolo`, `timeout`, `crash`, `revert`. */
  readonly by: string | null;
  readonly outcome: string | null;
  readonly createdAt: number;
  readonly decidedAt: number | null;
  readonly revertedAt: number | null;
}

/** A stream owned by a run (ENG-12, ENG-52). */
export interface SubscriptionRow {
  readonly id: SubscriptionId;
  readonly runId: RunId;
  readonly entryId: EntryId;
  readonly scheme: string;
  /** `<loop>/<turn>/<sequence>`: the stream's pathname is `/` + this. */
  readonly coordinate: string;
  readonly state: 'active' | 'closed' | 'errored';
  readonly closeStatus: number | null;
  readonly turnScoped: boolean;
  readonly pollSeconds: number | null;
  readonly attrs: JsonObject;
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** Characters per channel that the owning run has seen as rows (ENG-52). */
  readonly seen: { readonly [channel: string]: number };
  /** The ended state has been narrated to the run. */
  readonly concludedSeen: boolean;
}

export interface SearchHit {
  readonly sessionId: SessionId;
  readonly runId: RunId | null;
  readonly logEntryId: LogEntryId | null;
  readonly entryId: EntryId | null;
  readonly snippet: string;
  readonly score: number;
}

export interface SessionStore {
  create(session: { name: string; projectRoot: string | null; settings: SessionSettings; at: number }): SessionRow;
  get(id: SessionId): SessionRow | null;
  byName(name: string): SessionRow | null;
  /** Newest first. `costPico` null when a turn's price is unknown. */
  list(): readonly (SessionRow & {
    readonly costPico: number | null;
    readonly turns: number;
    readonly prompts: number;
  })[];
  update(id: SessionId, patch: Partial<Pick<SessionRow, 'name' | 'projectRoot' | 'settings'>>, at: number): SessionRow;
  /** Removes the session and everything in it. */
  delete(id: SessionId): void;
}

export interface RunStore {
  create(run: { sessionId: SessionId; name: string; origin: RunOrigin; parentRunId: RunId | null; at: number }): RunRow;
  get(id: RunId): RunRow | null;
  /** The newest run of that name: the name of an ended run may be given to a fresh one (RES-30), so it is not unique. */
  byName(sessionId: SessionId, name: string): RunRow | null;
  /** Newest first. */
  list(sessionId: SessionId): readonly RunRow[];
  children(runId: RunId): readonly RunRow[];
  setPendingWake(id: RunId, pending: boolean): void;
  /** Deep copy of log, fold state, turns and scratch up to `untilTurn` (all when null); ends open loops (ENG-5). */
  fork(source: RunId, fork: { name: string; untilTurn: TurnId | null; at: number }): RunRow;
}

export interface LoopStore {
  /** Queued (100); `seq` is the next of the run. */
  enqueue(loop: {
    runId: RunId;
    prompt: string;
    flags: LoopFlags;
    alias: string | null;
    maxTurns: number;
    attrs: JsonObject;
    at: number;
  }): LoopRow;
  get(id: LoopId): LoopRow | null;
  list(runId: RunId): readonly LoopRow[];
  latest(runId: RunId): LoopRow | null;
  /** Oldest queued loop becomes 102, atomically; null when the queue is empty (ENG-10). */
  claim(runId: RunId, at: number): LoopRow | null;
  active(runId: RunId): LoopRow | null;
  parked(runId: RunId): LoopRow | null;
  setStatus(id: LoopId, status: number, patch: { reason?: string | null; at: number; attrs?: JsonObject }): LoopRow;
  /** Every loop of every session that is 100 or 102, for ENG-18. */
  unfinished(): readonly LoopRow[];
}

export interface TurnStore {
  open(turn: { loopId: LoopId; runId: RunId; at: number }): TurnRow;
  get(id: TurnId): TurnRow | null;
  list(loopId: LoopId): readonly TurnRow[];
  listRun(runId: RunId): readonly TurnRow[];
  /** The newest turn, without reading the others. */
  latest(of: { loopId: LoopId } | { runId: RunId }): TurnRow | null;
  /** In order. */
  ids(loopId: LoopId): readonly TurnId[];
  update(id: TurnId, patch: Partial<Omit<TurnRow, 'id' | 'loopId' | 'runId' | 'seq' | 'createdAt'>>): TurnRow;
  /** Stored so that the sections re-render to exactly the bytes sent (PKT-3), each part once. */
  savePacket(id: TurnId, sections: readonly StoredSection[]): void;
  readPacket(id: TurnId): readonly StoredSection[] | null;
  /** Sums for `usage`; null cost when any price is unknown (PKT-21). */
  usage(of: { loopId: LoopId } | { runId: RunId } | { sessionId: SessionId }): {
    readonly promptTokens: number;
    readonly completionTokens: number;
    readonly cachedTokens: number;
    readonly costPico: number | null;
    readonly turns: number;
  };
}

export interface LogStore {
  append(row: NewLogRow): LogRow;
  update(id: LogEntryId, patch: LogPatch): LogRow;
  get(id: LogEntryId): LogRow | null;
  byCoordinate(runId: RunId, loopSeq: number, turnSeq: number, sequence: number): LogRow | null;
  /** In the order of events. Without a limit: all. */
  list(runId: RunId, query?: LogQuery): readonly LogRow[];
  /** Highest sequence of the turn, 0 when it has no row. */
  lastSequence(turnId: TurnId): number;
  lastId(): LogEntryId;
  setExpanded(ids: readonly LogEntryId[], expanded: boolean): void;
  delete(ids: readonly LogEntryId[]): void;
  /** Successful EDIT, COPY, MOVE, KILL rows on shared entries written after `afterId` by other runs of the session (ENG-50). */
  changesByOthers(sessionId: SessionId, runId: RunId, afterId: LogEntryId): readonly LogRow[];
  /**
   * Told of every change to rows that exist already: `update`, `setExpanded`, `delete`, and the removal of a session.
   * Appends are not reported (they are found by `sinceId`). Rendered rows are cached by it (PF-2). A rolled back
   * transaction reports the rows it had touched once more.
   */
  onChange(
    listener: (change: {
      readonly runId: RunId;
      readonly ids: readonly LogEntryId[];
      readonly kind: 'update' | 'delete';
    }) => void,
  ): {
    dispose(): void;
  };
  /** Newest prompts of a session's loops. */
  prompts(sessionId: SessionId, limit: number): readonly string[];
}

export interface EntryStore {
  find(key: EntryKey): EntryRow | null;
  get(id: EntryId): EntryRow | null;
  ensure(key: EntryKey, at: number): { entry: EntryRow; created: boolean };
  /** Entries of one scheme, pathname ascending; run scope needs `runId`. */
  list(scope: {
    sessionId: SessionId;
    scheme: string | null;
    runId?: RunId | null;
    prefix?: string;
  }): readonly EntryRow[];
  /** Schemes that hold session-scope entries. */
  schemes(sessionId: SessionId): readonly (string | null)[];
  setTags(id: EntryId, tags: readonly string[], at: number): void;
  setAttrs(id: EntryId, attrs: JsonObject, at: number): void;
  remove(id: EntryId): void;
  channels(id: EntryId): readonly ChannelRow[];
  channel(id: EntryId, name: string): ChannelRow | null;
  content(id: EntryId, channel: string): string | null;
  /** Characters `from` (inclusive) to `to` (exclusive). */
  slice(id: EntryId, channel: string, from: number, to?: number): string;
  write(
    id: EntryId,
    channel: { name: string; mimetype: string; content: string; tokens: number; state?: ChannelState; at: number },
  ): ChannelRow;
  /** Grows an active channel without rewriting what is there. */
  append(id: EntryId, channel: string, chunk: { text: string; tokens: number; at: number }): ChannelRow;
  setChannelState(id: EntryId, channel: string, state: ChannelState): void;
}

export interface ProposalStore {
  create(
    row: Omit<
      ProposalRow,
      'amendedHash' | 'writtenSignature' | 'decision' | 'by' | 'outcome' | 'decidedAt' | 'revertedAt'
    >,
  ): ProposalRow;
  get(id: LogEntryId): ProposalRow | null;
  pending(sessionId?: SessionId): readonly ProposalRow[];
  list(sessionId: SessionId): readonly ProposalRow[];
  update(
    id: LogEntryId,
    patch: Partial<
      Pick<
        ProposalRow,
        | 'kind'
        | 'baselineHash'
        | 'baseSignature'
        | 'amendedHash'
        | 'writtenSignature'
        | 'decision'
        | 'by'
        | 'outcome'
        | 'decidedAt'
        | 'revertedAt'
        | 'attrs'
        | 'body'
      >
    >,
  ): ProposalRow;
}

export interface SubscriptionStore {
  open(
    row: Omit<SubscriptionRow, 'id' | 'state' | 'closeStatus' | 'endedAt' | 'seen' | 'concludedSeen'>,
  ): SubscriptionRow;
  get(id: SubscriptionId): SubscriptionRow | null;
  byEntry(entryId: EntryId): SubscriptionRow | null;
  close(id: SubscriptionId, close: { state: 'closed' | 'errored'; closeStatus: number; at: number }): SubscriptionRow;
  active(runId?: RunId): readonly SubscriptionRow[];
  /** Active ones, and ended ones whose end the run has not seen. */
  unseen(runId: RunId): readonly SubscriptionRow[];
  markSeen(id: SubscriptionId, seen: { [channel: string]: number }, concludedSeen: boolean): void;
}

export interface ConstraintStore {
  add(sessionId: SessionId, effect: ConstraintEffect, glob: string, at: number): void;
  remove(sessionId: SessionId, effect: ConstraintEffect, glob: string): boolean;
  list(sessionId: SessionId): readonly { readonly effect: ConstraintEffect; readonly glob: string }[];
}

/** Content-addressed texts: the same text is stored once. */
export interface BlobStore {
  put(text: string): string;
  get(hash: string): string | null;
}

export interface SearchStore {
  /** Full-text search over prompts, messages, ops, targets and results of every session (UI-17). */
  log(query: string, limit: number, sessionId?: SessionId): readonly SearchHit[];
  /** Ranked session entries, for `~` (RES-43). */
  entries(sessionId: SessionId, query: string, limit: number): readonly SearchHit[];
}

/** Key/value facts that outlive a process (caches by content hash, client tokens). */
export interface FactStore {
  get(key: string): JsonValue | undefined;
  set(key: string, value: JsonValue): void;
  delete(key: string): void;
}

export interface Store {
  readonly sessions: SessionStore;
  readonly runs: RunStore;
  readonly loops: LoopStore;
  readonly turns: TurnStore;
  readonly log: LogStore;
  readonly entries: EntryStore;
  readonly proposals: ProposalStore;
  readonly subscriptions: SubscriptionStore;
  readonly constraints: ConstraintStore;
  readonly blobs: BlobStore;
  readonly search: SearchStore;
  readonly facts: FactStore;
  /** All or nothing in memory; the writes become one journal record. Nested calls join the outer one. */
  transaction<T>(work: () => T): T;
  /** Resolves when everything committed up to this call is flushed, or storage is degraded and listeners know (RL-3). */
  durable(): Promise<void>;
  onHealth(listener: (health: StoreHealth) => void): { dispose(): void };
  health(): StoreHealth;
  close(): Promise<void>;
}

export interface StoreHealth {
  readonly state: 'ok' | 'degraded';
  /** A sentence for a person. */
  readonly message: string | null;
  /** What opening found: cut journal tail, fallback to an older snapshot, … */
  readonly notices: readonly string[];
}
