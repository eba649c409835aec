import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  boundTokenizer,
  type GenerateRequest,
  type GenerateResult,
  type Provider,
  ProviderError,
} from '../../src/index.ts';
import { END_TOKEN, FIRST_BYTE_TOKEN, writeRandomModel } from './gguf-writer.ts';
import {
  type Llama,
  type LlamaModelHandle,
  type LlamaModule,
  type LlamaSequence,
  loadLlama,
  type TokenBias,
} from './llama-host.ts';
import { seededRandom } from './seeded-random.ts';
import { createSteering, type Steering, type SteeringOptions } from './turn-steering.ts';

export interface RandomModelOptions {
  readonly seed: number;
  /** GBNF under which everything is sampled. */
  readonly grammar: string;
  readonly steering: Omit<SteeringOptions, 'random'>;
}

/** A tireless nonsense-talker: llama.cpp itself sampling a model of random weights under a grammar. */
export interface RandomModel {
  /** One turn; null if it did not end within the model's window. */
  sample(signal?: AbortSignal): Promise<string | null>;
  /** A short text under another grammar, without steering. */
  sampleUnder(grammar: string, signal?: AbortSignal): Promise<string | null>;
  dispose(): Promise<void>;
}

const CONTEXT = 4096;
const MOST_BYTES = 3500;
const WISH = 40;
const FREE: Steering = { wish: () => null };

/** Rejects where llama.cpp is not to be had: what it proves must not be skipped in silence. */
export async function createRandomModel(options: RandomModelOptions): Promise<RandomModel> {
  const module = await loadLlama();
  const folder = await mkdtemp(join(tmpdir(), 'plurnk-random-model-'));
  const modelPath = join(folder, 'random.gguf');
  await writeFile(modelPath, writeRandomModel(options.seed));
  const llama: Llama = await module.getLlama({ gpu: false, build: 'never', progressLogs: false, logLevel: 'error' });
  const model = await llama.loadModel({ modelPath });
  const context = await model.createContext({ contextSize: CONTEXT, threads: 1, sequences: 1 });
  const sequence = context.getSequence();
  const grammar = await llama.createGrammar({ grammar: options.grammar });
  const random = seededRandom(options.seed);
  const biases = new Map<string | null, TokenBias>();
  const sampler: Sampler = { module, model, sequence, grammar, random, biases };
  return {
    sample: signal => sampleText(sampler, createSteering({ ...options.steering, random }), signal),
    sampleUnder: async (other, signal) =>
      sampleText({ ...sampler, grammar: await llama.createGrammar({ grammar: other }) }, FREE, signal),
    dispose: async () => {
      await llama.dispose();
      await rm(folder, { recursive: true });
    },
  };
}

interface Sampler {
  readonly module: LlamaModule;
  readonly model: LlamaModelHandle;
  readonly sequence: LlamaSequence;
  readonly grammar: unknown;
  readonly random: () => number;
  readonly biases: Map<string | null, TokenBias>;
}

/** The end token takes no bias of its own, so it is wished for by wishing every byte away. */
function biasFor(sampler: Sampler, wish: string | 'end' | null): TokenBias {
  const known = sampler.biases.get(wish);
  if (known !== undefined) {
    return known;
  }
  const bias = new sampler.module.TokenBias(sampler.model.tokenizer);
  if (wish === 'end') {
    for (let byte = 0; byte < 256; byte += 1) {
      bias.set(FIRST_BYTE_TOKEN + byte, { logit: -WISH });
    }
  } else if (wish !== null) {
    bias.set(FIRST_BYTE_TOKEN + wish.charCodeAt(0), { logit: WISH });
  }
  sampler.biases.set(wish, bias);
  return bias;
}

async function sampleText(
  sampler: Sampler,
  steering: Steering,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const { module, model, sequence, grammar, random } = sampler;
  const bytes: number[] = [];
  const tokenBias = (): unknown => {
    const wish = steering.wish(Buffer.from(bytes).toString('latin1'));
    return biasFor(sampler, wish);
  };
  await sequence.clearHistory();
  const tokens = sequence.evaluate([1], {
    temperature: 1,
    seed: Math.floor(random() * 2 ** 31),
    grammarEvaluationState: new module.LlamaGrammarEvaluationState({ model, grammar }),
    tokenBias,
    yieldEogToken: true,
  });
  for await (const token of tokens) {
    if (token === END_TOKEN) {
      return Buffer.from(bytes).toString('utf8');
    }
    bytes.push(token - FIRST_BYTE_TOKEN);
    if (bytes.length >= MOST_BYTES || signal?.aborted === true) {
      return null;
    }
  }
  return Buffer.from(bytes).toString('utf8');
}

/** The random model as a provider, for driving the engine with nonsense. A turn that does not end is sampled again. */
export function asProvider(model: RandomModel, contextSize: number | null = null): Provider {
  return {
    name: 'random',
    model: 'random',
    contextSize,
    outputReserve: null,
    tokenizer: boundTokenizer.info,
    countTokens: boundTokenizer.count,
    costFor: () => ({ pico: 0, priceVersion: 'free' }),
    async generate(request: GenerateRequest): Promise<GenerateResult> {
      const started = performance.now();
      let text: string | null = null;
      while (text === null) {
        if (request.signal.aborted) {
          throw new ProviderError({
            kind: 'cancelled',
            message: 'The request was cancelled.',
            provider: 'random',
            model: 'random',
          });
        }
        text = await model.sample(request.signal);
      }
      request.onDelta?.(text);
      return {
        text,
        usage: {
          promptTokens: null,
          completionTokens: null,
          cachedTokens: null,
          cacheWriteTokens: null,
          reasoningTokens: null,
          raw: null,
        },
        finishReason: 'stop',
        model: 'random',
        meta: { attempts: 1, totalMs: performance.now() - started },
        constrained: true,
      };
    },
  };
}
