import { deferred } from '../platform/deferred.ts';
import type { Candidate, PrepareLimits, Preparing } from './contract.ts';
import { hash } from './index-matching.ts';
import { type MatchThread, toItem } from './match-thread.ts';

/** Texts of one job: what a query that comes meanwhile waits for. */
const AT_ONCE = 4;
/** A job that keeps a query waiting for so many milliseconds is killed. */
const PATIENCE_MS = 2000;

/** Indexes made ahead in the threads that answer the queries, one small job at a time, and none while a query runs (ENG-21). */
export class Preparer implements Preparing {
  readonly #threads: readonly MatchThread[];
  readonly #deadline: number;
  #asked = 0;
  #quiet = deferred<void>();
  #job: AbortController | null = null;

  /** `deadline`: milliseconds for one job. */
  constructor(threads: readonly MatchThread[], deadline: number) {
    this.#threads = threads;
    this.#deadline = deadline;
  }

  /** Runs a query; preparing waits until nobody asks any more. */
  async after<Answer>(query: () => Promise<Answer>): Promise<Answer> {
    const job = this.#job;
    const timer = job === null ? undefined : setTimeout(() => job.abort(), PATIENCE_MS);
    this.#asked++;
    try {
      return await query();
    } finally {
      clearTimeout(timer);
      this.#asked--;
      if (this.#asked === 0) {
        this.#quiet.resolve();
        this.#quiet = deferred<void>();
      }
    }
  }

  async prepare(candidates: readonly Candidate[], { characters, stopped }: PrepareLimits): Promise<boolean> {
    let room = characters;
    for (const [i, thread] of this.#threads.entries()) {
      const share = candidates.filter(({ path }) => hash(path) % this.#threads.length === i);
      for (let from = 0; from < share.length; from += AT_ONCE) {
        if (room <= 0 || stopped()) return false;
        const done = await this.#one(thread, share.slice(from, from + AT_ONCE), stopped);
        if (done === null) return false;
        room -= done;
      }
    }
    return true;
  }

  /** Characters of the texts; null: stopped. */
  async #one(thread: MatchThread, own: readonly Candidate[], stopped: () => boolean): Promise<number | null> {
    const items = await Promise.all(own.map(one => toItem(one)));
    while (this.#asked > 0) await this.#quiet.promise;
    if (stopped()) return null;
    const job = new AbortController();
    this.#job = job;
    try {
      const stop = AbortSignal.any([job.signal, AbortSignal.timeout(this.#deadline)]);
      const answer = await thread.run({ kind: 'prepare', items }, stop);
      return answer?.kind === 'prepared' ? answer.characters : null;
    } finally {
      this.#job = null;
    }
  }
}
