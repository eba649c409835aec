import { z } from 'zod';
import type { Embedder } from './dialects/hybrid-rank.ts';

const Answer = z.object({ data: z.array(z.object({ index: z.number().int(), embedding: z.array(z.number()) })) });

export interface EmbeddingEndpoint {
  /** OpenAI-compatible base URL, without `/embeddings`. */
  readonly baseUrl: string;
  readonly model: string;
  readonly apiKey: string | null;
  readonly timeoutMs: number;
}

/** An OpenAI-compatible `/embeddings` endpoint (RES-43). Rejects with a sentence that never holds the key. */
export function createEmbedder(endpoint: EmbeddingEndpoint, fetcher: typeof fetch = fetch): Embedder {
  return {
    id: `${endpoint.baseUrl}#${endpoint.model}`,
    async embed(texts, signal) {
      const response = await fetcher(`${endpoint.baseUrl.replace(/\/$/, '')}/embeddings`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(endpoint.apiKey ? { authorization: `Bearer ${endpoint.apiKey}` } : {}),
        },
        body: JSON.stringify({ model: endpoint.model, input: texts }),
        signal: AbortSignal.any([signal, AbortSignal.timeout(endpoint.timeoutMs)]),
      });
      if (!response.ok) throw new Error(`the embedding endpoint answered ${response.status}`);
      const { data } = Answer.parse(await response.json());
      return [...data].sort((a, b) => a.index - b.index).map(one => one.embedding);
    },
  };
}
