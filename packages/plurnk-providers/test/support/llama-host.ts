import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

/** The part of node-llama-cpp that the tests use. */
export interface LlamaModule {
  getLlama(options: object): Promise<Llama>;
  LlamaGrammarEvaluationState: new (options: { model: LlamaModelHandle; grammar: unknown }) => unknown;
  TokenBias: new (tokenizer: unknown) => TokenBias;
}

export interface TokenBias {
  set(token: number, bias: { logit: number }): TokenBias;
}

export interface Llama {
  loadModel(options: object): Promise<LlamaModelHandle>;
  createGrammar(options: { grammar: string }): Promise<unknown>;
  dispose(): Promise<void>;
}

export interface LlamaModelHandle {
  readonly tokenizer: unknown;
  createContext(options: object): Promise<{ getSequence(): LlamaSequence }>;
}

export interface LlamaSequence {
  clearHistory(): Promise<void>;
  evaluate(tokens: readonly number[], options: object): AsyncGenerator<number, void, void>;
}

const VERSION = '3.22.1';
const FOLDER = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..', '.cache', 'llama');

/**
 * node-llama-cpp with the prebuilt llama.cpp of this platform, and without the hundreds of megabytes of its CUDA and
 * Vulkan builds: npm cannot leave those out of a lock file, so the tests install it into `.cache/llama` on first use.
 * Rejects where that is not possible (no package registry, no prebuilt binary).
 */
export async function loadLlama(): Promise<LlamaModule> {
  const entry = join(FOLDER, 'node_modules', 'node-llama-cpp', 'dist', 'index.js');
  if (!existsSync(entry)) {
    await install();
  }
  return (await import(pathToFileURL(entry).href)) as LlamaModule;
}

async function install(): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  const platform = { linux: 'linux', darwin: 'mac', win32: 'win' }[process.platform as string] ?? process.platform;
  const binary = `@node-llama-cpp/${platform}-${process.platform === 'darwin' && process.arch === 'arm64' ? 'arm64-metal' : process.arch}`;
  const flags = ['--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund', '--no-save'];
  await promisify(execFile)(
    'npm',
    ['install', '--prefix', FOLDER, ...flags, `node-llama-cpp@${VERSION}`, `${binary}@${VERSION}`],
    {
      shell: process.platform === 'win32',
    },
  );
}
