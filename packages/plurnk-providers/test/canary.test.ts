import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { createProvider, listAliases, type ModelAlias, readModelConfig, testModel } from '../src/index.ts';
import { FAULTS, FORMS, KEY } from './support/canary-faults.ts';
import { DIALECTS } from './support/dialects.ts';
import { type ModelServer, startModelServer } from './support/model-server.ts';
import { instantClock } from './support/test-clock.ts';

const messages = [{ role: 'user', content: 'hello' }] as const;

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
