import { assertTransition, type Transitions } from '../platform/transitions.ts';
import type { LoopRow, RunId } from '../store/contract.ts';
import type { Core } from './core.ts';

type DrainState = 'idle' | 'claiming' | 'working';

const DRAIN_TRANSITIONS: Transitions<DrainState> = {
  idle: ['claiming'],
  claiming: ['working', 'idle'],
  working: ['claiming'],
};

interface Drain {
  state: DrainState;
  /** Resolves when the drain has given up its slot. */
  done: Promise<void>;
  /** Resolves when the loop it works on has ended or parked. */
  working: Promise<void>;
}

/**
 * At most one drain per run (ENG-10). Claiming and giving up the slot happen in one synchronous step, so that between
 * "the queue is empty" and "no drain" no loop can be queued unseen.
 */
export class Drains {
  readonly #core: Pick<Core, 'store' | 'clock' | 'defect'>;
  readonly #work: (loop: LoopRow) => Promise<void>;
  readonly #exited: (runId: RunId) => void;
  readonly #drains = new Map<RunId, Drain>();
  #stopping = false;

  constructor(
    core: Pick<Core, 'store' | 'clock' | 'defect'>,
    hooks: { readonly work: (loop: LoopRow) => Promise<void>; readonly exited: (runId: RunId) => void },
  ) {
    this.#core = core;
    this.#work = hooks.work;
    this.#exited = hooks.exited;
  }

  /** Starts a drain unless one is at work; it will see what is queued now. */
  ensure(runId: RunId): void {
    if (this.#stopping || this.#drains.has(runId)) return;
    const drain: Drain = { state: 'idle', done: Promise.resolve(), working: Promise.resolve() };
    this.#drains.set(runId, drain);
    drain.done = Promise.resolve()
      .then(() => this.#run(runId, drain))
      .catch(error => {
        this.#drains.delete(runId);
        this.#core.defect(error, 'drain');
      });
  }

  isDraining(runId: RunId): boolean {
    return this.#drains.has(runId);
  }

  /** Resolves when the loop that the run works on now has ended or parked; queued ones are not waited for. */
  async settled(runId: RunId): Promise<void> {
    await this.#drains.get(runId)?.working;
  }

  /** No new drains; resolves when those at work have ended. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all([...this.#drains.values()].map(drain => drain.done));
  }

  async #run(runId: RunId, drain: Drain): Promise<void> {
    for (;;) {
      move(drain, 'claiming');
      const loop = this.#stopping ? null : this.#core.store.loops.claim(runId, this.#core.clock.now());
      if (loop === null) {
        move(drain, 'idle');
        this.#drains.delete(runId);
        this.#exited(runId);
        return;
      }
      move(drain, 'working');
      drain.working = this.#work(loop).catch(error => this.#core.defect(error, `loop ${loop.id}`));
      await drain.working;
    }
  }
}

function move(drain: Drain, to: DrainState): void {
  assertTransition('drain', DRAIN_TRANSITIONS, drain.state, to);
  drain.state = to;
}
