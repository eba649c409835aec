import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as cl100k from 'gpt-tokenizer/encoding/cl100k_base';
import * as o200k from 'gpt-tokenizer/encoding/o200k_base';
import { boundTokenizer, tokenizerFor } from '../src/index.ts';

const PLAIN = { allowedSpecial: new Set<string>(), disallowedSpecial: new Set<string>() };
const here = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8');

async function corpus(): Promise<Record<string, string>> {
  const source = await here('../src/sdk/sdk-provider.ts');
  return {
    typescript: source,
    tests: await here('./vendors.test.ts'),
    json: await here('../../../package-lock.json').then(text => text.slice(0, 60_000)),
    license: await here('../../../LICENSE'),
    packet: source
      .split('\n')
      .map((line, index) => `${index + 1}:\t${line}`)
      .join('\n'),
    german: 'Die Donaudampfschifffahrtsgesellschaft prüft täglich, ob größere Änderungen nötig sind. '.repeat(20),
    russian: 'Каждый ход модели проверяется до того, как он будет выполнен. '.repeat(20),
    chinese: '模型写的每一条语句都会在执行之前被解析和检查。'.repeat(20),
    emoji: '👩‍💻🚀✨ done 👍🏽 '.repeat(40),
    base64: Buffer.from(Array.from({ length: 3_000 }, (_, index) => (index * 7919 + (index >> 3)) % 251)).toString(
      'base64',
    ),
    hashes: Array.from({ length: 50 }, (_, index) => createHash('sha1').update(String(index)).digest('hex')).join('\n'),
    spaces: `${' '.repeat(300)}x\n${'\t'.repeat(50)}y\n\n\n`,
    rules: `${'-'.repeat(80)}\n${'='.repeat(80)}\n| a | b |\n|---|---|\n`,
  };
}

describe('tokenizers', () => {
  it('[PKT-20] counts exactly where the vocabulary is kept', async () => {
    for (const [model, name] of [
      ['gpt-5-mini', 'o200k_base'],
      ['openai/gpt-4o', 'o200k_base'],
      ['gpt-4-turbo', 'cl100k_base'],
    ] as const) {
      const tokenizer = await tokenizerFor(model);
      assert.deepEqual(tokenizer.info, { name, exact: true });
      const text = '<<READ(src/a.ts)::READ\n<|endoftext|> grüße';
      const encoding = name === 'o200k_base' ? o200k : cl100k;
      assert.equal(tokenizer.count(text), encoding.encode(text, PLAIN).length);
    }
  });

  it('[PKT-20] says so where it is a bound', async () => {
    for (const model of ['claude-sonnet-4-5', 'gemini-2.5-pro', 'llama-3', 'qwen3:8b']) {
      assert.deepEqual((await tokenizerFor(model)).info, { name: 'pieces-bound', exact: false });
    }
  });

  it('[PKT-20] the bound lies above two vocabularies and below four times the newest, rules of dashes excepted', async () => {
    for (const [name, text] of Object.entries(await corpus())) {
      const bound = boundTokenizer.count(text);
      for (const encoding of [o200k, cl100k]) {
        const counted = encoding.countTokens(text, PLAIN);
        assert.ok(bound >= counted, `${name}: bound ${bound}, counted ${counted}`);
      }
      const newest = o200k.countTokens(text, PLAIN);
      assert.ok(name === 'rules' || bound <= newest * 4, `${name}: bound ${bound}, o200k ${newest}`);
    }
  });

  it('[RL-10] endless runs are counted in linear time', async function () {
    this.timeout(60_000);
    const tokenizer = await tokenizerFor('gpt-5');
    for (const unit of ['a', '=', ' ', 'ü', '\n', '7']) {
      const text = unit.repeat(400_000);
      const started = performance.now();
      tokenizer.count(text);
      boundTokenizer.count(text);
      const took = performance.now() - started;
      assert.ok(took < 8_000, `${JSON.stringify(unit)} took ${took} ms`);
    }
  });
});
