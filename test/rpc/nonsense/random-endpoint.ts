import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import {
  type ModelServer,
  sendJson,
  startModelServer,
} from '../../../packages/plurnk-providers/test/support/model-server.ts';
import {
  createRandomModel,
  type RandomModel,
  type RandomModelOptions,
} from '../../../packages/plurnk-providers/test/support/random-model.ts';

export interface RandomEndpoint {
  readonly baseUrl: string;
  /** Grammars other than the turn's that were asked for: the provider's trial. */
  readonly trials: readonly string[];
  close(): Promise<void>;
}

export interface RandomEndpointOptions {
  readonly seed: number;
  /** Window that the server tells, in tokens. */
  readonly contextSize: number;
  readonly steering: RandomModelOptions['steering'];
}

/** llama.cpp with a model of random weights, behind the HTTP interface of llama.cpp's server. */
export async function startRandomEndpoint(options: RandomEndpointOptions): Promise<RandomEndpoint> {
  const path = new URL('../../../packages/plurnk-grammar/plurnk.gbnf', import.meta.url);
  const grammar = await readFile(path, 'utf8');
  const model = await createRandomModel({ seed: options.seed, grammar, steering: options.steering });
  const server = await startModelServer();
  const trials: string[] = [];
  // One sequence samples one turn at a time, whatever asks at once.
  let last: Promise<unknown> = Promise.resolve();
  server.answer(({ path: asked, json }, response) => {
    if (asked === '/props') {
      sendJson(response, 200, { default_generation_settings: { n_ctx: options.contextSize } });
      return;
    }
    if (asked !== '/v1/chat/completions') {
      sendJson(response, 404, { error: { message: 'no such path' } });
      return;
    }
    const wanted = String(json.grammar ?? '');
    if (wanted !== grammar) trials.push(wanted);
    last = last.then(() => answer(model, wanted === grammar ? null : wanted, response)).catch(() => response.destroy());
  });
  return { baseUrl: `${server.root}/v1`, trials, close: () => closeBoth(server, model, last) };
}

async function closeBoth(server: ModelServer, model: RandomModel, last: Promise<unknown>): Promise<void> {
  await server.close();
  await last;
  await model.dispose();
}

const envelope = { id: 'nonsense', object: 'chat.completion.chunk', created: 1, model: 'random' };
const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ ...envelope, choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;

async function answer(model: RandomModel, trial: string | null, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  let text: string | null = null;
  while (text === null && !response.destroyed) {
    text = trial === null ? await model.sample(gone.signal) : await model.sampleUnder(trial, gone.signal);
  }
  if (text === null) return;
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (let at = 0; at < text.length; at += 60) response.write(chunk({ content: text.slice(at, at + 60) }));
  response.end(`${chunk({}, 'stop')}data: [DONE]\n\n`);
}
