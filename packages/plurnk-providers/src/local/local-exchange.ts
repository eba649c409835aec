import type { Clock } from '../deps.ts';
import type { Tokenizer } from '../knowledge/bound-tokenizer.ts';
import type { Cost, GenerateRequest, GenerateResult, Usage } from '../provider.ts';
import { ProviderError } from '../provider-error.ts';

/** An emission that is made in this process instead of fetched. */
export interface LocalEmission {
  readonly text: string;
  readonly reasoning?: string;
  readonly usage?: Partial<Usage>;
}

export interface LocalExchange {
  readonly provider: string;
  readonly model: string;
  readonly clock: Clock;
  readonly tokenizer: Tokenizer;
  /** Milliseconds between two chunks; 0 sends them without a pause. */
  readonly chunkPauseMs: number;
  /** Most chunks the text is cut into. */
  readonly maxChunks: number;
}

/** What is made in this process costs nothing, and that is known. */
export const FREE: Cost = { pico: 0, priceVersion: 'free' };

/** Streams an emission as a model would, and reports usage counted by the tokenizer. */
export async function exchangeLocally(
  emission: LocalEmission,
  request: GenerateRequest,
  exchange: LocalExchange,
): Promise<GenerateResult> {
  const started = exchange.clock.now();
  throwIfCancelled(request.signal, exchange);
  if (emission.reasoning !== undefined) {
    request.onReasoning?.(emission.reasoning);
  }
  for (const chunk of chunksOf(emission.text, exchange.maxChunks)) {
    await pause(exchange, request.signal);
    request.onDelta?.(chunk);
  }
  return {
    text: emission.text,
    ...(emission.reasoning === undefined ? {} : { reasoning: emission.reasoning }),
    usage: { ...countedUsage(emission.text, request, exchange.tokenizer), ...emission.usage },
    finishReason: 'stop',
    model: exchange.model,
    meta: { attempts: 1, totalMs: exchange.clock.now() - started },
    constrained: false,
  };
}

async function pause(exchange: LocalExchange, signal: AbortSignal): Promise<void> {
  if (exchange.chunkPauseMs > 0) {
    await exchange.clock.sleep(exchange.chunkPauseMs, signal).catch(() => undefined);
  }
  throwIfCancelled(signal, exchange);
}

export function throwIfCancelled(
  signal: AbortSignal,
  who: { readonly provider: string; readonly model: string },
): void {
  if (signal.aborted) {
    throw new ProviderError({
      kind: 'cancelled',
      message: 'The request was cancelled.',
      provider: who.provider,
      model: who.model,
    });
  }
}

function chunksOf(text: string, maxChunks: number): string[] {
  const characters = [...text];
  const size = Math.max(1, Math.ceil(characters.length / maxChunks));
  const chunks: string[] = [];
  for (let start = 0; start < characters.length; start += size) {
    chunks.push(characters.slice(start, start + size).join(''));
  }
  return chunks;
}

function countedUsage(text: string, request: GenerateRequest, tokenizer: Tokenizer): Usage {
  const prompt = request.messages.reduce((sum, message) => sum + tokenizer.count(message.content), 0);
  const completion = tokenizer.count(text);
  return {
    promptTokens: prompt,
    completionTokens: completion,
    cachedTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    raw: { counted: tokenizer.info.name, prompt, completion },
  };
}
