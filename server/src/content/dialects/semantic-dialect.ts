import type { MatchedSpan, MatchResult } from '../contract.ts';
import type { DialectText, IndexDialect, Indexed } from './dialect.ts';
import { NOTHING } from './dialect.ts';
import { wordsOf } from './words.ts';

export interface PassageSettings {
  /** Lines of a passage. */
  readonly size: number;
  /** Lines that two neighbours share. */
  readonly overlap: number;
}

export const DEFAULT_PASSAGES: PassageSettings = { size: 40, overlap: 10 };

export interface Passage {
  readonly lineStart: number;
  readonly lineEnd: number;
  readonly length: number;
  readonly counts: Readonly<Record<string, number>>;
}

export interface PassageIndex {
  readonly passages: readonly Passage[];
}

const SATURATION = 1.2;
const LENGTH_WEIGHT = 0.75;
const PATH_WEIGHT = 2;

/** Keyword rank (BM25) over overlapping passages; one best passage per text, score 0…1 (RES-43). */
export const semanticDialect: IndexDialect<PassageIndex, PassageSurvey> = {
  kind: 'index',
  index: text => indexPassages(text, DEFAULT_PASSAGES),
  compile(matcher) {
    const query = [...new Set(wordsOf(matcher.raw.replace(/^~/, '')))];
    if (query.length === 0) return { ok: false, reason: 'a semantic matcher needs at least one word after ~' };
    return {
      ok: true,
      run: { survey: indexed => survey(query, indexed), merge, rank: (indexed, all) => rank(query, indexed, all) },
    };
  },
};

/** The words of the path count in every passage: people name files after what is in them. */
export function indexPassages(
  { path, text }: Pick<DialectText, 'path' | 'text'>,
  settings: PassageSettings,
): PassageIndex {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const words = lines.map(wordsOf);
  const name = wordsOf(path);
  const step = Math.max(1, settings.size - settings.overlap);
  const passages: Passage[] = [];
  for (let from = 0; from < Math.max(1, lines.length); from += step) {
    const to = Math.min(lines.length, from + settings.size);
    passages.push(passage(words.slice(from, to), name, from + 1, Math.max(to, from + 1)));
    if (to >= lines.length) break;
  }
  return { passages };
}

function passage(
  lines: readonly (readonly string[])[],
  name: readonly string[],
  lineStart: number,
  lineEnd: number,
): Passage {
  const counts: Record<string, number> = Object.create(null);
  let length = 0;
  for (const word of lines.flat()) {
    counts[word] = (counts[word] ?? 0) + 1;
    length++;
  }
  for (const word of name) counts[word] = (counts[word] ?? 0) + PATH_WEIGHT;
  return { lineStart, lineEnd, length, counts };
}

/** What BM25 must know of all passages. `holding[i]` = passages that hold word i of the query. */
export interface PassageSurvey {
  readonly passages: number;
  readonly length: number;
  readonly holding: readonly number[];
}

function survey(query: readonly string[], indexed: readonly Indexed<PassageIndex>[]): PassageSurvey {
  const passages = indexed.flatMap(text => text.index.passages);
  return {
    passages: passages.length,
    length: passages.reduce((sum, one) => sum + one.length, 0),
    holding: query.map(word => passages.filter(one => one.counts[word]).length),
  };
}

const merge = (surveys: readonly PassageSurvey[]): PassageSurvey => ({
  passages: surveys.reduce((sum, one) => sum + one.passages, 0),
  length: surveys.reduce((sum, one) => sum + one.length, 0),
  holding: (surveys[0]?.holding ?? []).map((_, i) => surveys.reduce((sum, one) => sum + (one.holding[i] ?? 0), 0)),
});

function rank(
  query: readonly string[],
  indexed: readonly Indexed<PassageIndex>[],
  all: PassageSurvey,
): readonly MatchResult[] {
  const average = all.length / Math.max(1, all.passages) || 1;
  const weights = all.holding.map(holding => rarity(holding, all.passages));
  const best = weights.reduce((sum, weight) => sum + weight * (SATURATION + 1), 0);
  return indexed.map(text => {
    let top: MatchedSpan | null = null;
    for (const one of text.index.passages) {
      const score = scoreOf(one, query, weights, average) / best;
      if (score > (top?.score ?? 0)) top = { lineStart: one.lineStart, lineEnd: one.lineEnd, score: round(score) };
    }
    return top ? { status: 200, spans: [top], reason: 'ranked by keywords' } : NOTHING;
  });
}

const rarity = (holding: number, all: number): number => Math.log(1 + (all - holding + 0.5) / (holding + 0.5));
const round = (score: number): number => Math.round(score * 1e4) / 1e4;

function scoreOf(one: Passage, query: readonly string[], weights: readonly number[], average: number): number {
  const norm = SATURATION * (1 - LENGTH_WEIGHT + (LENGTH_WEIGHT * one.length) / average);
  return query.reduce((sum, word, i) => {
    const count = one.counts[word] ?? 0;
    return sum + ((weights[i] as number) * count * (SATURATION + 1)) / (count + norm);
  }, 0);
}
