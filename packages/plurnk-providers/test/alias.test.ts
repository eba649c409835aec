import assert from 'node:assert/strict';
import { depsFromEnvironment, findAlias, listAliases, readModelConfig, secretsOf } from '../src/index.ts';

describe('aliases', () => {
  it('[#8] reads models, endpoints, keys and windows from the environment', () => {
    const config = readModelConfig({
      PLURNK_MODEL: 'Fast',
      PLURNK_MODEL_FAST: 'openai/qwen/qwen3-8b',
      PLURNK_BASE_URL_FAST: 'http://127.0.0.1:9999/v1',
      PLURNK_API_KEY_FAST: 'key-of-fast',
      PLURNK_CONTEXT_FAST: '16384',
      PLURNK_MODEL_big: 'openai/gpt-5',
      OPENAI_BASE_URL: 'http://proxy.example/v1',
      OPENAI_API_KEY: 'key-of-openai',
    });
    assert.deepEqual(config.aliases, [
      {
        alias: 'fast',
        provider: 'openai',
        model: 'qwen/qwen3-8b',
        baseUrl: 'http://127.0.0.1:9999/v1',
        apiKey: 'key-of-fast',
        contextSize: 16384,
      },
      { alias: 'big', provider: 'openai', model: 'gpt-5', baseUrl: 'http://proxy.example/v1', apiKey: 'key-of-openai' },
    ]);
    assert.equal(config.active, 'fast');
    assert.deepEqual(secretsOf(config), ['key-of-fast', 'key-of-openai']);
  });

  it('[#8] lists aliases for providers.list without key or endpoint', () => {
    const config = readModelConfig({
      PLURNK_MODEL: 'a',
      PLURNK_MODEL_A: 'anthropic/claude-sonnet-4-5',
      ANTHROPIC_API_KEY: 'secret-key',
    });
    const rows = listAliases(config);
    assert.deepEqual(rows, [
      { alias: 'a', provider: 'anthropic', model: 'claude-sonnet-4-5', active: true, contextSize: null },
    ]);
    assert.ok(!JSON.stringify(rows).includes('secret'));
  });

  it('[#8] prefers settings over the environment, keys from SecretStorage over both', () => {
    const config = readModelConfig(
      {
        PLURNK_MODEL: 'x',
        PLURNK_MODEL_X: 'openai/from-env',
        OPENAI_API_KEY: 'env-key',
        PLURNK_API_KEY_X: 'env-alias-key',
      },
      {
        model: 'x',
        models: { X: { provider: 'openai', model: 'from-settings', contextSize: 4096 } },
        keys: { X: 'stored-key' },
      },
    );
    assert.deepEqual(config.aliases, [
      { alias: 'x', provider: 'openai', model: 'from-settings', apiKey: 'stored-key', contextSize: 4096 },
    ]);
  });

  it('[#8] takes <provider>/<model> and demo without a definition', () => {
    assert.equal(readModelConfig({ PLURNK_MODEL: 'ollama/qwen3:8b' }).aliases[0]?.model, 'qwen3:8b');
    assert.equal(readModelConfig({ PLURNK_MODEL: 'demo' }).active, 'demo');
    assert.equal(findAlias(readModelConfig({}), 'DEMO')?.provider, 'demo');
  });

  it('[#8] chooses the only model, none of several, and none of none', () => {
    assert.equal(readModelConfig({ PLURNK_MODEL_ONE: 'openai/a' }).active, 'one');
    assert.equal(readModelConfig({ PLURNK_MODEL_ONE: 'openai/a', PLURNK_MODEL_TWO: 'openai/b' }).active, null);
    assert.equal(readModelConfig({}).active, null);
    assert.equal(findAlias(readModelConfig({}), 'nobody'), null);
  });

  it('[#8] says what it cannot understand and keeps the rest', () => {
    const config = readModelConfig({
      PLURNK_MODEL: 'gone',
      PLURNK_MODEL_A: 'nobody/model',
      PLURNK_MODEL_B: 'openai/',
      PLURNK_MODEL_C: 'openai/good',
      PLURNK_CONTEXT_C: 'big',
    });
    assert.deepEqual(
      config.aliases.map(alias => alias.alias),
      ['c'],
    );
    assert.equal(config.problems.length, 4);
    assert.match(
      config.problems.join('\n'),
      /"nobody"[\s\S]*names no model[\s\S]*PLURNK_CONTEXT_C[\s\S]*"gone" is not defined/,
    );
  });

  it('[PKT-22] reads a price of the person, and says what is wrong with one', () => {
    const config = readModelConfig({
      PLURNK_MODEL_A: 'openai/m',
      PLURNK_PRICE_A: '3, 15, 0.3',
      PLURNK_MODEL_B: 'openai/m',
      PLURNK_PRICE_B: 'cheap',
    });
    assert.deepEqual(
      config.aliases.map(alias => alias.price),
      [{ input: 3, output: 15, cachedInput: 0.3 }, undefined],
    );
    assert.match(config.problems.join(), /PLURNK_PRICE_B is "cheap"/);
  });

  it('[#8] reads the timeout and the grammar switch', () => {
    const read = (env: Record<string, string>): unknown[] => {
      const { fetchTimeoutMs, grammarMode } = depsFromEnvironment(env);
      return [fetchTimeoutMs, grammarMode];
    };
    assert.deepEqual(read({}), [600_000, 'auto']);
    assert.deepEqual(read({ PLURNK_PROVIDERS_FETCH_TIMEOUT: '1500', PLURNK_PROVIDERS_GBNF: '1' }), [1500, 'on']);
    assert.equal(depsFromEnvironment({ PLURNK_PROVIDERS_GBNF: 'off' }).grammarMode, 'off');
  });
});
