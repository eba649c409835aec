import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Matcher } from '@plurnk/plurnk-grammar';
import type { Candidate } from '../../../server/src/content/contract.ts';
import { createMatching } from '../../../server/src/content/matching.ts';
import { mimetypeOf } from '../../../server/src/content/mimetype.ts';

const candidate = (path: string, text: string): Candidate => ({
  path,
  mimetype: mimetypeOf(path),
  key: `${path}${text}`,
  text: async () => text,
});

describe('matching over indexes', () => {
  const matching = createMatching({ workers: 2, chunk: 3 });
  after(() => matching.dispose());
  const signal = new AbortController().signal;
  const files = Array.from({ length: 20 }, (_, i) =>
    candidate(`f${i}.ts`, `export function fn${i}() {\n  return fn${(i + 1) % 20}();\n}\n`),
  );
  const ask = (raw: string, dialect: 'graph' | 'semantic') =>
    matching.matchMany({ dialect, raw } as Matcher, files, signal);

  it('[RES-44] the graph sees every text, whichever thread holds it', async () => {
    const uses = await ask('@<fn7', 'graph');
    assert.deepEqual(
      uses.results.map(one => one.path),
      ['f6.ts'],
    );
    const refers = await ask('@>fn6', 'graph');
    assert.deepEqual(
      refers.results.map(one => one.path),
      ['f7.ts'],
    );
  });

  it('[ENG-21] what was prepared answers a query without the file; preparing stops when it is told to', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plurnk-index-'));
    const own = createMatching({ workers: 2 });
    try {
      const texts = files.map(({ path, mimetype, key }, i) => {
        const file = join(folder, path);
        writeFileSync(file, `export function fn${i}() {}\n`);
        return { path, mimetype, key, file, text: async () => '' };
      });
      const foundBy = async (raw: string, dialect: 'graph' | 'semantic') =>
        (await own.matchMany({ dialect, raw } as Matcher, texts, signal)).results.map(one => one.path);
      let asked = 0;
      assert.equal(await own.prepare(texts, { characters: 1e6, stopped: () => asked++ > 2 }), false);
      assert.ok(asked < 10, 'stopped in between');
      assert.equal(await own.prepare(texts, { characters: 10, stopped: () => false }), false);
      assert.equal(await own.prepare(texts, { characters: 1e6, stopped: () => false }), true);
      rmSync(folder, { recursive: true });
      assert.deepEqual(await foundBy('@fn7', 'graph'), ['f7.ts']);
      assert.deepEqual(await foundBy('~fn12', 'semantic'), ['f12.ts']);
    } finally {
      await own.dispose();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('[ENG-21] a query goes before what is being prepared', async () => {
    const own = createMatching({ workers: 1 });
    try {
      const order: string[] = [];
      const preparing = own
        .prepare(files, { characters: 1e6, stopped: () => false })
        .then(complete => order.push(`prepared ${complete}`));
      const found = await own.matchMany({ dialect: 'graph', raw: '@fn7' } as Matcher, files, signal);
      order.push('found');
      assert.equal(found.results.length, 2);
      await preparing;
      assert.deepEqual(order, ['found', 'prepared true']);
    } finally {
      await own.dispose();
    }
  });

  it('[RES-43] ranks over all threads with the same scores each time', async () => {
    const first = await ask('~fn7', 'semantic');
    assert.deepEqual(first, await ask('~fn7', 'semantic'));
    assert.deepEqual(
      first.results.map(one => one.path),
      ['f6.ts', 'f7.ts'],
    );
  });

  it('[RES-41] an expression that does not compile is 400', async () => {
    assert.equal((await ask('@', 'graph')).status, 400);
  });

  it('[RES-42] every dialect runs in the worker', async () => {
    for (const [dialect, raw] of [
      ['xpath', '//function'],
      ['jsonpath', '$[0]'],
      ['glob', '*return*'],
    ] as const) {
      const { results } = await matching.matchMany({ dialect, raw }, files, signal);
      assert.equal(results.length, 20, dialect);
    }
  });

  it('[RES-42] a deadline ends indexing with 504', async () => {
    const hasty = createMatching({ workers: 1, deadline: 1 });
    const slow = Array.from({ length: 300 }, (_, i) =>
      candidate(`s${i}.ts`, `export const x = [${'1,'.repeat(5000)}];\n`),
    );
    const { status, reason } = await hasty.matchMany({ dialect: 'graph', raw: '@x' }, slow, signal);
    assert.equal(status, 504);
    assert.match(reason ?? '', /300/);
    await hasty.dispose();
  });
});
