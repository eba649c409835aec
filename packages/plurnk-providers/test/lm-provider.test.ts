import assert from 'node:assert/strict';
import { type ClientModelBridge, createProvider, discover, type Provider } from '../src/index.ts';

const messages = [{ role: 'user', content: 'hello' }] as const;
const signal = new AbortController().signal;
const MODEL = { id: 'copilot-gpt', name: 'GPT', vendor: 'copilot', family: 'gpt', maxInputTokens: 64_000 };

function bridge(generate: ClientModelBridge['generate']): ClientModelBridge {
  return { list: async () => [MODEL], generate };
}

function make(generate: ClientModelBridge['generate']): Promise<Provider> {
  return createProvider({ alias: 'e', provider: 'lm', model: 'copilot-gpt' }, { clientModels: bridge(generate) });
}

describe('lm provider', () => {
  it('[#8] streams what the client generates, text and reasoning apart', async () => {
    const provider = await make(async (request, onPart) => {
      assert.equal(request.modelId, 'copilot-gpt');
      assert.deepEqual(request.messages, messages);
      onPart({ kind: 'reasoning', text: 'hm' });
      onPart({ kind: 'text', text: 'one ' });
      onPart({ kind: 'text', text: 'two' });
      return { model: 'gpt-5-mini', promptTokens: 12, completionTokens: 3 };
    });
    const chunks: string[] = [];
    const result = await provider.generate({ messages, signal, onDelta: text => chunks.push(text) });
    assert.deepEqual([result.text, result.reasoning, result.model], ['one two', 'hm', 'gpt-5-mini']);
    assert.deepEqual(chunks, ['one ', 'two']);
    assert.deepEqual([result.usage.promptTokens, result.usage.completionTokens], [12, 3]);
    assert.equal(provider.contextSize, 64_000);
    assert.deepEqual(provider.costFor(result.usage), { pico: null, priceVersion: null });
  });

  it('[ENG-12] hands the signal on and rejects at once, also when the client does not listen', async () => {
    const abort = new AbortController();
    let handed: AbortSignal | undefined;
    const provider = await make((_request, _onPart, given) => {
      handed = given;
      queueMicrotask(() => abort.abort());
      return new Promise(() => undefined);
    });
    await assert.rejects(provider.generate({ messages, signal: abort.signal }), { kind: 'cancelled' });
    assert.equal(handed?.aborted, true);
  });

  for (const [code, kind] of [
    ['NoPermissions', 'forbidden'],
    ['Blocked', 'rate_limit'],
    ['NotFound', 'not_found'],
    ['Unknown', 'server_error'],
  ] as const) {
    it(`[#8] ${code} of the editor is ${kind} with a sentence`, async () => {
      const provider = await make(() => Promise.reject({ code, message: 'said with sk-canary-0123456789' }));
      await assert.rejects(provider.generate({ messages, signal }), (error: Error & { kind?: string }) => {
        assert.equal(error.kind, kind);
        assert.match(error.message, /^The editor.*/);
        assert.ok(!JSON.stringify(error).includes('canary'));
        return true;
      });
    });
  }

  it('[#8] without an editor it is not configured; discovery lists it first', async () => {
    await assert.rejects(createProvider({ alias: 'e', provider: 'lm', model: 'x' }), { kind: 'not_configured' });
    const found = await discover(
      { provider: 'lm' },
      { clientModels: bridge(() => Promise.reject(new Error('unused'))) },
    );
    assert.deepEqual(found, [
      { provider: 'lm', model: 'copilot-gpt', label: 'GPT (copilot)', baseUrl: null, contextSize: 64_000 },
    ]);
  });
});
