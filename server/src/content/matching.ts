/** Matching off the main thread, in chunks, under a deadline (RES-42). */
import type { Candidate, Matching, MatchManyResult, Preparing } from './contract.ts';
import { DIALECTS } from './dialects/dialects.ts';
import { matchIndexed } from './index-matching.ts';
import { MatchThread } from './match-thread.ts';
import { Preparer } from './preparer.ts';
import { matchTexts } from './text-matching.ts';

export interface MatchingOptions {
  /** Milliseconds for one request; default 10,000. */
  readonly deadline?: number;
  /** Candidates per message; default 256. */
  readonly chunk?: number;
  readonly workers?: number;
}

export function createMatching(options: MatchingOptions = {}): Matching & Preparing {
  const { deadline = 10_000, chunk = 256, workers = 2 } = options;
  const threads = Array.from({ length: workers }, () => new MatchThread());
  const limit = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(deadline)]);
  const late = (done: number, all: number, what: string): string =>
    `Stopped after ${deadline / 1000} s: ${done} of ${all} ${what} were searched. Use a simpler pattern or a narrower scope.`;

  const ahead = new Preparer(threads, deadline);

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
    matchMany: (...request) => ahead.after(() => matchMany(...request)),
    prepare: (...request) => ahead.prepare(...request),
    async matchPaths(pattern, flags, paths, signal) {
      const thread = threads[0] ?? new MatchThread();
      const answer = await ahead.after(() => thread.run({ kind: 'paths', pattern, flags, paths }, limit(signal)));
      if (answer?.kind === 'paths') return { status: 200, paths: answer.paths };
      if (answer?.kind === 'refused') return { status: 400, reason: answer.reason };
      return { status: 504, reason: late(0, paths.length, 'paths') };
    },
    async matchGlob(glob, paths, signal) {
      const thread = threads[0] ?? new MatchThread();
      const answer = await ahead.after(() => thread.run({ kind: 'glob', glob, paths }, limit(signal)));
      if (answer?.kind === 'glob') return { status: 200, found: answer.found };
      return { status: 504, reason: late(0, paths.length, 'paths') };
    },
    async dispose() {
      await Promise.all(threads.map(thread => thread.stop()));
    },
  };
}
