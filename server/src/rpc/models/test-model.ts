import { isProviderError } from '@plurnk/plurnk-providers';
import { failure } from '../failure.ts';
import type { Handler } from '../services.ts';

const QUESTION = 'Answer with the one word: ready';
const MAX_OUTPUT_TOKENS = 64;

/** One tiny exchange; what the provider says is a result, an unknown alias is an error. */
export const testModel: Handler<'models.test'> = async ({ alias }, { models, clock }, signal) => {
  const problem = models.problemWith(alias);
  if (problem !== null) throw failure('providerUnavailable', problem, { field: 'alias' });
  const started = clock.elapsed();
  const ms = (): number => Math.round(clock.elapsed() - started);
  try {
    const provider = await models.get(alias);
    const messages = [
      { role: 'system' as const, content: 'You are being tested for a sign of life.' },
      { role: 'user' as const, content: QUESTION },
    ];
    const answer = await provider?.generate({ messages, signal, maxOutputTokens: MAX_OUTPUT_TOKENS });
    return { ok: true, ms: ms(), model: answer?.model ?? null, text: answer?.text ?? null, error: null };
  } catch (error) {
    const message = isProviderError(error) || error instanceof Error ? error.message : 'The provider failed.';
    return { ok: false, ms: ms(), model: null, text: null, error: message };
  }
};
