import type { MatchedSpan, MatchResult } from '../contract.ts';
import type { IndexDialect, Indexed } from './dialect.ts';
import { NOTHING } from './dialect.ts';
import {
  countIn,
  indexPassages,
  type Passage,
  type PassageIndex,
  type PassageSettings,
  wordNumber,
} from './passage-index.ts';
import { wordsOf } from './words.ts';

export const DEFAULT_PASSAGES: PassageSettings = { size: 40, overlap: 10 };

const SATURATION = 1.2;
const LENGTH_WEIGHT = 0.75;

/** Keyword rank (BM25) over overlapping passages; one best passage per text, score 0…1 (RES-43). */
export const semanticDialect: IndexDialect<PassageIndex, PassageSurvey> = {
  kind: 'index',
  index: text => indexPassages(text, DEFAULT_PASSAGES),
  compile(matcher) {
    const query = [...new Set(wordsOf(matcher.raw.replace(/^~/, '')))].map(wordNumber);
    if (query.length === 0) return { ok: false, reason: 'a semantic matcher needs at least one word after ~' };
    return {
      ok: true,
      run: { survey: indexed => survey(query, indexed), merge, rank: (indexed, all) => rank(query, indexed, all) },
    };
  },
};

/** What BM25 must know of all passages. `holding[i]` = passages that hold word i of the query. */
export interface PassageSurvey {
  readonly passages: number;
  readonly length: number;
  readonly holding: readonly number[];
}

function survey(query: readonly number[], indexed: readonly Indexed<PassageIndex>[]): PassageSurvey {
  const holding = query.map(() => 0);
  let [passages, length] = [0, 0];
  for (const { index } of indexed) {
    for (const one of index.passages) {
      passages++;
      length += one.length;
      for (const [i, word] of query.entries()) if (countIn(index, one, word) > 0) holding[i] = (holding[i] ?? 0) + 1;
    }
  }
  return { passages, length, holding };
}

const merge = (surveys: readonly PassageSurvey[]): PassageSurvey => ({
  passages: surveys.reduce((sum, one) => sum + one.passages, 0),
  length: surveys.reduce((sum, one) => sum + one.length, 0),
  holding: (surveys[0]?.holding ?? []).map((_, i) => surveys.reduce((sum, one) => sum + (one.holding[i] ?? 0), 0)),
});

interface Weighing {
  readonly query: readonly number[];
  readonly weights: readonly number[];
  /** Words of an average passage. */
  readonly average: number;
}

function rank(
  query: readonly number[],
  indexed: readonly Indexed<PassageIndex>[],
  all: PassageSurvey,
): readonly MatchResult[] {
  const average = all.length / Math.max(1, all.passages) || 1;
  const weights = all.holding.map(holding => rarity(holding, all.passages));
  const best = weights.reduce((sum, weight) => sum + weight * (SATURATION + 1), 0);
  return indexed.map(({ index }) => {
    let top: MatchedSpan | null = null;
    for (const one of index.passages) {
      const score = scoreOf(index, one, { query, weights, average }) / best;
      if (score > (top?.score ?? 0)) top = { lineStart: one.lineStart, lineEnd: one.lineEnd, score: round(score) };
    }
    return top ? { status: 200, spans: [top], reason: 'ranked by keywords' } : NOTHING;
  });
}

const rarity = (holding: number, all: number): number => Math.log(1 + (all - holding + 0.5) / (holding + 0.5));
const round = (score: number): number => Math.round(score * 1e4) / 1e4;

function scoreOf(index: PassageIndex, one: Passage, { query, weights, average }: Weighing): number {
  const norm = SATURATION * (1 - LENGTH_WEIGHT + (LENGTH_WEIGHT * one.length) / average);
  return query.reduce((sum, word, i) => {
    const count = countIn(index, one, word);
    return sum + ((weights[i] ?? 0) * count * (SATURATION + 1)) / (count + norm);
  }, 0);
}
