import type { Candidate, Matching, MatchManyResult, MatchResult } from './contract.ts';
import { type Embedder, type RankedPassage, rankByVectors, type VectorCache } from './dialects/hybrid-rank.ts';
import { DEFAULT_PASSAGES } from './dialects/semantic-dialect.ts';

/** Passages that are embedded for one request at most: the best by keywords, then the beginnings of other texts. */
const MOST_PASSAGES = 256;

export interface HybridOptions {
  /** null: no endpoint is configured, or vectors are switched off. */
  readonly embedder: () => Embedder | null;
  readonly vectors: VectorCache;
  /** Milliseconds for the vectors of one request; past that the keyword rank stands. */
  readonly deadline: number;
}

/** Semantic matches ranked by keywords, and by vectors where an endpoint is configured; each says by which (RES-43). */
export function withVectors(matching: Matching, options: HybridOptions): Matching {
  return {
    matchPaths: (...request) => matching.matchPaths(...request),
    matchGlob: (...request) => matching.matchGlob(...request),
    dispose: () => matching.dispose(),
    async matchMany(matcher, candidates, signal) {
      const found = await matching.matchMany(matcher, candidates, signal);
      const embedder = matcher.dialect === 'semantic' && found.status === 200 ? options.embedder() : null;
      if (embedder === null) return found;
      const stop = AbortSignal.any([signal, AbortSignal.timeout(options.deadline)]);
      try {
        const passages = await passagesOf(found, candidates);
        const ranked = await rankByVectors(matcher.raw.slice(1).trim(), passages, embedder, options.vectors, stop);
        return inOrder(candidates, ranked, found);
      } catch (error) {
        return withReason(
          found,
          `ranked by keywords; vectors failed: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    },
  };
}

async function passagesOf(found: MatchManyResult, candidates: readonly Candidate[]): Promise<RankedPassage[]> {
  const byPath = new Map(candidates.map(candidate => [candidate.path, candidate]));
  const best = found.results
    .flatMap(({ path, result }) => result.spans.map(span => ({ path, ...span, score: span.score ?? 0 })))
    .sort((a, b) => b.score - a.score)
    .slice(0, MOST_PASSAGES);
  const taken = new Set(best.map(({ path }) => path));
  const others = candidates.filter(({ path }) => !taken.has(path)).slice(0, MOST_PASSAGES - best.length);
  const beginnings = others.map(({ path }) => ({ path, lineStart: 1, lineEnd: DEFAULT_PASSAGES.size, score: 0 }));
  const passages = await Promise.all(
    [...best, ...beginnings].map(async passage => {
      const lines = ((await byPath.get(passage.path)?.text()) ?? '').replace(/\n$/, '').split('\n');
      const lineEnd = Math.min(passage.lineEnd, lines.length);
      return { ...passage, lineEnd, text: lines.slice(passage.lineStart - 1, lineEnd).join('\n') };
    }),
  );
  return passages.filter(({ text }) => text.trim() !== '');
}

/** One best passage per text; what was not embedded keeps its keyword score. */
function inOrder(
  candidates: readonly Candidate[],
  ranked: readonly RankedPassage[],
  found: MatchManyResult,
): MatchManyResult {
  const results = new Map<string, MatchResult>(found.results.map(({ path, result }) => [path, result]));
  for (const { path, lineStart, lineEnd, score } of ranked) {
    if (score > 0)
      results.set(path, {
        status: 200,
        spans: [{ lineStart, lineEnd, score }],
        reason: 'ranked by keywords and vectors',
      });
  }
  return {
    status: 200,
    results: candidates.flatMap(({ path }, at) => {
      const result = results.get(path);
      return result ? [{ path, at, result }] : [];
    }),
  };
}

const withReason = (found: MatchManyResult, reason: string): MatchManyResult => ({
  ...found,
  results: found.results.map(({ path, at, result }) => ({ path, at, result: { ...result, reason } })),
});

/** Vectors of this process; the oldest go first. */
export function createVectorCache(limit = 20_000): VectorCache {
  const kept = new Map<string, readonly number[]>();
  return {
    get: key => kept.get(key),
    set(key, vector) {
      kept.set(key, vector);
      for (const oldest of kept.keys()) {
        if (kept.size <= limit) break;
        kept.delete(oldest);
      }
    },
  };
}
