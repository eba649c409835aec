import type { Matcher } from '@plurnk/plurnk-grammar';
import type { Candidate, MatchManyResult, MatchResult } from './contract.ts';
import { DIALECTS } from './dialects/dialects.ts';
import type { MatchAnswer } from './match-messages.ts';
import { type MatchThread, pack, toItem } from './match-thread.ts';

interface Reached {
  /** null: stopped by the deadline. */
  readonly answer: MatchManyResult | null;
  /** Texts that were searched. */
  readonly done: number;
}

/** A request that judges each text by itself: whichever thread is free takes the next chunk. */
export async function matchTexts(
  threads: readonly MatchThread[],
  matcher: Matcher,
  candidates: readonly Candidate[],
  chunk: number,
  stop: AbortSignal,
): Promise<Reached> {
  const found = new Map<number, MatchResult>();
  let [next, done, refused] = [0, 0, null as MatchManyResult | null];
  const drain = async (thread: MatchThread): Promise<void> => {
    while (next < candidates.length && refused === null && !stop.aborted) {
      const from = next;
      next += chunk;
      const some = candidates.slice(from, next);
      const answer = await search(thread, matcher, some, stop);
      if (answer?.kind === 'refused') refused = { status: answer.status, results: [], reason: answer.reason };
      if (answer?.kind !== 'scanned') return;
      for (const [at, result] of answer.found) found.set(from + at, result);
      done += some.length;
    }
  };
  await Promise.all(threads.slice(0, Math.max(1, Math.ceil(candidates.length / chunk))).map(drain));
  if (refused !== null) return { answer: refused, done };
  if (stop.aborted && done < candidates.length) return { answer: null, done };
  const results = [...found]
    .sort(([a], [b]) => a - b)
    .flatMap(([at, result]) => {
      const path = candidates[at]?.path;
      return path === undefined ? [] : [{ path, at, result }];
    });
  return { answer: { status: 200, results }, done };
}

type Answer = Extract<MatchAnswer, { kind: 'scanned' | 'refused' }>;

async function search(
  thread: MatchThread,
  matcher: Matcher,
  candidates: readonly Candidate[],
  stop: AbortSignal,
): Promise<Answer | null> {
  const dialect = DIALECTS[matcher.dialect];
  const answer =
    dialect.kind === 'text' && dialect.plain
      ? await thread.run({ kind: 'scan', matcher, ...(await pack(candidates)) }, stop)
      : await thread.run({ kind: 'texts', matcher, items: await Promise.all(candidates.map(toItem)) }, stop);
  if (answer?.kind === 'scanned' || answer?.kind === 'refused') return answer;
  if (answer?.kind !== 'texts') return null;
  const found = answer.results.flatMap((result, at) => (result === null ? [] : [[at, result] as const]));
  return { id: answer.id, kind: 'scanned', found };
}
