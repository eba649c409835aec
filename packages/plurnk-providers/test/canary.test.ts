import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { createProvider, listAliases, type ModelAlias, readModelConfig, testModel } from '../src/index.ts';
import { DIALECTS, type Dialect } from './support/dialects.ts';
import { type ModelServer, sendEvents, sendJson, startModelServer } from './support/model-server.ts';
import { instantClock } from './support/test-clock.ts';

const KEY = 'kanarienvogel+Zm9v/key=0123456789';
const FORMS = [KEY, encodeURIComponent(KEY), Buffer.from(KEY).toString('base64'), 'kanarienvogel'];
const messages = [{ role: 'user', content: 'hello' }] as const;

/** Every way to fail, each with the key in everything the endpoint says. */
const FAULTS: Readonly<Record<string, (response: ServerResponse, dialect: Dialect) => void>> = {
  ...Object.fromEntries(
    [400, 401, 402, 403, 404, 413, 422, 429, 500, 502, 503, 529].map(status => [
      `status ${status}`,
      (response: ServerResponse, dialect: Dialect) =>
        sendJson(response, status, dialect.error(`Incorrect API key provided: ${KEY} (${encodeURIComponent(KEY)})`), {
          'x-key': KEY,
          'www-authenticate': `Bearer ${KEY}`,
        }),
    ]),
  ),
  'error page': response => {
    response.writeHead(500, { 'content-type': 'text/html' }).end(`<h1>${KEY}</h1>`);
  },
  'wrong content type': response => {
    response.writeHead(200, { 'content-type': `text/html` }).end(KEY);
  },
  redirect: response => {
    response.writeHead(302, { location: `https://other.example/x?key=${encodeURIComponent(KEY)}` }).end();
  },
  'malformed chunk': response => sendEvents(response, [`data: {"${KEY}": \n\n`]),
  'chunk of another shape': response => sendEvents(response, [`data: {"choices":"${KEY}"}\n\n`]),
  'error in the stream': (response, dialect) =>
    sendEvents(response, [`data: ${JSON.stringify(dialect.error(`no: ${KEY}`))}\n\n`]),
  'cut stream': response => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`: ${KEY}\n\n`, () => response.destroy());
  },
  'empty answer': response => sendEvents(response, []),
  'not JSON': response => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(`{"key": ${KEY}`);
  },
};

describe('a canary key', () => {
  let server: ModelServer;
  before(async () => {
    server = await startModelServer();
  });
  after(() => server.close());

  for (const dialect of DIALECTS) {
    it(`[#8] of ${dialect.provider} comes out of no failure`, async () => {
      const { provider: name, model, base } = dialect;
      const alias: ModelAlias = {
        alias: 'c',
        provider: name,
        model,
        baseUrl: `${server.root}${base}`,
        apiKey: KEY,
        contextSize: 9,
      };
      for (const [fault, answer] of Object.entries(FAULTS)) {
        server.answer((_seen, response) => answer(response, dialect));
        const heard: unknown[] = [];
        const provider = await createProvider(alias, { clock: instantClock(), maxAttempts: 2 });
        const failed = await provider
          .generate({ messages, signal: new AbortController().signal, onNotice: notice => heard.push(notice) })
          .then(
            () => assert.fail(`${fault} succeeded`),
            (error: Error) => error,
          );
        const tested = await testModel(alias, { clock: instantClock() }, new AbortController().signal);
        assert.equal(tested.ok, false);
        const everything = [
          failed.message,
          failed.stack,
          JSON.stringify(failed),
          inspect(failed, { depth: 9 }),
          inspect([heard, tested], { depth: 9 }),
        ];
        for (const form of FORMS) {
          assert.ok(!everything.join('\n').includes(form), `${fault}: ${form} in ${everything.join('\n')}`);
        }
        assert.equal('cause' in failed, false);
      }
    });
  }

  it('[#8] is in no provider, listing or problem', async () => {
    const config = readModelConfig({
      PLURNK_MODEL: 'gone',
      PLURNK_MODEL_A: 'anthropic/claude-sonnet-4-5',
      ANTHROPIC_API_KEY: KEY,
    });
    const [alias] = config.aliases;
    assert.ok(alias);
    const provider = await createProvider(alias);
    for (const value of [
      JSON.stringify(provider),
      inspect(provider, { depth: 9 }),
      inspect(listAliases(config)),
      config.problems.join(),
    ]) {
      assert.ok(!value.includes('kanarienvogel'), value);
    }
  });
});
