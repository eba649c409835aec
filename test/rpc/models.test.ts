import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startProxyServer } from '../../packages/plurnk-providers/test/support/proxy-server.ts';
import type { EditorClient } from './support/editor-client.ts';
import {
  documentOf,
  eventsOf,
  lastTurn,
  type ModelServer,
  sendEvents,
  sendJson,
  startModelServer,
} from './support/model-endpoint.ts';
import { DaemonProcess, Place, startLanguageServer } from './support/server-process.ts';
import type { SocketClient } from './support/socket-client.ts';
import type { TestClient } from './support/test-client.ts';

const GRAMMAR = readFileSync(join(import.meta.dirname, '../../packages/plurnk-grammar/plurnk.gbnf'), 'utf8');

async function loop(client: TestClient, alias: string, prompt = 'Say something') {
  const started = await client.call('loop.run', { prompt, alias });
  assert.ok('loopId' in started);
  return await client.until('loop/terminated', ({ loopId }) => loopId === started.loopId);
}

describe('a model server and its grammar', () => {
  const place = new Place();
  let server: ModelServer;
  let daemon: DaemonProcess;
  let client: SocketClient;
  before(async function () {
    this.timeout(60_000);
    server = await startModelServer();
    const env = {
      PLURNK_MODEL: 'obeys',
      PLURNK_MODEL_OBEYS: 'llamacpp/obeys',
      PLURNK_MODEL_IGNORES: 'llamacpp/ignores',
      PLURNK_MODEL_REFUSES: 'llamacpp/refuses',
      PLURNK_MODEL_KEYLESS: 'anthropic/claude-sonnet-4-5',
      PLURNK_MODEL_DOWN: 'ollama/qwen',
      PLURNK_BASE_URL_DOWN: 'http://127.0.0.1:9/v1',
      PLURNK_BASE_URL_OBEYS: `${server.root}/v1`,
      PLURNK_BASE_URL_IGNORES: `${server.root}/v1`,
      PLURNK_BASE_URL_REFUSES: `${server.root}/v1`,
    };
    daemon = await DaemonProcess.start(place, { env });
    client = await daemon.connect();
    server.answer(({ path, json }, response) => {
      if (path === '/v1/models') return sendJson(response, 200, { data: [{ id: 'obeys' }] });
      if (path === '/props') return sendJson(response, 200, { default_generation_settings: { n_ctx: 32_768 } });
      const grammar = typeof json.grammar === 'string' ? json.grammar : null;
      const isTrial = grammar !== null && grammar !== GRAMMAR;
      if (json.model === 'refuses' && grammar === GRAMMAR)
        return sendJson(response, 400, { error: { message: 'failed to parse grammar' } });
      return sendEvents(response, eventsOf(isTrial && json.model !== 'ignores' ? 'zqx4k' : lastTurn('ready')));
    });
    await client.call('session.create', {});
  });
  after(async () => {
    await daemon.stop();
    await server.close();
    place.remove();
  });

  const constrained = async (turnId: number | undefined): Promise<unknown> =>
    (await client.call('packet.read', { turnId: turnId ?? 0 })).turn?.meta.constrained;
  const told = (): unknown[] =>
    client.payloads('telemetry/event').flatMap(({ event }) => (event.kind === 'unconstrained' ? [event.message] : []));

  it('[#8] [LNG-20] one that obeys gets the turn grammar after one trial, and the turn says so', async () => {
    for (const _ of [1, 2]) {
      const end = await loop(client, 'obeys');
      assert.equal(end.finalStatus, 200, end.reason);
      assert.equal(await constrained(end.turnIds[0]), true);
    }
    const grammars = server.seen.filter(({ json }) => json.model === 'obeys').map(({ json }) => json.grammar);
    assert.equal(grammars.length, 3);
    assert.deepEqual(grammars.slice(1), [GRAMMAR, GRAMMAR]);
    assert.deepEqual(told(), []);
  });

  for (const [alias, requests] of [
    ['ignores', 3],
    // The refused turn is asked for again without the grammar.
    ['refuses', 4],
  ] as const) {
    it(`[#8] one that ${alias} it works as well: the turn is unconstrained, and the person is told once`, async () => {
      const before = told().length;
      for (const _ of [1, 2]) {
        const end = await loop(client, alias);
        assert.equal(end.finalStatus, 200, end.reason);
        assert.equal(await constrained(end.turnIds[0]), false);
      }
      const asked = server.seen.filter(({ json }) => json.model === alias);
      assert.equal(asked.length, requests);
      assert.equal(asked.at(-1)?.json.grammar, undefined);
      assert.equal(told().length, before + 1);
      assert.match(String(told().at(-1)), /grammar/);
    });
  }

  it('[UI-55] Doctor says of every model whether it can be had, without asking it anything', async () => {
    const asked = () => server.seen.filter(({ path }) => path.endsWith('/chat/completions')).length;
    const before = asked();
    const { checks } = await client.call('doctor', {});
    const of = (name: string) =>
      checks.filter(check => check.name === name).map(({ level, message }) => [level, message]);
    assert.deepEqual(of('models'), [['ok', 'The model in use is obeys.']]);
    assert.deepEqual(of('model obeys'), [['ok', 'llamacpp/obeys, window of 32768 tokens']]);
    assert.match(String(of('model keyless')), /^error,anthropic\/claude-sonnet-4-5: .*needs a key/);
    assert.match(String(of('model down')), /^warn,ollama\/qwen: Ollama does not answer at 127\.0\.0\.1:9\./);
    assert.equal(asked(), before);
  });
});

describe('a model of the editor’s settings', () => {
  const place = new Place();
  let server: ModelServer;
  let editor: EditorClient;
  before(async function () {
    this.timeout(60_000);
    server = await startModelServer();
    editor = await startLanguageServer(place);
    await editor.call('session.create', {});
  });
  after(async () => {
    await editor.close();
    await server.close();
    place.remove();
  });

  it('[PKT-22] [PKT-21] is paid at the person’s own price, and asked without streaming where they say so', async () => {
    const usage = {
      prompt_tokens: 1000,
      completion_tokens: 10,
      total_tokens: 1010,
      prompt_tokens_details: { cached_tokens: 400 },
    };
    server.answer(({ json }, response) =>
      json.stream === true
        ? sendEvents(response, eventsOf(lastTurn('streamed'), usage))
        : sendJson(response, 200, documentOf(lastTurn('at once'), usage)),
    );
    const model = { provider: 'openai', model: 'mock-1', baseUrl: `${server.root}/v1` };
    const price = { input: 2, output: 10, cachedInput: 0.5 };
    await editor.connection.sendNotification('plurnk/editor.changed', {
      settings: {
        models: [
          { ...model, alias: 'mine', price, streaming: false },
          { ...model, alias: 'plain' },
          { ...model, alias: 'wrong', price: { input: -1, output: 2 } },
        ],
      },
    });
    const mine = await loop(editor, 'mine');
    assert.equal(mine.finalStatus, 200, mine.reason);
    assert.notEqual(server.seen.at(-1)?.json.stream, true);
    // 600 × $2 + 400 × $0.5 + 10 × $10 per million, in 10⁻¹² dollars.
    assert.equal(mine.usage.costPico, 1_500_000_000);
    const plain = await loop(editor, 'plain');
    assert.equal(plain.usage.costPico, null);
    assert.equal(server.seen.at(-1)?.json.stream, true);
    const { aliases } = await editor.call('providers.list', {});
    assert.deepEqual(
      aliases.map(({ alias }) => alias),
      ['mine', 'plain'],
    );
    const { checks } = await editor.call('doctor', {});
    const problem = checks.find(({ message }) => message.includes('plurnk.models'));
    assert.match(problem?.message ?? '', /Item 3 .*price\.input/);
  });

  it('[#8] is reached through the proxy that the editor names, and directly again when it names none', async () => {
    server.answer((_request, response) => sendEvents(response, eventsOf(lastTurn('by way of the proxy'))));
    const proxy = await startProxyServer({ port: () => Number(new URL(server.root).port) });
    const refusing = await startProxyServer({ port: () => 0, refuse: 407 });
    try {
      const far = { alias: 'far', provider: 'openai', model: 'm', baseUrl: 'http://models.example:8000/v1' };
      const near = { alias: 'near', provider: 'openai', model: 'm', baseUrl: `${server.root}/v1` };
      await editor.connection.sendNotification('plurnk/editor.changed', {
        settings: { models: [far, near] },
        proxy: proxy.url.replace('//', '//me:secret-of-the-proxy@'),
      });
      const end = await loop(editor, 'far');
      assert.equal(end.finalStatus, 200, end.reason);
      assert.deepEqual(proxy.asked, ['POST http://models.example:8000/v1/chat/completions']);
      assert.equal(proxy.credentials(), `Basic ${Buffer.from('me:secret-of-the-proxy').toString('base64')}`);
      // This machine itself is never asked through a proxy.
      assert.equal((await loop(editor, 'near')).finalStatus, 200);
      assert.equal(proxy.asked.length, 1);

      await editor.connection.sendNotification('plurnk/editor.changed', { proxy: refusing.url });
      const refused = await editor.call('models.test', { alias: 'far' });
      assert.equal(refused.ok, false);
      assert.match(refused.error ?? '', /proxy/i);

      await editor.connection.sendNotification('plurnk/editor.changed', { proxy: '' });
      const asked = refusing.asked.length;
      const direct = await editor.call('models.test', { alias: 'near' });
      assert.deepEqual([direct.ok, refusing.asked.length, proxy.asked.length], [true, asked, 1]);
    } finally {
      await proxy.close();
      await refusing.close();
    }
  });

  it('[UI-15] a test that fails says in a sentence what is wrong, and never the key', async () => {
    const key = 'sk-canary-0123456789abcdef';
    const item = (alias: string) => ({ alias, provider: 'openai', model: alias, baseUrl: `${server.root}/v1` });
    server.answer(({ json }, response) => {
      const status = { unauthorized: 401, unknown: 404, broken: 400 }[String(json.model)] ?? 200;
      if (json.model === 'page')
        return void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Hi</h1>');
      sendJson(response, status, { error: { message: `refused ${key}` } });
    });
    const models = ['unauthorized', 'unknown', 'broken', 'page'].map(alias => item(alias));
    await editor.connection.sendNotification('plurnk/editor.changed', {
      settings: { models },
      secrets: { unauthorized: key, unknown: key, broken: key, page: key },
    });
    for (const [alias, sentence] of [
      ['unauthorized', /key/i],
      ['unknown', /unknown|not (there|found|known)|no model/i],
      ['broken', /refused/],
      ['page', /text\/html|not .*stream|answer/i],
    ] as const) {
      const { ok, error, text, ms } = await editor.call('models.test', { alias });
      assert.deepEqual([ok, text], [false, null], alias);
      assert.match(error ?? '', sentence, alias);
      assert.match(error ?? '', /^[A-Z].*[.!]$/s, `${alias} is a sentence`);
      assert.ok(!(error ?? '').includes(key) && !/\bat .*\.ts:|undefined|\[object/.test(error ?? ''), error ?? '');
      assert.ok(ms >= 0);
    }
    const unknown = await editor.refused('models.test', { alias: 'no-such' });
    assert.equal(unknown.code, -32004);
    assert.match(unknown.message, /There is no model "no-such"\. Known are: .*unauthorized.*demo/);
    const nowhere = await editor.refused('models.discover', { provider: 'no-such' });
    assert.equal(nowhere.code, -32602);
    assert.match(nowhere.message, /^provider: .*known are .*ollama/);
  });

  it('[#8] obeys the settings about grammar and silence', async () => {
    server.answer(({ json }, response) => {
      if (json.model === 'silent') return;
      sendEvents(response, eventsOf(json.grammar === undefined || json.grammar === GRAMMAR ? lastTurn('x') : 'zqx1k'));
    });
    const item = (alias: string) => ({ alias, provider: 'openai', model: alias, baseUrl: `${server.root}/v1` });
    const settings = (more: object) =>
      editor.connection.sendNotification('plurnk/editor.changed', {
        settings: { models: [item('any'), item('silent')], ...more },
      });
    await settings({ providersGbnf: true });
    await loop(editor, 'any');
    assert.equal(server.seen.at(-1)?.json.grammar, GRAMMAR);
    await settings({ providersGbnf: false, providersFetchTimeout: 50 });
    await loop(editor, 'any');
    assert.equal(server.seen.at(-1)?.json.grammar, undefined);
    const { ok, error } = await editor.call('models.test', { alias: 'silent' });
    assert.equal(ok, false);
    assert.match(error ?? '', /silent|answer|nothing/i);
  });
});
