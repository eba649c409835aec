import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProvider, Mock, type Provider, readModelConfig } from '../src/index.ts';

const signal = new AbortController().signal;
const messages = [{ role: 'user', content: 'hello there' }] as const;

describe('scripted provider', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plurnk-script-'));
  });
  after(() => rm(folder, { recursive: true }));

  async function scripted(content: string): Promise<Provider> {
    const path = join(folder, 'script.json');
    await writeFile(path, content);
    const config = readModelConfig({ PLURNK_MODEL: 'x', PLURNK_MODEL_x: `scripted/${path}` });
    assert.equal(config.active, 'x');
    const [alias] = config.aliases;
    assert.ok(alias);
    return createProvider(alias);
  }

  it('[#2] answers with the emissions of the file in order, streamed', async () => {
    const provider = await scripted(JSON.stringify(['<<PLAN:a:PLAN', { text: 'two', reasoning: 'because' }]));
    const chunks: string[] = [];
    const first = await provider.generate({ messages, signal, onDelta: text => chunks.push(text) });
    assert.equal(first.text, '<<PLAN:a:PLAN');
    assert.equal(chunks.join(''), first.text);
    assert.equal(first.usage.promptTokens, provider.countTokens('hello there'));
    const second = await provider.generate({ messages, signal });
    assert.deepEqual([second.text, second.reasoning], ['two', 'because']);
  });

  it('[#2] says so when the script is used up', async () => {
    const provider = await scripted('["only"]');
    await provider.generate({ messages, signal });
    await assert.rejects(provider.generate({ messages, signal }), {
      kind: 'not_configured',
      message: /holds 1 emissions and all/,
    });
  });

  it('[#2] names a script that is absent or no list', async () => {
    const absent = await createProvider({ alias: 'x', provider: 'scripted', model: join(folder, 'absent.json') });
    await assert.rejects(absent.generate({ messages, signal }), {
      kind: 'not_configured',
      message: /absent\.json cannot be read: ENOENT/,
    });
    const broken = await scripted('{"a":1}');
    await assert.rejects(broken.generate({ messages, signal }), { message: /must be a JSON list/ });
  });
});

describe('Mock', () => {
  it('[#8] replies in order, the last one for ever, and keeps the requests', async () => {
    const mock = new Mock(['one', request => `${request.messages.length} messages`]);
    const texts = [];
    for (let call = 0; call < 3; call += 1) {
      texts.push((await mock.generate({ messages, signal })).text);
    }
    assert.deepEqual(texts, ['one', '1 messages', '1 messages']);
    assert.equal(mock.requests.length, 3);
  });

  it('[#8] fails with the kind it is told, and hangs until cancelled', async () => {
    const mock = new Mock([{ error: { kind: 'rate_limit', retryAfterMs: 5 } }, { hang: true, text: 'half' }]);
    await assert.rejects(mock.generate({ messages, signal }), { kind: 'rate_limit', retryAfterMs: 5 });
    const abort = new AbortController();
    const hanging = mock.generate({
      messages,
      signal: abort.signal,
      onDelta: () => queueMicrotask(() => abort.abort()),
    });
    await assert.rejects(hanging, { kind: 'cancelled' });
  });
});
