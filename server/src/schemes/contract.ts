/** Between engine and resources: an op in, an outcome out. */
import type { Statement } from '@plurnk/plurnk-grammar';
import type { JsonObject, LoopFlags, Writer } from '@plurnk/protocol';
import type {
  LogEntryId,
  LogRow,
  LoopId,
  ProposalKind,
  RowTarget,
  RunId,
  SessionId,
  TurnId,
} from '../store/contract.ts';

export interface Coordinate {
  readonly loopSeq: number;
  readonly turnSeq: number;
  /** Sequence kept for this op's row; EXEC streams live at `<runtime>:///<loop>/<turn>/<sequence>`. */
  readonly sequence: number;
}

export interface OpContext {
  readonly sessionId: SessionId;
  readonly projectRoot: string | null;
  readonly runId: RunId;
  readonly runName: string;
  readonly loopId: LoopId;
  readonly turnId: TurnId;
  readonly at: Coordinate;
  readonly writer: Writer;
  readonly flags: LoopFlags;
  readonly signal: AbortSignal;
}

/** What one log row records. A fan-out READ yields several (RES-14). */
export interface OpResult {
  readonly status: number;
  /** The row's body: what READ and FIND returned, the resulting span of an EDIT, a sentence for a failure. */
  readonly rx?: string | null;
  /** `rx` is shown exactly as it is: `text/plain` arrives already numbered where that applies, the rest is verbatim. */
  readonly mimetypeRx?: string | null;
  /** When the row addresses something else than the statement's target (fan-out, normalised address). */
  readonly target?: RowTarget;
  readonly lineMarker?: { readonly marks: readonly number[] } | null;
  readonly tags?: readonly string[];
  /** One word for the model (`write_conflict`, `unknown_runtime`, …). */
  readonly outcome?: string | null;
  readonly attrs?: JsonObject;
}

/** An op with a side effect that waits for a decision (2.9). */
export interface ProposalDraft {
  readonly kind: ProposalKind;
  readonly target: RowTarget;
  /** Unified diff for files, the command for EXEC. */
  readonly body: string;
  /** For files: baseline, proposed, signature, mimetype, added, removed; for EXEC: command, runtime, cwd. */
  readonly attrs: JsonObject;
  readonly baseline: string | null;
  readonly baseSignature: string | null;
  readonly proposed: string | null;
  /**
   * Runs the effect. `amended` replaces the proposed text or the command (ENG-62). A status ≥ 400 turns the acceptance
   * into a rejection with `outcome`. `written` is the signature of what is now there.
   */
  apply(amended: string | null, context: OpContext): Promise<OpResult & { readonly written?: string | null }>;
  /** Whether the target changed since the draft was made (ENG-64). */
  stale(): Promise<boolean>;
  /** Why nothing may be written there, whatever it holds; null: it may. */
  refusal?(): Promise<Failure | null>;
  /**
   * The same change on what the target holds now; `mine` is what the person made of the proposed text (UI-24). Absent
   * where there is no text to merge.
   */
  rebase?(mine: string | null): Promise<Rebased | Failure>;
}

/** What is said instead of doing: a status and a sentence. */
interface Failure {
  readonly status: number;
  readonly message: string;
  readonly outcome?: string;
}

/** A proposal on a new baseline, and the three texts it was merged from. */
export interface Rebased {
  readonly draft: ProposalDraft;
  readonly base: string;
  readonly now: string;
  readonly mine: string;
  /** Places that both changed: both are in the proposed text, between markers. */
  readonly conflicts: number;
}

export type OpOutcome =
  | { readonly kind: 'rows'; readonly rows: readonly OpResult[] }
  /** OPEN and FOLD that succeeded write no row (RES-17). */
  | { readonly kind: 'silent' }
  | { readonly kind: 'proposal'; readonly proposal: ProposalDraft };

/** Every op of part 3.2 over every scheme. Never throws for what a model can cause; a throw is a bug → 500. */
export interface Operations {
  execute(statement: Statement, context: OpContext): Promise<OpOutcome>;
  /** Address of a statement's target as a row stores it; null without target. */
  rowTarget(statement: Statement, context: OpContext): RowTarget | null;
  /** Whether ask mode, `noWeb` … refuse it; null when allowed (ENG-36). Checked before `execute`. */
  refusal(statement: Statement, context: OpContext): OpResult | null;
  /** Undoes an accepted file change when the file still holds what was written (ENG-67). */
  revert(row: LogRow): Promise<{ status: number; message?: string }>;
  /** Without the one per runtime, which `runtimes` lists. */
  readonly schemes: readonly SchemeInfo[];
  readonly runtimes: () => readonly RuntimeInfo[];
}

export interface SchemeInfo {
  readonly name: string;
  readonly example: string;
  readonly doc: string;
  /** Whether its entries are listed in the catalog preview of the first turn, and how. */
  readonly catalog: 'full' | 'capped' | 'none';
}

export interface RuntimeInfo {
  readonly name: string;
  readonly available: boolean;
  readonly reason: string | null;
  readonly example: string;
  readonly doc: string;
}

/** Control of runs, implemented by the engine, used by the `run` scheme (3.3). */
export interface RunControl {
  spawn(name: string, prompt: string, context: OpContext): Promise<OpResult>;
  fork(prompt: string, context: OpContext): Promise<OpResult>;
  deliver(name: string, text: string, context: OpContext): Promise<OpResult>;
  cancel(name: string, context: OpContext): Promise<OpResult>;
  /** Ended → its final message with 200; still running → 425; unknown → 404. */
  finalMessage(name: string, context: OpContext): Promise<OpResult>;
  /** Runs of the session for FIND(run://**). */
  list(context: OpContext): readonly { readonly name: string; readonly status: number }[];
}

export type LogEntryRef = LogEntryId;
