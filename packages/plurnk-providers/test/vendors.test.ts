import assert from 'node:assert/strict';
import {
  createProvider,
  type GenerateRequest,
  type GenerateResult,
  type Provider,
  type ProviderDeps,
} from '../src/index.ts';
import { DIALECTS, type Dialect } from './support/dialects.ts';
import { type ModelServer, sendEvents, sendJson, startModelServer } from './support/model-server.ts';
import { instantClock } from './support/test-clock.ts';

const KEY = 'canary-key-0123456789';
const MESSAGES = [
  { role: 'system', content: 'stable part\nchanging part', stablePrefix: 12 },
  { role: 'user', content: 'hello' },
] as const;
const LONG = Array.from(
  { length: 400 },
  (_, index) => `line ${index} of a long answer with "quotes", ünïcode and <<READ(a)::READ\n`,
);

for (const dialect of DIALECTS) {
  describe(`provider ${dialect.provider}`, () => {
    let server: ModelServer;
    before(async () => {
      server = await startModelServer();
    });
    after(() => server.close());

    function make(deps: Partial<ProviderDeps> = {}, streaming = true): Promise<Provider> {
      const { provider, model, base } = dialect;
      const alias = {
        alias: 'test',
        provider,
        model,
        baseUrl: `${server.root}${base}`,
        apiKey: KEY,
        contextSize: 8192,
        streaming,
      };
      return createProvider(alias, { clock: instantClock(), random: () => 0.5, ...deps });
    }

    async function run(provider: Provider, more: Partial<GenerateRequest> = {}): Promise<GenerateResult> {
      return provider.generate({ messages: MESSAGES, signal: new AbortController().signal, ...more });
    }

    it('[#8] streams an answer chunk by chunk, with usage and reasoning apart', async () => {
      const answer = { text: ['<<PLAN:one', ' two:PLAN'], ...(dialect.reasons ? { reasoning: 'I think' } : {}) };
      server.answer((_seen, response) => sendEvents(response, dialect.events(answer)));
      const chunks: string[] = [];
      const thoughts: string[] = [];
      const result = await run(await make(), {
        onDelta: text => chunks.push(text),
        onReasoning: text => thoughts.push(text),
      });
      assert.equal(result.text, '<<PLAN:one two:PLAN');
      assert.equal(chunks.join(''), result.text);
      assert.ok(chunks.length >= 2);
      assert.equal(result.reasoning, answer.reasoning);
      assert.equal(thoughts.join(''), answer.reasoning ?? '');
      assert.equal(result.finishReason, 'stop');
      assertUsage(result, dialect);
    });

    it('[#8] sends both messages byte for byte, with the key where the vendor wants it, and asks to stream', async () => {
      server.answer((_seen, response) => sendEvents(response, dialect.events({ text: ['ok'] })));
      await run(await make());
      const [seen] = server.seen;
      assert.ok(seen);
      const { header, value } = dialect.keyIn(KEY);
      assert.equal(seen.headers[header], value);
      assert.deepEqual(
        stringsIn(seen.json)
          .filter(text => /part|hello/.test(text))
          .join(''),
        'stable part\nchanging parthello',
      );
      assert.ok(seen.json.stream === true || seen.path.includes('streamGenerateContent'));
    });

    it('[#8] takes a long answer without tools whole', async () => {
      server.answer((_seen, response) => sendEvents(response, dialect.events({ text: LONG })));
      assert.equal((await run(await make())).text, LONG.join(''));
    });

    it('[#8] asks without streaming where that is set', async () => {
      const answer = { text: ['whole'], ...(dialect.reasons ? { reasoning: 'hm' } : {}) };
      server.answer((_seen, response) => sendJson(response, 200, dialect.json(answer)));
      const result = await run(await make({}, false));
      assert.deepEqual([result.text, result.reasoning], ['whole', answer.reasoning]);
      assert.notEqual(server.seen[0]?.json.stream, true);
      assertUsage(result, dialect);
    });

    it('[#8] uses a whole answer that came although a stream was asked for, without a second request', async () => {
      server.answer((_seen, response) => sendJson(response, 200, dialect.json({ text: ['whole'] })));
      const chunks: string[] = [];
      assert.equal((await run(await make(), { onDelta: text => chunks.push(text) })).text, 'whole');
      assert.deepEqual(chunks, ['whole']);
      assert.equal(server.seen.length, 1);
    });

    it('[ENG-12] closes the socket within 100 ms when cancelled in mid-stream', async () => {
      const closed = Promise.withResolvers<number>();
      server.answer((_seen, response) => {
        response.on('close', () => closed.resolve(performance.now()));
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(beforeEnd(dialect, ['first', 'second']).join(''));
      });
      const abort = new AbortController();
      let cancelledAt = 0;
      const running = run(await make(), {
        signal: abort.signal,
        onDelta: () => {
          cancelledAt ||= performance.now();
          abort.abort();
        },
      });
      await assert.rejects(running, { kind: 'cancelled' });
      const took = (await closed.promise) - cancelledAt;
      assert.ok(took < 100, `the socket closed after ${took} ms`);
    });

    for (const [status, kind] of [
      [401, 'unauthorized'],
      [404, 'not_found'],
      [400, 'bad_request'],
      [402, 'quota_exceeded'],
      [413, 'context_overflow'],
    ] as const) {
      it(`[#8] ${status} ends as ${kind} at once`, async () => {
        server.answer((_seen, response) => sendJson(response, status, dialect.error(`the vendor says no to ${KEY}`)));
        await assert.rejects(run(await make()), (error: Error & { kind?: string }) => {
          assert.equal(error.kind, kind);
          assertSentence(error);
          return true;
        });
        assert.equal(server.seen.length, 1);
      });
    }

    for (const [status, kind] of [
      [500, 'server_error'],
      [529, 'overloaded'],
      [429, 'rate_limit'],
    ] as const) {
      it(`[ENG-29] ${status} is retried with notices and ends as ${kind}`, async () => {
        server.answer((_seen, response) => sendJson(response, status, dialect.error(`busy ${KEY}`)));
        const clock = instantClock();
        const notices: unknown[] = [];
        const running = run(await make({ clock, maxAttempts: 4 }), { onNotice: notice => notices.push(notice) });
        await assert.rejects(running, (error: Error & { kind?: string; attempts?: number }) => {
          assert.deepEqual([error.kind, error.attempts], [kind, 4]);
          assertSentence(error);
          return true;
        });
        assert.equal(server.seen.length, 4);
        assert.deepEqual(clock.sleeps, [375, 750, 1500]);
        assert.equal(notices.length, 3);
        assert.ok(!JSON.stringify(notices).includes(KEY));
      });
    }

    it('[ENG-29] waits as long as a 429 asks, then succeeds', async () => {
      server.answer((_seen, response) => {
        if (server.seen.length === 1) {
          sendJson(response, 429, dialect.error('slow down'), { 'retry-after': '7' });
        } else {
          sendEvents(response, dialect.events({ text: ['fine'] }));
        }
      });
      const clock = instantClock();
      const result = await run(await make({ clock }));
      assert.equal(result.text, 'fine');
      assert.equal(result.meta.attempts, 2);
      assert.deepEqual(clock.sleeps, [7000]);
    });

    it('[#8] an answer that is cut ends as network_failure, and the notice voids the text', async () => {
      server.answer((_seen, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(beforeEnd(dialect, ['half']).join(''), () => response.destroy());
      });
      const notices: { discardsText?: boolean }[] = [];
      const running = run(await make({ maxAttempts: 2 }), { onNotice: notice => notices.push(notice as object) });
      await assert.rejects(running, { kind: 'network_failure' });
      assert.equal(notices.length, 1);
    });

    it('[#8] an answer that ends without an end is a cut one', async () => {
      server.answer((_seen, response) => {
        sendEvents(response, beforeEnd(dialect, ['half']));
      });
      await assert.rejects(run(await make({ maxAttempts: 1 })), { kind: 'network_failure', message: /broke off/ });
    });

    it('[#8] a malformed chunk ends as bad_response', async () => {
      server.answer((_seen, response) => {
        const [first = '', ...rest] = dialect.events({ text: ['a', 'b'] });
        sendEvents(response, [first, 'data: {"broken": \n\n', ...rest]);
      });
      await assert.rejects(run(await make()), (error: Error & { kind?: string }) => {
        assert.equal(error.kind, 'bad_response');
        assertSentence(error);
        return true;
      });
    });

    it('[#8] a page instead of a model ends as bad_response', async () => {
      server.answer((_seen, response) => {
        response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Welcome to the proxy</html>');
      });
      await assert.rejects(run(await make()), {
        kind: 'bad_response',
        message: /but with text\/html\. Check the base URL/,
      });
    });

    it('[#8] a redirect is not followed: the key stays here', async () => {
      server.answer((_seen, response) => {
        response.writeHead(307, { location: `http://127.0.0.1:9/elsewhere?token=${KEY}` }).end();
      });
      await assert.rejects(run(await make()), (error: Error & { kind?: string }) => {
        assert.equal(error.kind, 'not_found');
        assert.match(error.message, /redirects to http:\/\/127\.0\.0\.1:9\/elsewhere\./);
        assertSentence(error);
        return true;
      });
      assert.equal(server.seen.length, 1);
    });

    it('[#8] a slow trickle that goes on is taken, one that falls silent ends as timeout', async () => {
      const events = dialect.events({ text: ['a', 'b', 'c', 'd', 'e', 'f'] });
      server.answer((_seen, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        trickle(response, events, 30);
      });
      const { systemClock } = await import('../src/index.ts');
      const provider = await make({ clock: systemClock, fetchTimeoutMs: 500 });
      assert.equal((await run(provider)).text, 'abcdef');
      server.answer((_seen, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        trickle(response, [...events.slice(0, 3), ...Array.from({ length: 200 }, () => ': still here\n\n')], 20);
      });
      await assert.rejects(run(provider), { kind: 'timeout', message: /silent for 1 second/ });
    });
  });
}

function beforeEnd(dialect: Dialect, text: readonly string[]): string[] {
  const events = dialect.events({ text });
  const end = events.findIndex(event => /finish_reason":"stop|stop_reason":"end_turn|finishReason/.test(event));
  assert.ok(end > 0);
  return events.slice(0, end);
}

function trickle(response: import('node:http').ServerResponse, events: readonly string[], everyMs: number): void {
  let next = 0;
  const timer = setInterval(() => {
    const event = events[next];
    next += 1;
    if (event === undefined) {
      clearInterval(timer);
      response.end();
      return;
    }
    response.write(event);
  }, everyMs);
  response.on('close', () => clearInterval(timer));
}

function assertSentence(error: Error): void {
  assert.match(error.message, /^([A-Z]|xAI|vLLM|llama\.cpp).*[.!?]$/s);
  const everything = `${error.message}${error.stack}${JSON.stringify(error)}`;
  assert.ok(!everything.includes(KEY), 'the key is in the error');
}

function assertUsage(result: GenerateResult, dialect: Dialect): void {
  const { promptTokens, completionTokens, cachedTokens, reasoningTokens, raw } = result.usage;
  assert.deepEqual(
    { promptTokens, completionTokens, cachedTokens, reasoningTokens: reasoningTokens || null },
    dialect.usage,
  );
  assert.ok(typeof raw === 'object' && raw !== null, 'the raw usage is kept');
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') {
    return [value];
  }
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const entries = Object.entries(value);
  return [
    ...entries.filter(([key]) => /system/i.test(key)),
    ...entries.filter(([key]) => !/system/i.test(key)),
  ].flatMap(([, item]) => stringsIn(item));
}
