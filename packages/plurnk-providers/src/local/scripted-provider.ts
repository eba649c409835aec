import { readFile } from 'node:fs/promises';
import type { ModelAlias } from '../alias.ts';
import type { ProviderDeps } from '../deps.ts';
import { boundTokenizer } from '../knowledge/bound-tokenizer.ts';
import type { GenerateRequest, GenerateResult, Provider } from '../provider.ts';
import { ProviderError } from '../provider-error.ts';
import { exchangeLocally, FREE, type LocalEmission } from './local-exchange.ts';

/**
 * Answers from a JSON list: strings, or objects `{text, reasoning?, usage?}`. The n-th call of this instance gets the
 * n-th emission; past the end it fails with a sentence that says so. The file is read at the first call.
 */
export function createScriptedProvider(alias: ModelAlias, deps: ProviderDeps): Provider {
  let script: Promise<readonly LocalEmission[]> | undefined;
  let next = 0;
  return {
    name: 'scripted',
    model: alias.model,
    contextSize: alias.contextSize ?? null,
    outputReserve: null,
    tokenizer: boundTokenizer.info,
    countTokens: boundTokenizer.count,
    costFor: () => FREE,
    async generate(request: GenerateRequest): Promise<GenerateResult> {
      script ??= readScript(alias.model);
      const emissions = await script;
      const emission = emissions[next];
      if (emission === undefined) {
        throw failure(
          alias.model,
          `The script ${alias.model} holds ${emissions.length} emissions and all of them were used.`,
        );
      }
      next += 1;
      return exchangeLocally(emission, request, {
        provider: 'scripted',
        model: alias.model,
        clock: deps.clock,
        tokenizer: boundTokenizer,
        chunkPauseMs: 0,
        maxChunks: 8,
      });
    },
  };
}

async function readScript(path: string): Promise<readonly LocalEmission[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw failure(path, `The script ${path} cannot be read: ${codeOf(error)}.`);
  });
  return parseScript(text, path);
}

function parseScript(text: string, path: string): readonly LocalEmission[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw failure(path, `The script ${path} is not JSON. It must be a JSON list of emissions.`);
  }
  if (!Array.isArray(parsed)) {
    throw failure(path, `The script ${path} must be a JSON list of emissions.`);
  }
  return parsed.map((item: unknown, index) => toEmission(item, index, path));
}

function toEmission(item: unknown, index: number, path: string): LocalEmission {
  if (typeof item === 'string') {
    return { text: item };
  }
  if (typeof item === 'object' && item !== null && 'text' in item && typeof item.text === 'string') {
    return item as LocalEmission;
  }
  throw failure(path, `Emission ${index + 1} of the script ${path} must be a string or an object with a text.`);
}

function failure(model: string, message: string): ProviderError {
  return new ProviderError({ kind: 'not_configured', message, provider: 'scripted', model });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
