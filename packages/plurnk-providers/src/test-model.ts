import type { ModelAlias } from './alias.ts';
import { completeDeps } from './complete-deps.ts';
import { createProvider } from './create-provider.ts';
import type { ProviderDeps } from './deps.ts';
import type { GenerateResult, ProviderErrorKind } from './provider.ts';
import { isProviderError } from './provider-error.ts';

/** What one tiny exchange showed (`models.test`). */
export type ModelTest =
  | {
      readonly ok: true;
      readonly model: string;
      /** The answer, shortened. */
      readonly text: string;
      readonly firstChunkMs: number | null;
      readonly totalMs: number;
      readonly contextSize: number | null;
      readonly costPico: number | null;
    }
  | { readonly ok: false; readonly kind: ProviderErrorKind; readonly message: string; readonly totalMs: number };

const QUESTION = 'Answer with the one word: ready';
const MOST_TOKENS = 256;
const MOST_TEXT = 200;

/** One tiny exchange with a model, timed, without retries. Never rejects: a failure is a result with its sentence. */
export async function testModel(
  alias: ModelAlias,
  deps: Partial<ProviderDeps>,
  signal: AbortSignal,
): Promise<ModelTest> {
  const complete = completeDeps({ ...deps, maxAttempts: 1 });
  const started = complete.clock.now();
  const elapsed = (): number => Math.round(complete.clock.now() - started);
  try {
    const provider = await createProvider(alias, complete);
    const result = await provider.generate({
      messages: [{ role: 'user', content: QUESTION }],
      signal,
      maxOutputTokens: MOST_TOKENS,
    });
    return success(result, elapsed(), {
      contextSize: provider.contextSize,
      costPico: provider.costFor(result.usage).pico,
    });
  } catch (error) {
    if (isProviderError(error)) {
      return { ok: false, kind: error.kind, message: error.message, totalMs: elapsed() };
    }
    throw error;
  }
}

function success(
  result: GenerateResult,
  totalMs: number,
  about: { readonly contextSize: number | null; readonly costPico: number | null },
): ModelTest {
  const text = result.text.trim().slice(0, MOST_TEXT);
  const firstChunkMs = result.meta.firstChunkMs === undefined ? null : Math.round(result.meta.firstChunkMs);
  return { ok: true, model: result.model, text, firstChunkMs, totalMs, ...about };
}
