import assert from 'node:assert/strict';
import { costOf, createProvider, PRICE_TABLE_VERSION, type Usage } from '../src/index.ts';
import { MODEL_TABLE } from '../src/knowledge/model-table.ts';

const usage = (more: Partial<Usage> = {}): Usage => ({
  promptTokens: 1000,
  completionTokens: 100,
  cachedTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  raw: {},
  ...more,
});
const sonnet = { provider: 'anthropic', model: 'claude-sonnet-4-5-20250929', listPrices: true, prices: {} };

describe('cost', () => {
  it('[PKT-21] is integer pico-USD: 1,000 tokens at 3 $/M and 100 at 15 $/M', () => {
    assert.deepEqual(costOf(usage(), sonnet), { pico: 4_500_000_000, priceVersion: PRICE_TABLE_VERSION });
  });

  it('[PKT-22] prices cached and written tokens apart', () => {
    const { pico } = costOf(usage({ cachedTokens: 600, cacheWriteTokens: 200 }), sonnet);
    assert.equal(pico, 200 * 3_000_000 + 600 * 300_000 + 200 * 3_750_000 + 100 * 15_000_000);
  });

  it('[PKT-21] unknown price or usage is null, never 0', () => {
    assert.deepEqual(costOf(usage(), { ...sonnet, model: 'claude-unheard-of' }), { pico: null, priceVersion: null });
    assert.equal(costOf(usage({ completionTokens: null }), sonnet).pico, null);
    assert.equal(costOf(usage(), { ...sonnet, listPrices: false }).pico, null);
  });

  it('[PKT-22] a price of the person wins and says so', () => {
    const prices = { 'anthropic/claude-sonnet-4-5-20250929': { input: 1, output: 2 } };
    assert.deepEqual(costOf(usage(), { ...sonnet, prices }), { pico: 1_200_000_000, priceVersion: 'user' });
    assert.deepEqual(
      costOf(usage(), { ...sonnet, provider: 'lm', model: 'm', prices: { m: { input: 0, output: 0 } } }),
      {
        pico: 0,
        priceVersion: 'user',
      },
    );
  });

  it('[PKT-22] the price of an alias wins, also where no list price holds', async () => {
    const price = { input: 1, output: 2 };
    const provider = await createProvider({
      alias: 'a',
      provider: 'openai',
      model: 'm',
      baseUrl: 'http://127.0.0.1:9/v1',
      price,
    });
    assert.deepEqual(provider.costFor(usage()), { pico: 1_200_000_000, priceVersion: 'user' });
  });

  it('[PKT-22] OpenRouter reports what an exchange cost', () => {
    const router = { provider: 'openrouter', model: 'x/y', listPrices: true, prices: {} };
    assert.deepEqual(costOf(usage({ raw: { cost: 0.00014 } }), router), {
      pico: 140_000_000,
      priceVersion: 'reported',
    });
  });

  it('[PKT-22] the second tier holds above its prompt length', () => {
    const gemini = { provider: 'google', model: 'gemini-2.5-pro', listPrices: true, prices: {} };
    assert.equal(costOf(usage({ promptTokens: 200_000, completionTokens: 0 }), gemini).pico, 200_000 * 1_250_000);
    assert.equal(costOf(usage({ promptTokens: 200_001, completionTokens: 0 }), gemini).pico, 200_001 * 2_500_000);
  });

  it('[PKT-22] can be computed again from the kept usage, and every price is a positive whole pico-dollar', () => {
    const kept = JSON.parse(JSON.stringify(usage({ cachedTokens: 10 }))) as Usage;
    assert.deepEqual(costOf(kept, sonnet), costOf(usage({ cachedTokens: 10 }), sonnet));
    for (const models of Object.values(MODEL_TABLE)) {
      for (const [name, facts] of Object.entries(models)) {
        const price = facts.price;
        assert.ok(price && price.output >= price.input && price.input > 0, name);
        assert.ok((price.cachedInput ?? price.input) <= price.input, name);
      }
    }
  });

  it('[PKT-21] a server on this machine costs nothing, an unknown one is unknown', async () => {
    const local = { alias: 'l', provider: 'llamacpp', model: 'm', contextSize: 1 } as const;
    const here = await createProvider({ ...local, baseUrl: 'http://127.0.0.1:9/v1' });
    assert.deepEqual(here.costFor(usage()), { pico: 0, priceVersion: 'free' });
    const elsewhere = await createProvider({ ...local, baseUrl: 'http://models.example/v1' });
    assert.equal(elsewhere.costFor(usage()).pico, null);
    const cloud = await createProvider({
      ...local,
      provider: 'ollama',
      model: 'gpt-oss:120b-cloud',
      baseUrl: 'http://127.0.0.1:9/v1',
    });
    assert.equal(cloud.costFor(usage()).pico, null);
  });
});
