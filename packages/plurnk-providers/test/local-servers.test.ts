import assert from 'node:assert/strict';
import {
  createProvider,
  discover,
  type GenerateResult,
  type ModelAlias,
  type ProviderDeps,
  type ProviderNotice,
  testModel,
} from '../src/index.ts';
import { type Handler, type ModelServer, sendEvents, sendJson, startModelServer } from './support/model-server.ts';
import { instantClock } from './support/test-clock.ts';

const NOWHERE = 'http://127.0.0.1:9';
const signal = new AbortController().signal;
const messages = [{ role: 'user', content: 'hello' }] as const;
const GRAMMAR = 'root ::= "<<PLAN::PLAN\\n<<SEND[200]:ok:SEND"';

const say = (text: string): string[] => [
  `data: ${JSON.stringify({ id: 'x', model: 'm', choices: [{ index: 0, delta: { content: text } }] })}\n\n`,
  `data: ${JSON.stringify({ id: 'x', model: 'm', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}\n\n`,
  'data: [DONE]\n\n',
];

/** Answers by path; anything else is 404. */
function routes(table: Readonly<Record<string, unknown>>): Handler {
  return (seen, response) => {
    const body = table[seen.path];
    if (body === undefined) {
      sendJson(response, 404, { error: 'no such path' });
    } else {
      sendJson(response, 200, body);
    }
  };
}

describe('local servers', () => {
  let server: ModelServer;
  before(async () => {
    server = await startModelServer();
  });
  after(() => server.close());

  const everywhere = (): Record<string, string> => ({
    ollama: NOWHERE,
    llamacpp: NOWHERE,
    lmstudio: NOWHERE,
    vllm: NOWHERE,
  });

  for (const [provider, table, expected] of [
    [
      'ollama',
      { '/api/tags': { models: [{ name: 'qwen3:8b' }, { name: 'llama3.2' }] } },
      [
        ['qwen3:8b', null],
        ['llama3.2', null],
      ],
    ],
    [
      'llamacpp',
      { '/props': { default_generation_settings: { n_ctx: 8192 } }, '/v1/models': { data: [{ id: 'gemma.gguf' }] } },
      [['gemma.gguf', 8192]],
    ],
    [
      'lmstudio',
      {
        '/api/v0/models': {
          data: [
            { id: 'qwen', type: 'llm', loaded_context_length: 4096, max_context_length: 32768 },
            { id: 'nomic', type: 'embeddings', max_context_length: 2048 },
          ],
        },
      },
      [['qwen', 4096]],
    ],
    [
      'vllm',
      { '/v1/models': { data: [{ id: 'mistral', owned_by: 'vllm', max_model_len: 32768 }] } },
      [['mistral', 32768]],
    ],
  ] as const) {
    it(`[UI-1] finds the models of ${provider} and the window where it tells`, async () => {
      server.answer(routes(table));
      const found = await discover({ baseUrls: { ...everywhere(), [provider]: `${server.root}/v1` } });
      assert.deepEqual(
        found.map(model => [model.model, model.contextSize]),
        expected,
      );
      assert.ok(found.every(model => model.provider === provider && model.baseUrl === `${server.root}/v1`));
    });
  }

  it('[UI-1] is silent and quick where nobody answers, or where somebody else does', async () => {
    assert.deepEqual(await discover({ baseUrls: everywhere() }), []);
    server.answer(() => undefined);
    const started = performance.now();
    const hanging = Object.fromEntries(Object.keys(everywhere()).map(name => [name, server.root]));
    assert.deepEqual(await discover({ baseUrls: hanging, timeoutMs: 100 }), []);
    assert.ok(performance.now() - started < 1_000);
    server.answer((_seen, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>') as never);
    assert.deepEqual(await discover({ baseUrls: hanging }), []);
  });

  const alias = (more: Partial<ModelAlias>): ModelAlias => ({
    alias: 'l',
    provider: 'llamacpp',
    model: 'm',
    baseUrl: `${server.root}/v1`,
    ...more,
  });

  for (const [provider, model, table, size] of [
    ['llamacpp', 'm', { '/props': { default_generation_settings: { n_ctx: 16384 } } }, 16384],
    ['ollama', 'q', { '/api/ps': { models: [{ model: 'q', context_length: 8192 }] } }, 8192],
    ['ollama', 'q', { '/api/ps': { models: [] }, '/api/show': { parameters: 'stop "x"\nnum_ctx 12288' } }, 12288],
    ['ollama', 'q', { '/api/ps': { models: [] }, '/api/show': { model_info: { 'qwen.context_length': 40960 } } }, null],
    [
      'lmstudio',
      'org/m',
      { '/api/v0/models/org%2Fm': { max_context_length: 32768, loaded_context_length: 4096 } },
      4096,
    ],
    ['vllm', 'm', { '/v1/models': { data: [{ id: 'm', max_model_len: 2048 }] } }, 2048],
    ['vllm', 'm', {}, null],
  ] as const) {
    it(`[ENG-40] the window of ${provider} is ${size}`, async () => {
      server.answer(routes(table));
      assert.equal((await createProvider(alias({ provider, model }))).contextSize, size);
    });
  }

  it('[ENG-40] a configured window wins and nothing is asked; a plain openai endpoint is never probed', async () => {
    server.answer(routes({}));
    assert.equal((await createProvider(alias({ contextSize: 999 }))).contextSize, 999);
    assert.equal((await createProvider(alias({ provider: 'openai' }))).contextSize, null);
    assert.equal(server.seen.length, 0);
  });

  it('[ENG-40] the window of Ollama becomes known once the model is loaded', async () => {
    const asked = Promise.withResolvers<void>();
    let loaded = false;
    server.answer((seen, response) => {
      if (seen.path === '/v1/chat/completions') {
        loaded = true;
        sendEvents(response, say('ok'));
      } else {
        sendJson(response, 200, { models: loaded ? [{ model: 'q', context_length: 4096 }] : [] });
        response.on('close', () => (loaded ? asked.resolve() : undefined));
      }
    });
    const provider = await createProvider(alias({ provider: 'ollama', model: 'q' }));
    assert.equal(provider.contextSize, null);
    await provider.generate({ messages, signal });
    await asked.promise;
    await provider.generate({ messages, signal });
    assert.equal(provider.contextSize, 4096);
  });

  describe('turn grammar', () => {
    const setup = async (handler: Handler, more: Partial<ModelAlias> = {}, deps: Partial<ProviderDeps> = {}) => {
      server.answer(handler);
      const provider = await createProvider(alias({ contextSize: 4096, ...more }), { clock: instantClock(), ...deps });
      const notices: ProviderNotice[] = [];
      const ask = (): Promise<GenerateResult> =>
        provider.generate({ messages, signal, grammar: GRAMMAR, onNotice: notice => notices.push(notice) });
      return { ask, notices };
    };

    it('[#8] is sent to a backend that proved once to obey a trivial one', async () => {
      const { ask, notices } = await setup((seen, response) => {
        const trivial = typeof seen.json.grammar === 'string' && seen.json.grammar.includes('zqx');
        sendEvents(response, say(trivial ? 'zqx7k' : '<<PLAN::PLAN'));
      });
      assert.equal((await ask()).constrained, true);
      assert.equal((await ask()).constrained, true);
      assert.deepEqual(
        server.seen.map(seen => seen.json.grammar === GRAMMAR),
        [false, true, true],
      );
      assert.deepEqual(notices, []);
    });

    it('[#8] is not sent to one that ignores it, and the person is told', async () => {
      const { ask, notices } = await setup((_seen, response) => sendEvents(response, say('Hello! How can I help?')));
      assert.equal((await ask()).constrained, false);
      assert.equal((await ask()).constrained, false);
      assert.deepEqual(
        server.seen.map(seen => typeof seen.json.grammar),
        ['string', 'undefined', 'undefined'],
      );
      assert.deepEqual(
        notices.map(notice => notice.kind),
        ['unconstrained'],
      );
    });

    it('[#8] is dropped when the backend refuses it', async () => {
      const { ask, notices } = await setup((seen, response) => {
        const { grammar } = seen.json;
        if (grammar === GRAMMAR) {
          sendJson(response, 400, { error: { message: 'failed to parse grammar' } });
        } else {
          sendEvents(response, say(grammar === undefined ? 'free' : 'zqx1k'));
        }
      });
      const result = await ask();
      assert.deepEqual([result.text, result.constrained], ['free', false]);
      assert.deepEqual(
        notices.map(notice => notice.kind),
        ['unconstrained'],
      );
      await ask();
      assert.equal(server.seen.length, 4);
    });

    it('[#8] goes to vLLM in its own fields, to openai endpoints only when switched on, and nowhere when off', async () => {
      const obey: Handler = (seen, response) => sendEvents(response, say(seen.text.includes('zqx') ? 'zqx1k' : 'x'));
      await (await setup(obey, { provider: 'vllm' })).ask();
      assert.deepEqual(server.seen[1]?.json.structured_outputs, { grammar: GRAMMAR });
      assert.equal((await (await setup(obey, { provider: 'openai' })).ask()).constrained, false);
      assert.equal(server.seen.length, 1);
      assert.equal((await (await setup(obey, { provider: 'openai' }, { grammarMode: 'on' })).ask()).constrained, true);
      assert.equal((await (await setup(obey, {}, { grammarMode: 'off' })).ask()).constrained, false);
    });
  });

  it('[#8] models.test: one tiny exchange with timing, or the sentence of its failure', async () => {
    server.answer((_seen, response) => sendEvents(response, say('ready')));
    const good = await testModel(alias({ contextSize: 4096 }), {}, signal);
    assert.ok(good.ok && good.text === 'ready' && good.contextSize === 4096 && good.costPico === 0);
    assert.ok(good.ok && good.firstChunkMs !== null && good.totalMs >= good.firstChunkMs);
    server.answer((_seen, response) => sendJson(response, 500, { error: { message: 'broken' } }));
    const bad = await testModel(alias({ contextSize: 4096 }), {}, signal);
    assert.ok(!bad.ok && bad.kind === 'server_error' && /llama\.cpp failed \(500\)/.test(bad.message));
    assert.equal(server.seen.length, 1);
    const none = await testModel(alias({ provider: 'anthropic' }), {}, signal);
    assert.ok(!none.ok && none.kind === 'not_configured');
  });

  it('[RES-72] attributions and client ride along to an endpoint of the person, never to a vendor', async () => {
    server.answer((_seen, response) => sendEvents(response, say('ok')));
    const more = { messages, signal, attributions: ['@a/x', '@b/y'], clientId: 'plurnk-vscode' };
    await (await createProvider(alias({ contextSize: 1 }))).generate(more);
    assert.equal(server.seen[0]?.headers['x-plurnk-attributions'], '@a/x,@b/y');
    assert.equal(server.seen[0]?.headers['x-plurnk-client'], 'plurnk-vscode');
    const toLoopback: typeof globalThis.fetch = (input, init) =>
      fetch(String(input).replace('https://api.openai.com', server.root), init);
    const official: ModelAlias = { alias: 'o', provider: 'openai', model: 'gpt-5', apiKey: 'kkkkkkkkkk' };
    const provider = await createProvider(official, { fetch: toLoopback });
    await provider.generate(more);
    assert.equal(server.seen[1]?.headers['x-plurnk-client'], undefined);
    assert.equal(provider.contextSize, 400_000);
    assert.deepEqual(provider.tokenizer, { name: 'o200k_base', exact: true });
  });

  it('[PKT-1] the stable prefix is marked for the cache of Anthropic, also through OpenRouter', async () => {
    const { DIALECTS } = await import('./support/dialects.ts');
    const packet = [
      { role: 'system', content: 'stable|changing', stablePrefix: 7 },
      { role: 'user', content: 'u' },
    ] as const;
    for (const dialect of DIALECTS.filter(item => ['anthropic', 'openrouter'].includes(item.provider))) {
      server.answer((_seen, response) => sendEvents(response, dialect.events({ text: ['ok'] })));
      const { provider: name, model, base } = dialect;
      const provider = await createProvider({
        alias: 'c',
        provider: name,
        model,
        baseUrl: `${server.root}${base}`,
        apiKey: 'kkkkkkkkkk',
        contextSize: 9,
      });
      await provider.generate({ messages: packet, signal });
      const sent = server.seen[0]?.text ?? '';
      assert.match(sent, /"text":"stable\|","cache_control":\{"type":"ephemeral"\}/, name);
      assert.equal(sent.split('cache_control').length, 2);
      assert.match(sent, /"changing"/);
    }
  });
});
