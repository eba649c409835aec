import { createHash } from 'node:crypto';
import type { MatchedSpan } from '../contract.ts';

/** Turns texts into vectors; `id` names the model, so that vectors of another one are not mixed in. */
export interface Embedder {
  readonly id: string;
  embed(texts: readonly string[], signal: AbortSignal): Promise<readonly (readonly number[])[]>;
}

/** Keeps vectors by content; the caller decides where. */
export interface VectorCache {
  get(key: string): readonly number[] | undefined;
  set(key: string, vector: readonly number[]): void;
}

export interface RankedPassage extends MatchedSpan {
  readonly path: string;
  readonly text: string;
  readonly score: number;
}

const KEYWORD_SHARE = 0.5;
const BATCH = 64;

/** Mixes keyword scores with cosine similarity; the same passages, newly scored and sorted (RES-43). */
export async function rankByVectors(
  query: string,
  passages: readonly RankedPassage[],
  embedder: Embedder,
  cache: VectorCache,
  signal: AbortSignal,
): Promise<readonly RankedPassage[]> {
  const vectors = await vectorsOf([query, ...passages.map(one => one.text)], embedder, cache, signal);
  const [asked, ...found] = vectors;
  if (!asked) return passages;
  return passages
    .map((one, i) => ({ ...one, score: mix(one.score, cosine(asked, found[i] ?? [])) }))
    .sort((a, b) => b.score - a.score || (a.path < b.path ? -1 : 1) || a.lineStart - b.lineStart);
}

async function vectorsOf(
  texts: readonly string[],
  embedder: Embedder,
  cache: VectorCache,
  signal: AbortSignal,
): Promise<readonly (readonly number[])[]> {
  const keys = texts.map(text => `${embedder.id}:${createHash('sha256').update(text).digest('hex')}`);
  const missing = [...keys.keys()].filter(i => !cache.get(keys[i] as string));
  for (let from = 0; from < missing.length; from += BATCH) {
    const batch = missing.slice(from, from + BATCH);
    const made = await embedder.embed(
      batch.map(i => texts[i] as string),
      signal,
    );
    batch.forEach((i, at) => {
      const vector = made[at];
      if (vector) cache.set(keys[i] as string, vector);
    });
  }
  return keys.map(key => cache.get(key) ?? []);
}

const mix = (keyword: number, similarity: number): number =>
  Math.round((KEYWORD_SHARE * keyword + (1 - KEYWORD_SHARE) * Math.max(0, similarity)) * 1e4) / 1e4;

function cosine(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length || a.length === 0) return 0;
  let dot = 0;
  let lengthA = 0;
  let lengthB = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i] as number;
    const y = b[i] as number;
    dot += x * y;
    lengthA += x * x;
    lengthB += y * y;
  }
  return lengthA && lengthB ? dot / Math.sqrt(lengthA * lengthB) : 0;
}
