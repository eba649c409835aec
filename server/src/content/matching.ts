/** Matching off the main thread, in chunks, under a deadline (RES-42). */
import type { Candidate, Matching, MatchManyResult, MatchResult } from './contract.ts';
import { DIALECTS } from './dialects/dialects.ts';
import { matchIndexed } from './index-matching.ts';
import { MatchThread, toItem } from './match-thread.ts';

export interface MatchingOptions {
  /** Milliseconds for one request; default 10,000. */
  readonly deadline?: number;
  /** Candidates per message; default 256. */
  readonly chunk?: number;
  readonly workers?: number;
}

export function createMatching(options: MatchingOptions = {}): Matching {
  const { deadline = 10_000, chunk = 256, workers = 2 } = options;
  const threads = Array.from({ length: workers }, () => new MatchThread());
  const limit = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(deadline)]);
  const late = (done: number, all: number, what: string): string =>
    `Stopped after ${deadline / 1000} s: ${done} of ${all} ${what} were searched. Use a simpler pattern or a narrower scope.`;

  async function matchMany(
    matcher: Parameters<Matching['matchMany']>[0],
    candidates: readonly Candidate[],
    signal: AbortSignal,
  ): Promise<MatchManyResult> {
    const stop = limit(signal);
    if (DIALECTS[matcher.dialect].kind === 'index') {
      const done = await matchIndexed(threads, matcher, candidates, chunk, stop);
      return done ?? { status: 504, results: [], reason: late(0, candidates.length, 'texts') };
    }
    const keyed = matcher.dialect === 'xpath' || matcher.dialect === 'jsonpath';
    const results: (MatchResult | null)[] = new Array(candidates.length).fill(null);
    let [next, done, refused] = [0, 0, null as { status: number; reason: string } | null];
    const drain = async (thread: MatchThread): Promise<void> => {
      while (next < candidates.length && refused === null && !stop.aborted) {
        const from = next;
        next += chunk;
        const items = await Promise.all(candidates.slice(from, next).map(one => toItem(one, keyed)));
        const answer = await thread.run({ kind: 'texts', matcher, items }, stop);
        if (answer === null) return;
        if (answer.kind === 'refused') refused = { status: answer.status, reason: answer.reason };
        if (answer.kind !== 'texts') return;
        for (const [index, result] of answer.results.entries()) results[from + index] = result;
        done += items.length;
      }
    };
    await Promise.all(threads.slice(0, Math.max(1, Math.ceil(candidates.length / chunk))).map(drain));
    if (refused !== null) return { ...(refused as { status: number; reason: string }), results: [] };
    if (stop.aborted && done < candidates.length) {
      return { status: 504, results: [], reason: late(done, candidates.length, 'texts') };
    }
    const found = candidates.flatMap((candidate, index) => {
      const result = results[index];
      return result === null || result === undefined ? [] : [{ path: candidate.path, result }];
    });
    return { status: 200, results: found };
  }

  return {
    matchMany,
    async matchPaths(pattern, flags, paths, signal) {
      const answer = await (threads[0] ?? new MatchThread()).run(
        { kind: 'paths', pattern, flags, paths },
        limit(signal),
      );
      if (answer?.kind === 'paths') return { status: 200, paths: answer.paths };
      if (answer?.kind === 'refused') return { status: 400, reason: answer.reason };
      return { status: 504, reason: late(0, paths.length, 'paths') };
    },
    async dispose() {
      await Promise.all(threads.map(thread => thread.stop()));
    },
  };
}
