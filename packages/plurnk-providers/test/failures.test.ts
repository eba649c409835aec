import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createProvider,
  type ModelAlias,
  type Provider,
  type ProviderDeps,
  type ProviderNotice,
} from '../src/index.ts';
import { type ModelServer, sendEvents, sendJson, startModelServer } from './support/model-server.ts';
import { instantClock } from './support/test-clock.ts';

const KEY = 'canary-key-0123456789';
const messages = [{ role: 'user', content: 'hello' }] as const;
const signal = new AbortController().signal;
const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'x', model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;

describe('failures of an endpoint', () => {
  let server: ModelServer;
  before(async () => {
    server = await startModelServer();
  });
  after(() => server.close());

  function make(deps: Partial<ProviderDeps> = {}, more: Partial<ModelAlias> = {}): Promise<Provider> {
    const alias: ModelAlias = {
      alias: 'a',
      provider: 'openai',
      model: 'm',
      baseUrl: `${server.root}/v1`,
      apiKey: KEY,
      ...more,
    };
    return createProvider(alias, { clock: instantClock(), random: () => 0.5, ...deps });
  }

  for (const [status, body, kind] of [
    [
      400,
      { error: { message: "This model's maximum context length is 8192 tokens", code: 'context_length_exceeded' } },
      'context_overflow',
    ],
    [
      400,
      { error: { type: 'exceed_context_size_error', message: 'the request exceeds the available context size' } },
      'context_overflow',
    ],
    [
      400,
      { type: 'error', error: { message: 'prompt is too long: 210000 tokens > 200000 maximum' } },
      'context_overflow',
    ],
    [
      400,
      { error: { message: 'The input token count (2000000) exceeds the maximum number of tokens allowed' } },
      'context_overflow',
    ],
    [400, { error: { message: 'API key not valid. Please pass a valid API key.' } }, 'unauthorized'],
    [400, { error: { message: 'The response was filtered', code: 'content_filter' } }, 'refused'],
    [400, { error: { message: 'temperature must be a number' } }, 'bad_request'],
    [403, { error: { message: 'this project may not use the model' } }, 'forbidden'],
    [
      429,
      {
        error: { message: 'You exceeded your current quota, check your plan and billing', code: 'insufficient_quota' },
      },
      'quota_exceeded',
    ],
    [503, { error: { message: 'Loading model', code: 503 } }, 'overloaded'],
    [502, 'Bad Gateway', 'server_error'],
  ] as const) {
    it(`[#8] ${status} ${JSON.stringify(body).slice(0, 60)} is ${kind}`, async () => {
      server.answer((_seen, response) => sendJson(response, status, body));
      await assert.rejects((await make({ maxAttempts: 1 })).generate({ messages, signal }), { kind, status });
    });
  }

  it('[#8] an error inside a stream keeps its kind', async () => {
    server.answer((_seen, response) =>
      sendEvents(response, ['data: {"error":{"message":"Overloaded","type":"overloaded_error"}}\n\n']),
    );
    await assert.rejects((await make({ maxAttempts: 1 })).generate({ messages, signal }), { kind: 'overloaded' });
  });

  it('[#8] a filtered answer without text is refused, with text it is used', async () => {
    server.answer((_seen, response) => sendEvents(response, [chunk({}, 'content_filter'), 'data: [DONE]\n\n']));
    await assert.rejects((await make()).generate({ messages, signal }), { kind: 'refused' });
    server.answer((_seen, response) =>
      sendEvents(response, [chunk({ content: 'so far' }), chunk({}, 'content_filter')]),
    );
    const result = await (await make()).generate({ messages, signal });
    assert.deepEqual([result.text, result.finishReason], ['so far', 'content_filter']);
  });

  it('[ENG-29] a completed exchange is used whatever it holds, also nothing', async () => {
    server.answer((_seen, response) =>
      sendEvents(response, [chunk({ content: '' }), chunk({}, 'stop'), 'data: [DONE]\n\n']),
    );
    assert.equal((await (await make()).generate({ messages, signal })).text, '');
  });

  it('[#8] an endpoint that says [DONE] but gives no finish reason has finished', async () => {
    server.answer((_seen, response) => sendEvents(response, [chunk({ content: 'all' }), 'data: [DONE]\n\n']));
    assert.equal((await (await make({ maxAttempts: 1 })).generate({ messages, signal })).text, 'all');
  });

  it('[ENG-29] recovers after a cut and voids what was streamed before', async () => {
    server.answer((_seen, response) => {
      if (server.seen.length > 1) {
        sendEvents(response, [chunk({ content: 'whole' }), chunk({}, 'stop')]);
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(chunk({ content: 'half' }), () => setImmediate(() => response.destroy()));
    });
    const heard: (string | ProviderNotice)[] = [];
    const result = await (await make()).generate({
      messages,
      signal,
      onDelta: t => heard.push(t),
      onNotice: n => heard.push(n),
    });
    assert.equal(result.text, 'whole');
    const notice = heard.find(item => typeof item !== 'string');
    assert.equal(notice?.kind, 'retry');
    assert.equal(
      heard.indexOf(notice ?? '') > 0 && notice?.kind === 'retry' && notice.discardsText,
      heard[0] === 'half',
    );
    assert.equal(heard.at(-1), 'whole');
  });

  it('[ENG-29] stops at once when cancelled between two attempts', async () => {
    server.answer((_seen, response) =>
      sendJson(response, 503, { error: { message: 'busy' } }, { 'retry-after': '60' }),
    );
    const { systemClock } = await import('../src/index.ts');
    const abort = new AbortController();
    let cancelledAt = 0;
    const running = (await make({ clock: systemClock })).generate({
      messages,
      signal: abort.signal,
      onNotice: () =>
        setImmediate(() => {
          cancelledAt = performance.now();
          abort.abort();
        }),
    });
    await assert.rejects(running, { kind: 'cancelled' });
    assert.ok(performance.now() - cancelledAt < 100);
    assert.equal(server.seen.length, 1);
  });

  it('[ENG-29] does not wait when a vendor asks for more than two minutes', async () => {
    server.answer((_seen, response) =>
      sendJson(response, 429, { error: { message: 'slow' } }, { 'retry-after': '3600' }),
    );
    const running = (await make()).generate({ messages, signal });
    await assert.rejects(running, {
      kind: 'rate_limit',
      retryAfterMs: 3_600_000,
      message: /Try again in 3600 seconds/,
    });
    assert.equal(server.seen.length, 1);
  });

  it('[ENG-12] an already cancelled request sends nothing', async () => {
    server.answer((_seen, response) => sendEvents(response, [chunk({ content: 'no' }, 'stop')]));
    await assert.rejects((await make()).generate({ messages, signal: AbortSignal.abort() }), { kind: 'cancelled' });
    assert.equal(server.seen.length, 0);
  });

  it('[#8] nobody listening is network_failure with the address in the sentence', async () => {
    const provider = await make({ maxAttempts: 2 }, { baseUrl: 'http://127.0.0.1:9/v1' });
    await assert.rejects(provider.generate({ messages, signal }), {
      kind: 'network_failure',
      message: /127\.0\.0\.1:9 \(ECONNREFUSED\)/,
      attempts: 2,
    });
  });

  it('[#8] an endpoint that never answers is timeout', async () => {
    const closed = Promise.withResolvers<void>();
    server.answer((_seen, response) => {
      response.on('close', () => closed.resolve());
    });
    const { systemClock } = await import('../src/index.ts');
    const provider = await make({ clock: systemClock, fetchTimeoutMs: 80 });
    await assert.rejects(provider.generate({ messages, signal }), { kind: 'timeout' });
    await closed.promise;
  });

  it('[#8] a self-signed certificate is tls_failure', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'plurnk-tls-'));
    const key = join(folder, 'key.pem');
    const cert = join(folder, 'cert.pem');
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-keyout',
        key,
        '-out',
        cert,
        '-days',
        '1',
        '-subj',
        '/CN=localhost',
      ],
      { stdio: 'ignore' },
    );
    const secure = createServer({ key: await readFile(key), cert: await readFile(cert) }, (_request, response) =>
      response.end(),
    );
    await new Promise<void>(resolve => secure.listen(0, '127.0.0.1', resolve));
    const baseUrl = `https://127.0.0.1:${(secure.address() as AddressInfo).port}/v1`;
    try {
      const provider = await make({}, { baseUrl });
      await assert.rejects(provider.generate({ messages, signal }), {
        kind: 'tls_failure',
        message: /cannot be trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\)/,
      });
    } finally {
      await new Promise(resolve => secure.close(resolve));
      await rm(folder, { recursive: true });
    }
  });

  it('[#8] what is missing in the configuration is said before anything is sent', async () => {
    await assert.rejects(createProvider({ alias: 'a', provider: 'anthropic', model: 'm' }), {
      kind: 'not_configured',
      message: /needs a key/,
    });
    await assert.rejects(createProvider({ alias: 'a', provider: 'openai', model: 'gpt-5' }), {
      kind: 'not_configured',
      message: /needs a key/,
    });
    await assert.rejects(createProvider({ alias: 'a', provider: 'azure', model: 'm', apiKey: 'k' }), {
      kind: 'not_configured',
      message: /base URL/,
    });
    await assert.rejects(make({}, { baseUrl: 'not a url' }), { kind: 'not_configured', message: /not an http/ });
  });
});
