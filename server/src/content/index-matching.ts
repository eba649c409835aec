import type { Matcher } from '@plurnk/plurnk-grammar';
import type { Candidate, MatchManyResult, MatchResult } from './contract.ts';
import { indexDialect } from './dialects/dialects.ts';
import type { MatchAnswer } from './match-messages.ts';
import { type MatchThread, toItem } from './match-thread.ts';

let lastRequest = 0;

/**
 * A request over indexes: a text always goes to the same thread, which keeps its index; surveys of the threads are
 * merged here and handed back for ranking. null: stopped by the deadline.
 */
export async function matchIndexed(
  threads: readonly MatchThread[],
  matcher: Matcher,
  candidates: readonly Candidate[],
  chunk: number,
  stop: AbortSignal,
): Promise<MatchManyResult | null> {
  const dialect = await indexDialect(matcher.dialect);
  if (dialect === null) throw new Error(`${matcher.dialect} is no dialect over indexes`);
  const compiled = dialect.compile(matcher);
  if (!compiled.ok) return { status: 400, results: [], reason: compiled.reason };
  const request = ++lastRequest;
  const shares = threads.map((thread, i) => ({
    thread,
    own: candidates.filter(candidate => hash(candidate.path) % threads.length === i),
  }));
  const index = async (needles: readonly string[] | null): Promise<boolean> => {
    const done = await Promise.all(
      shares.map(async ({ thread, own }) => {
        for (let from = 0; from < own.length; from += chunk) {
          const items = await Promise.all(own.slice(from, from + chunk).map(one => toItem(one)));
          if (!(await thread.run({ kind: 'index', request, matcher, items, from, needles }, stop))) return false;
        }
        return true;
      }),
    );
    return done.every(Boolean);
  };
  const needles = compiled.run.needles?.(null) ?? null;
  if (!(await index(needles))) return null;
  const surveys = await Promise.all(shares.map(({ thread }) => thread.run({ kind: 'survey', request, matcher }, stop)));
  if (surveys.some(one => one?.kind !== 'survey')) return null;
  const survey: unknown = compiled.run.merge(surveys.map(one => (one as SurveyAnswer).survey));
  const others = compiled.run.needles?.(survey) ?? null;
  if (others?.some(one => !needles?.includes(one)) && !(await index(others))) return null;
  const ranked = await Promise.all(
    shares.map(({ thread }) => thread.run({ kind: 'rank', request, matcher, survey }, stop)),
  );
  const found = new Map<string, MatchResult>();
  for (const [i, answer] of ranked.entries()) {
    if (answer?.kind !== 'texts') return null;
    answer.results.forEach((result, at) => {
      const candidate = shares[i]?.own[at];
      if (candidate && result) found.set(candidate.path, result);
    });
  }
  const results = candidates.flatMap(({ path }, at) => {
    const result = found.get(path);
    return result ? [{ path, at, result }] : [];
  });
  return { status: 200, results };
}

type SurveyAnswer = Extract<MatchAnswer, { kind: 'survey' }>;

export function hash(path: string): number {
  let value = 0;
  for (let i = 0; i < path.length; i++) value = (value * 31 + path.charCodeAt(i)) >>> 0;
  return value;
}
