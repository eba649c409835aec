import type { LogStore, RunId } from '../store/contract.ts';
import { LogView } from './log-view.ts';
import type { TokenCounter } from './token-counter.ts';

const KEPT = 96;

/** The rendered logs of the runs that were last at work. */
export class LogViews {
  readonly #log: LogStore;
  readonly #views = new Map<RunId, LogView>();
  readonly #subscription: { dispose(): void };

  constructor(log: LogStore) {
    this.#log = log;
    this.#subscription = log.onChange(change => this.#views.get(change.runId)?.markChanged(change.ids));
  }

  view(runId: RunId, counter: TokenCounter): LogView {
    const view = this.#views.get(runId) ?? new LogView(this.#log, runId, counter);
    view.useCounter(counter);
    this.#views.delete(runId);
    this.#views.set(runId, view);
    if (this.#views.size > KEPT)
      for (const oldest of this.#views.keys()) {
        this.#views.delete(oldest);
        break;
      }
    return view;
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#views.clear();
  }
}
