import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import type { Candidate } from '../../../server/src/content/contract.ts';
import { decode } from '../../../server/src/content/encoding.ts';
import { createMatching } from '../../../server/src/content/matching.ts';
import { isBinary } from '../../../server/src/content/mimetype.ts';

const utf16 = (text: string, bigEndian = false): Buffer => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
};

const FILES: { readonly [name: string]: string | Buffer } = {
  'empty.txt': '',
  'plain.txt': 'foo\nbar\nfoobar TODO\n',
  'no-end.txt': 'one\nfoo',
  'windows.txt': 'foo\r\nbar\r\n\r\nfoo bar\r\n',
  'mixed.txt': 'foo\r\nbar\nTODO\r\n',
  'old-mac.txt': 'foo\rbar\rfoo',
  'marked.txt': '\ufefffoo at the beginning\nbar\n',
  'utf8.txt': 'für Straße ſk \u212a\nİstanbul ISTANBUL ıstanbul\n日本 foo 😀 bar\n',
  'latin1.txt': Buffer.from('f\xfcr foo\nStra\xdfe bar\n', 'latin1'),
  'windows1252.txt': Buffer.from([0x93, 0x66, 0x6f, 0x6f, 0x94, 0x0a, 0x80, 0x62, 0x61, 0x72]),
  'broken.txt': Buffer.from([0x66, 0x6f, 0x6f, 0xc3, 0x28, 0x0a, 0xff, 0x62, 0x61, 0x72]),
  'utf16le.txt': utf16('foo\r\nfür bar\n'),
  'utf16be.txt': utf16('foo TODO\nStraße\n', true),
  'binary.bin': Buffer.from('foo\0bar\nTODO', 'latin1'),
  'late.bin': Buffer.concat([Buffer.from('foo bar\n'.repeat(9000)), Buffer.from([0])]),
  'long-line.txt': `${'xo-'.repeat(1500)}foo${'yo-'.repeat(1500)}\nbar\n`,
  'many-lines.txt': 'bar foz, seldom\n'.repeat(4100),
  '.hidden': 'foo.bar\n',
  'na me#%.txt': 'foobar\n',
};

/** What a search has to answer, the plain way: each text decoded, each occurrence counted. */
function expected(name: string, text: string, regex: RegExp): string[] {
  const lines = new Uint32Array(text.length + 1).fill(1);
  for (let at = 0; at < text.length; at++) lines[at + 1] = (lines[at] ?? 0) + (text[at] === '\n' ? 1 : 0);
  const lineAt = (offset: number): number => lines[offset] ?? 0;
  const spans = [...text.matchAll(regex)]
    .filter(({ index }) => !(index === text.length && text.endsWith('\n')))
    .map(({ index, 0: { length } }) => `${lineAt(index)}-${lineAt(Math.max(index, index + length - 1))}`);
  return [...new Set(spans)].map(span => `${name}:${span}`);
}

describe('the scan of files', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'plurnk-scan-'));
  const matching = createMatching({ workers: 2, chunk: 5, deadline: 60_000 });
  const signal = new AbortController().signal;
  const candidates: Candidate[] = [];
  const texts = new Map<string, string>();

  before(() => {
    for (const [name, content] of Object.entries(FILES)) {
      const file = path.join(folder, name);
      writeFileSync(file, content);
      const bytes = readFileSync(file);
      if (!isBinary(bytes)) texts.set(name, decode(bytes).text);
      const own = { path: name, mimetype: 'text/markdown', key: name, text: async () => texts.get(name) ?? '' };
      candidates.push({ ...own, file });
    }
    // A file with unsaved changes: the text counts, not what is on disk.
    texts.set('buffer.txt', 'unsaved foo\nTODO\n');
    const text = async () => texts.get('buffer.txt') ?? '';
    candidates.splice(4, 0, { path: 'buffer.txt', mimetype: 'text/markdown', key: 'b', text });
    candidates.push({
      path: 'gone.txt',
      mimetype: 'text/markdown',
      key: 'g',
      text,
      file: path.join(folder, 'gone.txt'),
    });
  });
  after(async () => {
    await matching.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  async function compare(pattern: string, flags: string): Promise<void> {
    const regex = new RegExp(pattern, `${flags}gm`);
    const answer = await matching.matchMany({ dialect: 'regex', raw: '', pattern, flags }, candidates, signal);
    assert.equal(answer.status, 200);
    const found = answer.results.flatMap(({ path: name, result }) =>
      result.spans.map(span => `${name}:${span.lineStart}-${span.lineEnd}`),
    );
    const wanted = candidates.flatMap(({ path: name }) =>
      texts.has(name) ? expected(name, texts.get(name) ?? '', regex) : [],
    );
    assert.deepEqual(found, wanted, `#${pattern}#${flags}`);
    for (const { at, path: name } of answer.results) assert.equal(candidates[at]?.path, name);
  }

  for (const [pattern, flags] of [
    ['foo', ''],
    ['foo|TODO', ''],
    ['FOO|todo', 'i'],
    ['stra(?:ss|ß)e', 'i'],
    ['k', 'iu'],
    ['^foo$', ''],
    ['o\\nb', ''],
    ['foo.bar', 's'],
    ['für', ''],
    ['\\u{1f600} bar', 'u'],
    ['$', ''],
    ['|x', 'u'],
    ['x*', ''],
    ['o\\r', ''],
    ['“foo”', ''],
  ] as const)
    it(`[RES-15] [RES-40] #${pattern}#${flags} finds the same places as a plain look at every text`, () =>
      compare(pattern, flags));

  it('[RES-15] [RES-40] so does any expression', async function () {
    this.timeout(60_000);
    const atom = fc.constantFrom(
      ...['foo', 'bar', 'TODO', 'o', 'ß', 'ü', 'İ', 'K', '.', '\\.', '\\s', '\\w', '[^o]', '[a-f]', '\\n', '\\b'],
      ...['(?:foo|bar)', '(?=b)', '(?<!f)o', '^', '$', '|', 'ba', 'r '],
    );
    const quantifier = fc.constantFrom('', '', '', '', '?', '+', '{2}', '{0,1}', '*?');
    const piece = fc
      .tuple(atom, quantifier)
      .map(([one, many]) => (/^[$^|.]$|^\(\?[=<]|^\\b/.test(one) ? one : one + many));
    const pattern = fc.array(piece, { minLength: 1, maxLength: 5 }).map(pieces => pieces.join(''));
    const flags = fc.constantFrom('', '', 'i', 's', 'u', 'iu');
    await fc.assert(
      fc.asyncProperty(pattern, flags, async (source, chosen) => {
        fc.pre(isExpression(source, chosen));
        await compare(source, chosen);
      }),
      { numRuns: 30, seed: 11 },
    );
  });
});

function isExpression(source: string, flags: string): boolean {
  try {
    return new RegExp(source, flags) instanceof RegExp;
  } catch {
    return false;
  }
}
