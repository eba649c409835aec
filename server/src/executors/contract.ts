/** Runtimes and the streams they feed (EXEC, RES-22 … RES-26). */
import type { ChannelState } from '@plurnk/protocol';
import type { OpContext, OpResult, RuntimeInfo } from '../schemes/contract.ts';
import type { EntryId, RunId, SessionId, SubscriptionId } from '../store/contract.ts';

/** `host` changes the machine and proposes; `read` and `pure` run at once (RES-23). */
export type Effect = 'host' | 'read' | 'pure';

export interface Executor {
  readonly runtime: string;
  readonly example: string;
  readonly doc: string;
  /** The target may name a file instead of a folder (a database); the command then runs in the file's folder. */
  readonly takesFile?: boolean;
  /** `file` is absolute; null without one. */
  effect(command: string, file?: string | null): Effect;
  /** Why a command makes no sense for this runtime; answered with 400 before anybody is asked. */
  objection?(command: string): string | null;
  /** Probed once per server start. */
  probe(): Promise<{ readonly available: boolean; readonly reason: string | null }>;
  /** How to run it: program, arguments, and what goes to stdin; never through another shell unless it is one. */
  invocation(command: string, file?: string | null): Invocation;
}

export interface Invocation {
  readonly file: string;
  readonly args: readonly string[];
  /** Written first, then stdin is closed; without it stdin stays open for SEND[200]. */
  readonly stdin?: string;
  /** On Windows: the arguments are passed as they are, without quoting. */
  readonly verbatim?: boolean;
  /** Added to the scoped environment. */
  readonly env?: { readonly [name: string]: string };
}

export interface StreamRequest {
  readonly runtime: string;
  readonly command: string;
  /** Absolute, inside the workspace. */
  readonly cwd: string;
  /** Absolute path of the file that the target names, for runtimes that take one. */
  readonly file?: string | null;
  /** Seconds; null = until the run ends; 0 = until the next turn. */
  readonly lifetime: number | null;
  readonly pollSeconds: number | null;
}

export interface StreamEvent {
  readonly kind: 'grew' | 'state' | 'concluded';
  readonly sessionId: SessionId;
  readonly runId: RunId;
  readonly entryId: EntryId;
  readonly subscriptionId: SubscriptionId;
  readonly scheme: string;
  /** `<loop>/<turn>/<sequence>` */
  readonly coordinate: string;
  readonly channel: string;
  readonly state: ChannelState;
  readonly contentLength: number;
  /** Only for `concluded`: 200, 499, 500, 504. */
  readonly closeStatus?: number;
  readonly summary?: string;
  /** Only for `concluded`: null when a signal ended it or it did not start. */
  readonly exitCode?: number | null;
}

/** Whose stream it is. */
export type StreamOwner = Pick<OpContext, 'sessionId' | 'runId'>;

/** The subscription registry: who runs what, and the only place that spawns and reaps (ENG-12). */
export interface Streams {
  /** Starts in the background and answers 102 at once; channels `stdout` and `stderr` (RES-23). */
  start(request: StreamRequest, context: OpContext): Promise<OpResult>;
  live(runId: RunId): readonly {
    readonly subscriptionId: SubscriptionId;
    readonly scheme: string;
    readonly coordinate: string;
    readonly pollSeconds: number | null;
  }[];
  /** Input on stdin (SEND[200]). */
  input(scheme: string, coordinate: string, text: string, context: OpContext): Promise<OpResult>;
  /** KILL: with a signal exactly that one once, without SIGHUP; 200, 410, 304, 404 (RES-19). */
  kill(scheme: string, coordinate: string, signal: number | null, owner: StreamOwner): Promise<OpResult>;
  /** Ends every stream of the run, also those still spawning; resolves when their processes are gone. */
  reap(runId: RunId, options: { readonly turnScopedOnly: boolean; readonly closeStatus: number }): Promise<void>;
  onEvent(listener: (event: StreamEvent) => void): { dispose(): void };
  runtimes(): readonly RuntimeInfo[];
  shutdown(): Promise<void>;
}
