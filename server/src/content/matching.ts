/** Matching off the main thread, in chunks, under a deadline (RES-42). */
import { deferred } from '../platform/deferred.ts';
import type { Candidate, Matching, MatchManyResult, Preparing } from './contract.ts';
import { DIALECTS } from './dialects/dialects.ts';
import { hash, matchIndexed } from './index-matching.ts';
import { MatchThread, toItem } from './match-thread.ts';
import { matchTexts } from './text-matching.ts';

export interface MatchingOptions {
  /** Milliseconds for one request; default 10,000. */
  readonly deadline?: number;
  /** Candidates per message; default 256. */
  readonly chunk?: number;
  readonly workers?: number;
}

/** Texts of one job of preparing: what a query that comes meanwhile waits for at most. */
const PREPARED_AT_ONCE = 4;

export function createMatching(options: MatchingOptions = {}): Matching & Preparing {
  const { deadline = 10_000, chunk = 256, workers = 2 } = options;
  const threads = Array.from({ length: workers }, () => new MatchThread());
  const limit = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(deadline)]);
  const late = (done: number, all: number, what: string): string =>
    `Stopped after ${deadline / 1000} s: ${done} of ${all} ${what} were searched. Use a simpler pattern or a narrower scope.`;

  let asked = 0;
  let quiet = deferred<void>();
  /** Preparing waits until nobody asks any more. */
  const first = async <Answer>(query: () => Promise<Answer>): Promise<Answer> => {
    asked++;
    try {
      return await query();
    } finally {
      asked--;
      if (asked === 0) {
        quiet.resolve();
        quiet = deferred<void>();
      }
    }
  };

  async function prepareOne(thread: MatchThread, own: readonly Candidate[], stopped: () => boolean) {
    const items = await Promise.all(own.map(one => toItem(one)));
    while (asked > 0) await quiet.promise;
    if (stopped()) return null;
    const answer = await thread.run({ kind: 'prepare', items }, AbortSignal.timeout(deadline));
    return answer?.kind === 'prepared' ? answer.characters : null;
  }

  async function matchMany(
    matcher: Parameters<Matching['matchMany']>[0],
    candidates: readonly Candidate[],
    signal: AbortSignal,
  ): Promise<MatchManyResult> {
    const stop = limit(signal);
    const indexed = DIALECTS[matcher.dialect].kind === 'index';
    const { answer, done } = indexed
      ? { answer: await matchIndexed(threads, matcher, candidates, chunk, stop), done: 0 }
      : await matchTexts(threads, matcher, candidates, chunk, stop);
    return answer ?? { status: 504, results: [], reason: late(done, candidates.length, 'texts') };
  }

  return {
    matchMany: (...request) => first(() => matchMany(...request)),
    async prepare(candidates, { characters, stopped }) {
      let room = characters;
      for (const [i, thread] of threads.entries()) {
        const share = candidates.filter(({ path }) => hash(path) % threads.length === i);
        for (let from = 0; from < share.length; from += PREPARED_AT_ONCE) {
          if (room <= 0 || stopped()) return false;
          const done = await prepareOne(thread, share.slice(from, from + PREPARED_AT_ONCE), stopped);
          if (done === null) return false;
          room -= done;
        }
      }
      return true;
    },
    async matchPaths(pattern, flags, paths, signal) {
      const thread = threads[0] ?? new MatchThread();
      const answer = await first(() => thread.run({ kind: 'paths', pattern, flags, paths }, limit(signal)));
      if (answer?.kind === 'paths') return { status: 200, paths: answer.paths };
      if (answer?.kind === 'refused') return { status: 400, reason: answer.reason };
      return { status: 504, reason: late(0, paths.length, 'paths') };
    },
    async matchGlob(glob, paths, signal) {
      const thread = threads[0] ?? new MatchThread();
      const answer = await first(() => thread.run({ kind: 'glob', glob, paths }, limit(signal)));
      if (answer?.kind === 'glob') return { status: 200, found: answer.found };
      return { status: 504, reason: late(0, paths.length, 'paths') };
    },
    async dispose() {
      await Promise.all(threads.map(thread => thread.stop()));
    },
  };
}
