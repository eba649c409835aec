import type { RunId } from '../store/contract.ts';
import { StrikeRail } from './strike-rail.ts';

/** Why a run's work was stopped. */
export interface StopCause {
  readonly status: 499 | 504;
  readonly reason: string;
}

/** The cancellation scope of one run, and what it remembers between turns of one process (ENG-12). */
export class RunScope {
  readonly runId: RunId;
  readonly strikes = new StrikeRail();
  /** The loop whose end has been told to parent and sisters. */
  concludedLoop: number | null = null;
  #controller = new AbortController();

  constructor(runId: RunId) {
    this.runId = runId;
  }

  /** Reused while live, replaced only once aborted: no run is born cancelled. */
  begin(): AbortSignal {
    if (this.#controller.signal.aborted) this.#controller = new AbortController();
    return this.#controller.signal;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  abort(cause: StopCause): void {
    if (!this.#controller.signal.aborted) this.#controller.abort(cause);
  }

  /** Set once the signal is aborted. */
  get stopCause(): StopCause | null {
    return this.#controller.signal.aborted ? (this.#controller.signal.reason as StopCause) : null;
  }
}

export class RunScopes {
  readonly #scopes = new Map<RunId, RunScope>();

  of(runId: RunId): RunScope {
    let scope = this.#scopes.get(runId);
    if (scope === undefined) {
      scope = new RunScope(runId);
      this.#scopes.set(runId, scope);
    }
    return scope;
  }

  all(): Iterable<RunScope> {
    return this.#scopes.values();
  }
}
