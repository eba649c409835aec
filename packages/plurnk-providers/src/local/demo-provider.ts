import type { ModelAlias } from '../alias.ts';
import { demoEmission } from '../demo/demo-moves.ts';
import type { ProviderDeps } from '../deps.ts';
import type { Tokenizer } from '../knowledge/bound-tokenizer.ts';
import type { GenerateRequest, Provider } from '../provider.ts';
import { exchangeLocally, FREE } from './local-exchange.ts';

const DEMO_CONTEXT = 32_768;
const CHUNK_PAUSE_MS = 12;
const MOST_CHUNKS = 24;
/** A script has no vocabulary: four characters are one token of the demonstration, by definition. */
const DEMO_TOKENIZER: Tokenizer = {
  info: { name: 'demo-characters', exact: true },
  count: text => Math.ceil(text.length / 4),
};

/** The built-in demonstration (UI-1): scripted logic, offline, free, the same answer for the same packet. */
export function createDemoProvider(alias: ModelAlias, deps: ProviderDeps): Provider {
  const model = alias.model === '' ? 'demo' : alias.model;
  return {
    name: 'demo',
    model,
    contextSize: alias.contextSize ?? DEMO_CONTEXT,
    outputReserve: 1024,
    tokenizer: DEMO_TOKENIZER.info,
    countTokens: DEMO_TOKENIZER.count,
    costFor: () => FREE,
    generate(request: GenerateRequest) {
      const text = demoEmission(contentOf(request, 'system'), contentOf(request, 'user'));
      return exchangeLocally({ text }, request, {
        provider: 'demo',
        model,
        clock: deps.clock,
        tokenizer: DEMO_TOKENIZER,
        chunkPauseMs: CHUNK_PAUSE_MS,
        maxChunks: MOST_CHUNKS,
      });
    },
  };
}

function contentOf(request: GenerateRequest, role: 'system' | 'user'): string {
  return request.messages
    .filter(message => message.role === role)
    .map(message => message.content)
    .join('\n');
}
