import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Matcher } from '@plurnk/plurnk-grammar';
import type { Matching } from '../../../server/src/content/contract.ts';
import type { IndexDialect } from '../../../server/src/content/dialects/dialect.ts';
import { graphDialect } from '../../../server/src/content/dialects/graph-dialect.ts';
import { rankByVectors } from '../../../server/src/content/dialects/hybrid-rank.ts';
import { countIn, indexPassages, wordNumber } from '../../../server/src/content/dialects/passage-index.ts';
import { semanticDialect } from '../../../server/src/content/dialects/semantic-dialect.ts';
import { wordsOf } from '../../../server/src/content/dialects/words.ts';
import { createEmbedder } from '../../../server/src/content/embeddings.ts';
import { createVectorCache, withVectors } from '../../../server/src/content/hybrid-matching.ts';
import { createMatching } from '../../../server/src/content/matching.ts';
import { mimetypeOf } from '../../../server/src/content/mimetype.ts';

type Files = Readonly<Record<string, string>>;

async function find<Index, Survey>(
  dialect: IndexDialect<Index, Survey>,
  name: 'graph' | 'semantic',
  raw: string,
  files: Files,
) {
  const compiled = dialect.compile({ dialect: name, raw } as Matcher);
  if (!compiled.ok) return { status: 400, found: {}, reason: compiled.reason };
  const indexed = await Promise.all(
    Object.entries(files).map(async ([path, text]) => {
      const mimetype = mimetypeOf(path);
      return { path, mimetype, index: await dialect.index({ path, mimetype, key: path, text }) };
    }),
  );
  const half = [indexed.slice(0, 1), indexed.slice(1)];
  const survey = compiled.run.merge(half.map(part => compiled.run.survey(part)));
  const results = half.flatMap(part => compiled.run.rank(part, survey));
  const found = Object.fromEntries(
    results.flatMap((result, i) =>
      result.spans.length
        ? [[indexed[i]?.path ?? '', result.spans.map(span => `${span.lineStart}-${span.lineEnd}`).join(' ')]]
        : [],
    ),
  );
  return { status: 200, found, results };
}

const CODE: Files = {
  'src/auth.ts':
    "import { decode } from './jwt';\nexport function isTokenValid(t: string) {\n  return decode(t) !== null;\n}\n",
  'src/jwt.ts': 'export function decode(t: string) {\n  return JSON.parse(t);\n}\n',
  'app.py': 'def main():\n    isTokenValid("x")\n',
  'notes.txt': 'isTokenValid is here\n',
};

describe('graph dialect', () => {
  const graph = async (raw: string) => (await find(graphDialect, 'graph', raw, CODE)).found;

  it('[RES-44] @name selects definitions and uses over files and languages', async () => {
    assert.deepEqual(await graph('@isTokenValid'), { 'src/auth.ts': '2-4', 'app.py': '2-2' });
  });
  it('[RES-44] @<name selects the uses only', async () => {
    assert.deepEqual(await graph('@<decode'), { 'src/auth.ts': '1-1 3-3' });
  });
  it('[RES-44] @>name selects what its body refers to', async () => {
    assert.deepEqual(await graph('@>isTokenValid'), { 'src/jwt.ts': '1-3' });
  });
  it('[RES-41] a graph matcher without a name does not compile', async () => {
    assert.equal((await find(graphDialect, 'graph', '@', CODE)).status, 400);
  });
  it('[RES-41] the code graph makes no sense for JSON', async () => {
    const { results } = await find(graphDialect, 'graph', '@x', { 'a.json': '{}' });
    assert.equal(results?.[0]?.status, 415);
  });
});

describe('semantic dialect', () => {
  const filler = Array.from({ length: 60 }, (_, i) => `line number ${i}`).join('\n');
  const files: Files = {
    'a.md': `${filler}\nThe session cookie expires after an hour.\n${filler}`,
    'b.md': 'Cookies are baked at noon.',
    'session-store.ts': 'export class Store {}',
    'c.md': 'Nothing of the kind.',
  };

  it('[RES-43] ranks passages by keywords without any embedding model and says so', async () => {
    const { results } = await find(semanticDialect, 'semantic', '~when does the session cookie expire', files);
    const top = [...(results ?? [])].sort((x, y) => (y.spans[0]?.score ?? 0) - (x.spans[0]?.score ?? 0))[0];
    assert.equal(top, results?.[0]);
    assert.equal(top?.reason, 'ranked by keywords');
    assert.ok((top?.spans[0]?.lineStart ?? 0) <= 61 && (top?.spans[0]?.lineEnd ?? 0) >= 61);
    assert.equal(results?.[3]?.status, 204);
  });

  it('[RES-43] words of the path count', async () => {
    const { found } = await find(semanticDialect, 'semantic', '~session', files);
    assert.ok('session-store.ts' in found);
  });

  it('[RES-43] passages overlap as the settings say and give one best span per text', async () => {
    const { passages } = indexPassages({ path: 'x', text: Array(100).fill('w').join('\n') }, { size: 40, overlap: 10 });
    assert.deepEqual(
      passages.map(one => `${one.lineStart}-${one.lineEnd}`),
      ['1-40', '31-70', '61-100'],
    );
    const { results } = await find(semanticDialect, 'semantic', '~line number', files);
    assert.equal(results?.[0]?.spans.length, 1);
  });

  it('[RES-43] a passage knows how often it has a word: parts of names, plurals, the path twice', () => {
    const text = 'isTokenValid(tokens)\n\nZähler_stand und Häuser\n';
    const index = indexPassages({ path: 'src/token.ts', text }, { size: 2, overlap: 1 });
    const counts = (word: string) => index.passages.map(one => countIn(index, one, wordNumber(word)));
    assert.deepEqual(
      index.passages.map(({ lineStart, lineEnd, length }) => [lineStart, lineEnd, length]),
      [
        [1, 2, 4],
        [2, 3, 5],
      ],
    );
    assert.deepEqual(counts('token'), [4, 2]);
    assert.deepEqual(counts('istokenvalid'), [1, 0]);
    assert.deepEqual(counts('zähler'), [0, 1]);
    assert.deepEqual(counts('zählerstand'), [0, 1]);
    assert.deepEqual(counts('absent'), [0, 0]);
  });

  it('[RES-43] words of ASCII are found like those of any other text', () => {
    for (const text of ['fooBar baz_qux HTTPServer x1Y2', '__a__b 9lives', 'a-b\tc\rd', '']) {
      assert.deepEqual(wordsOf(text), wordsOf(`${text} é`).slice(0, -1), text);
    }
  });

  it('[RES-16] scores lie between 0 and 1', async () => {
    const { results } = await find(semanticDialect, 'semantic', '~nothing kind', files);
    const score = results?.[3]?.spans[0]?.score ?? 0;
    assert.ok(score > 0 && score <= 1, String(score));
  });

  it('[RES-41] a semantic matcher without a word does not compile', async () => {
    assert.equal((await find(semanticDialect, 'semantic', '~ ?!', files)).status, 400);
  });
});

describe('vectors', () => {
  it('[RES-43] an OpenAI-compatible endpoint changes the order, each text is embedded once', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on('end', () => {
        const { input } = JSON.parse(body) as { input: string[] };
        asked.push(...input);
        const data = input
          .map((text, index) => ({ index, embedding: /automobile|car/.test(text) ? [1, 0] : [0, 1] }))
          .reverse();
        response.setHeader('content-type', 'application/json').end(JSON.stringify({ data }));
      });
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    try {
      const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
      const embedder = createEmbedder({ baseUrl, model: 'm', apiKey: 'k', timeoutMs: 5000 });
      const cache = new Map<string, readonly number[]>();
      const passages = [
        { path: 'a', text: 'bananas', score: 0.4, lineStart: 1, lineEnd: 1 },
        { path: 'b', text: 'an automobile', score: 0.1, lineStart: 1, lineEnd: 1 },
      ];
      const signal = new AbortController().signal;
      const ranked = await rankByVectors('car', passages, embedder, cache, signal);
      assert.deepEqual(
        ranked.map(one => one.path),
        ['b', 'a'],
      );
      await rankByVectors('car', passages, embedder, cache, signal);
      assert.equal(asked.length, 3);
    } finally {
      server.close();
    }
  });

  it('[RES-43] semantic matching uses the vectors of a configured endpoint and says so', async () => {
    const plain = createMatching({ workers: 1 });
    const embedder = {
      id: 'fake',
      embed: async (texts: readonly string[]) => texts.map(text => (/car|automobile/.test(text) ? [1, 0] : [0, 1])),
    };
    const files = [
      ['a.md', 'a car park'],
      ['b.md', 'an automobile'],
      ['c.md', 'bananas'],
    ].map(([path = '', text = '']) => ({ path, mimetype: 'text/markdown', key: path, text: async () => text }));
    const ask = async (matching: Matching) =>
      (await matching.matchMany({ dialect: 'semantic', raw: '~car' }, files, new AbortController().signal)).results;
    try {
      assert.deepEqual(
        (await ask(plain)).map(one => one.path),
        ['a.md'],
      );
      const options = { embedder: () => embedder, vectors: createVectorCache(), deadline: 5000 };
      const found = await ask(withVectors(plain, options));
      assert.deepEqual(
        found.map(one => one.path),
        ['a.md', 'b.md'],
      );
      assert.equal(found[1]?.result.reason, 'ranked by keywords and vectors');
      const broken = {
        id: 'broken',
        embed: async () => Promise.reject(new Error('the embedding endpoint answered 500')),
      };
      const fallen = await ask(withVectors(plain, { ...options, embedder: () => broken }));
      assert.equal(fallen[0]?.result.reason, 'ranked by keywords; vectors failed: the embedding endpoint answered 500');
    } finally {
      await plain.dispose();
    }
  });

  it('[RES-43] a failing endpoint is one sentence without the key', async () => {
    const server = createServer((_, response) => response.writeHead(401).end('bad key secret-key'));
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    try {
      const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const embedder = createEmbedder({ baseUrl, model: 'm', apiKey: 'secret-key', timeoutMs: 5000 });
      await assert.rejects(embedder.embed(['x'], new AbortController().signal), (error: Error) => {
        assert.equal(error.message, 'the embedding endpoint answered 401');
        return true;
      });
    } finally {
      server.close();
    }
  });
});
