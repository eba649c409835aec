import type {
  LanguageModelV3Content,
  LanguageModelV3FinishReason,
  LanguageModelV3StreamPart,
  LanguageModelV3Usage,
} from '@ai-sdk/provider';
import type { FinishReason, GenerateRequest, Usage } from '../provider.ts';
import { TransportFailure } from '../transport/transport-failure.ts';

/** What one attempt has brought so far. */
export interface Collected {
  text: string;
  reasoning: string;
  usage: Usage | null;
  finishReason: LanguageModelV3FinishReason | null;
  model: string | null;
  responseId: string | null;
  warnings: string[];
  vendor: unknown;
}

export function emptyCollection(): Collected {
  return {
    text: '',
    reasoning: '',
    usage: null,
    finishReason: null,
    model: null,
    responseId: null,
    warnings: [],
    vendor: null,
  };
}

/** Takes one part of a stream in, handing text on as it comes. Throws what the vendor reports as an error. */
export function takePart(into: Collected, part: LanguageModelV3StreamPart, request: GenerateRequest): void {
  switch (part.type) {
    case 'text-delta':
      into.text += part.delta;
      request.onDelta?.(part.delta);
      return;
    case 'reasoning-delta':
      into.reasoning += part.delta;
      request.onReasoning?.(part.delta);
      return;
    case 'stream-start':
      into.warnings = part.warnings.map(warning => JSON.stringify(warning));
      return;
    case 'response-metadata':
      into.model = part.modelId ?? into.model;
      into.responseId = part.id ?? into.responseId;
      return;
    case 'finish':
      into.finishReason = part.finishReason;
      into.usage = toUsage(part.usage);
      into.vendor = part.providerMetadata ?? null;
      return;
    case 'error':
      if (saysUnfinished(part.error)) {
        return;
      }
      throw part.error;
    default:
      return;
  }
}

/** Judged by `assertFinished`, which knows whether the endpoint said that it was done. */
function saysUnfinished(error: unknown): boolean {
  return error instanceof Error && /ended without a finish reason/.test(error.message);
}

/** Takes a whole answer in, as if it had been streamed in one chunk per kind. */
export function takeContent(
  into: Collected,
  content: readonly LanguageModelV3Content[],
  request: GenerateRequest,
): void {
  for (const part of content) {
    if (part.type === 'text' || part.type === 'reasoning') {
      takePart(
        into,
        { type: part.type === 'text' ? 'text-delta' : 'reasoning-delta', id: '0', delta: part.text },
        request,
      );
    }
  }
}

/** An answer without an end is a cut one, unless the endpoint said `[DONE]`. */
export function assertFinished(collected: Collected, sawDone: boolean): void {
  const reason = collected.finishReason;
  const unfinished = reason === null || (reason.raw === undefined && reason.unified !== 'stop');
  if (unfinished && !(sawDone && collected.text !== '')) {
    throw new TransportFailure({ kind: 'cut' });
  }
}

export function toFinishReason(reason: LanguageModelV3FinishReason | null): FinishReason {
  switch (reason?.unified) {
    case 'stop':
    case 'length':
      return reason.unified;
    case 'content-filter':
      return 'content_filter';
    default:
      return 'other';
  }
}

export function toUsage(usage: LanguageModelV3Usage): Usage {
  return {
    promptTokens: usage.inputTokens.total ?? null,
    completionTokens: usage.outputTokens.total ?? null,
    cachedTokens: usage.inputTokens.cacheRead ?? null,
    cacheWriteTokens: usage.inputTokens.cacheWrite ?? null,
    reasoningTokens: usage.outputTokens.reasoning ?? null,
    raw: usage.raw ?? null,
  };
}
