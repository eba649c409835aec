import assert from 'node:assert/strict';
import { applyPatch } from 'diff';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { stripControls } from '../../../server/src/content/ansi.ts';
import { decode, encode, NEW_FILE } from '../../../server/src/content/encoding.ts';
import { countItems, sliceItems, spliceItems } from '../../../server/src/content/json-items.ts';
import {
  isFailure,
  type MarkerFailure,
  selectRead,
  sliceLines,
  spliceLines,
} from '../../../server/src/content/line-marker.ts';
import { countLines, numberText, splitLines } from '../../../server/src/content/lines.ts';
import { isBinary, isVerbatim, mimetypeOf } from '../../../server/src/content/mimetype.ts';
import { pathGlob } from '../../../server/src/content/path-glob.ts';
import { unifiedDiff } from '../../../server/src/content/unified-diff.ts';
import { wildcard } from '../../../server/src/content/wildcard.ts';

const text = fc
  .array(fc.constantFrom('a', 'bb', '', 'ä', '\t', 'x y'), { maxLength: 8 })
  .map(lines => lines.join('\n'));
function must<T extends object>(value: T | null): Exclude<T, MarkerFailure> {
  if (value === null || isFailure(value)) throw new Error(JSON.stringify(value));
  return value as Exclude<T, MarkerFailure>;
}

describe('lines and markers', () => {
  it('[RES-13] a final LF ends the last line and starts no further one', () => {
    assert.deepEqual(splitLines(''), []);
    assert.deepEqual(splitLines('\n'), ['']);
    assert.deepEqual(splitLines('a\nb\n'), ['a', 'b']);
    assert.equal(numberText('a\nb'), '1:\ta\n2:\tb');
    fc.assert(fc.property(text, value => countLines(value) === splitLines(value).length));
  });

  const EDITS: readonly (readonly [string, string, number[], string | null, string])[] = [
    ['replaces a line', 'a\nb\nc\n', [2], 'B', 'a\nB\nc\n'],
    ['a final LF of the body adds no line', 'a\nb\nc\n', [2], 'B\n', 'a\nB\nc\n'],
    ['one line becomes two', 'a\nb\n', [1], 'x\ny', 'x\ny\nb\n'],
    ['replaces a range', 'a\nb\nc', [2, 3], 'x', 'a\nx'],
    ['replaces to the end', 'a\nb\nc', [2, -1], 'x', 'a\nx'],
    ['counts from the end', 'a\nb\nc\n', [-2, -1], 'x', 'a\nx\n'],
    ['prepends', 'a\n', [0], 'x', 'x\na\n'],
    ['appends', 'a\n', [-1], 'x', 'a\nx\n'],
    ['appends where no final LF is', 'a', [-1], 'x', 'a\nx'],
    ['inserts after a line', 'a\nb\n', [1.5], 'x', 'a\nx\nb\n'],
    ['inserts before the first', 'a\n', [0.5], 'x', 'x\na\n'],
    ['deletes a line', 'a\nb\nc\n', [2], null, 'a\nc\n'],
    ['clears', 'a\nb\n', [1, -1], null, ''],
    ['writes into what is empty', '', [1], 'x\n', 'x\n'],
    ['an empty line', 'a\nb\n', [1], '\n', '\nb\n'],
  ];
  for (const [name, before, marks, body, after] of EDITS) {
    it(`[RES-10] ${name}`, () => assert.equal(must(spliceLines(before, marks, body)).text, after));
  }

  it('[RES-13] what is outside is 416, what is no marker 400', () => {
    const status = (marks: number[], count: number): number => {
      const answer = selectRead(marks, count);
      return isFailure(answer) ? answer.status : 200;
    };
    assert.deepEqual([status([4], 3), status([0], 3), status([-4], 3), status([1], 0)], [416, 416, 416, 416]);
    assert.deepEqual([status([2, 1], 3), status([1.5], 3), status([1, 2, 3], 3)], [400, 400, 400]);
    assert.deepEqual(
      [status([1, -1], 0), status([3, 99], 3), status([-1], 3), status([0, 2], 3)],
      [200, 200, 200, 200],
    );
  });

  it('[RES-10] a splice of what a slice gives changes nothing', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 8 }), (value, from, to) => {
        const slice = sliceLines(value, [from, to]);
        if (isFailure(slice)) return;
        const body = slice.text === '' ? '\n' : slice.text.endsWith('\n') ? `${slice.text}\n` : slice.text;
        assert.equal(must(spliceLines(value, [from, to], body)).text, value);
      }),
    );
  });
});

describe('JSON by item', () => {
  const PRETTY = '{\n  "a": 1,\n  "b": [1, 2.50],\n  "c": {"x": 10000000000000000001}\n}\n';
  const EDITS: readonly (readonly [string, string, number[], string | null, string])[] = [
    ['replaces an element', '[1,2,3]', [2], '9', '[1, 9, 3]'],
    ['an array splices its items', '[1, 2, 3]', [2, 3], '[7, 8]', '[1, 7, 8]'],
    ['nested arrays are one item inside an array', '[1]', [-1], '[[2]]', '[1, [2]]'],
    ['appends', '[1]', [-1], '2', '[1, 2]'],
    ['prepends', '[1]', [0], '0', '[0, 1]'],
    ['deletes', '[1, 2, 3]', [2], null, '[1, 3]'],
    ['deletes all', '[1, 2]', [1, -1], null, '[]'],
    ['into an empty array', '[]', [-1], '1', '[1]'],
    [
      'replaces a pair, keeping the spelling of the others',
      PRETTY,
      [1],
      '{"z": true}',
      PRETTY.replace('"a": 1', '"z": true'),
    ],
    ['inserts a pair after the second', PRETTY, [2.5], '{"n": null}', PRETTY.replace('2.50],', '2.50],\n  "n": null,')],
    ['deletes the last pair', PRETTY, [-1 + 4], null, '{\n  "a": 1,\n  "b": [1, 2.50]\n}\n'],
    ['a scalar stays one value', '42\n', [1], '[1]', '[1]\n'],
  ];
  for (const [name, before, marks, body, after] of EDITS) {
    it(`[RES-11] ${name}`, () => assert.equal(must(spliceItems(before, marks, body)).text, after));
  }

  it('[RES-11] selections are arrays of items, pairs as one-key objects', () => {
    assert.deepEqual(JSON.parse(must(sliceItems(PRETTY, [1, 2])).text), [{ a: 1 }, { b: [1, 2.5] }]);
    assert.match(must(sliceItems(PRETTY, [3])).text, /10000000000000000001/);
    assert.equal(countItems('"x"'), 1);
    assert.equal(countItems('nope'), null);
  });

  it('[RES-11] a body that is no JSON is 400, pairs must be objects, a scalar takes <1> only', () => {
    const status = (before: string, marks: number[], body: string): number | null => {
      const answer = spliceItems(before, marks, body);
      return answer !== null && isFailure(answer) ? answer.status : null;
    };
    assert.equal(status('[1]', [1], '{'), 400);
    assert.equal(status('{"a":1}', [1], '5'), 400);
    assert.equal(status('5', [1, 2], '6'), 416);
    assert.equal(status('[1]', [7], '6'), 416);
    assert.equal(spliceItems('{"a": 1, // comment\n}', [1], '{"b": 2}'), null);
  });

  it('[RES-11] the result is JSON with exactly the items that a splice of values gives', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue(), { maxLength: 5 }),
        fc.integer({ min: 1, max: 5 }),
        fc.jsonValue(),
        fc.constantFrom(0, 2),
        (items, at, value, indent) => {
          fc.pre(at <= items.length && !Array.isArray(value));
          const next = must(spliceItems(JSON.stringify(items, null, indent), [at], JSON.stringify(value))).text;
          assert.deepEqual(JSON.parse(next), JSON.parse(JSON.stringify(items.with(at - 1, value))));
        },
      ),
    );
  });

  it('[RL-13] JSON nested 10,000 deep is edited by item', () => {
    const deep = `[${'['.repeat(10_000)}${']'.repeat(10_000)}, 1]`;
    assert.equal(countItems(deep), 2);
    assert.ok(must(spliceItems(deep, [2], '5')).text.endsWith(', 5]'));
  });
});

describe('encodings', () => {
  it('[RES-63] bytes that were decoded and encoded again are the same bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), bytes => {
        fc.pre(
          !isBinary(bytes) && !(bytes[0] === 0xff && bytes[1] === 0xfe) && !(bytes[0] === 0xfe && bytes[1] === 0xff),
        );
        const { text: value, form } = decode(bytes);
        assert.deepEqual([...encode(value, value, form)], [...bytes]);
      }),
    );
    for (const name of ['utf16-le', 'utf16-be', 'utf8']) {
      const bytes = iconv.encode('ä\r\n日本\n', name, { addBOM: true });
      const { text: value, form } = decode(bytes);
      assert.deepEqual(encode(value, value, form), bytes);
    }
  });

  it('[RES-63] with mixed line endings untouched lines keep theirs', () => {
    const { text: value, form } = decode(Buffer.from('a\r\nb\nc\r\nd\n'));
    assert.equal(encode(value, value.replace('c', 'c\nnew'), form).toString(), 'a\r\nb\nc\r\nnew\r\nd\n');
    assert.equal(encode('', 'x\n', NEW_FILE).toString(), 'x\n');
  });
});

describe('diffs, globs, terminal text, types', () => {
  it('[ENG-60] a diff applied to the old text gives the new text', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const { body, added, removed } = unifiedDiff('f', before, after);
        if (before === after) assert.equal(body, '');
        else assert.equal(applyPatch(before, body), after);
        assert.equal(added, body.split('\n').filter(line => /^\+(?!\+\+ )/.test(line)).length);
        assert.ok(removed >= 0);
      }),
    );
    assert.match(unifiedDiff('f', null, 'a\n').body, /^--- \/dev\/null\n\+\+\+ b\/f\n@@ -0,0 \+1 @@\n\+a\n$/);
    assert.match(unifiedDiff('f', 'a\n', null).body, /\+\+\+ \/dev\/null\n@@ -1 \+0,0 @@\n-a\n$/);
  });

  const GLOBS: readonly (readonly [string, string, boolean])[] = [
    ['**', 'a/b/c', true],
    ['*.ts', 'a.ts', true],
    ['*.ts', 'a/b.ts', false],
    ['**/*.ts', 'b.ts', true],
    ['src/**', 'src/a/b', true],
    ['src/**', 'src', true],
    ['src/', 'src/a', true],
    ['src/**/x/*.md', 'src/x/a.md', true],
    ['{a,b}/{c,d}.ts', 'b/d.ts', true],
    ['{a,b{1,2}}.ts', 'b2.ts', true],
    ['[a-c]?.ts', 'b1.ts', true],
    ['[!a]*', 'b', true],
    ['[!a]*', 'a', false],
    ['a[', 'a[', true],
    ['.*', '.env', true],
    ['*', '.env', true],
    ['\\*', '*', true],
    ['ü?', 'ü😀', true],
  ];
  for (const [glob, path, wanted] of GLOBS) {
    it(`[RES-15] ${glob} ${wanted ? 'matches' : 'does not match'} ${path}`, () =>
      assert.equal(pathGlob(glob)(path), wanted));
  }

  it('[RES-42] hostile globs take no time', () => {
    const started = performance.now();
    pathGlob(`${'**/'.repeat(500)}x`)(`${'a/'.repeat(2000)}y`);
    wildcard(`${'*a'.repeat(2000)}b`)('a'.repeat(20_000));
    pathGlob('{a,b}'.repeat(40))('a'.repeat(40));
    assert.ok(performance.now() - started < 3000);
  });

  it('[RES-40] wildcards over lines: starts, contains, ends', () => {
    assert.ok(wildcard('TODO*')('TODO x'));
    assert.ok(!wildcard('TODO*')(' TODO'));
    assert.ok(wildcard('*TODO*')('a TODO b'));
    assert.ok(wildcard('*end')('the end'));
  });

  it('[RL-12] control sequences are taken out, overwritten progress too', () => {
    assert.equal(stripControls('\u001b[1;31mred\u001b[0m'), 'red');
    assert.equal(stripControls('10%\r50%\r100%\ndone\r\n'), '100%\ndone\n');
    assert.equal(stripControls('\u001b]8;;http://x\u0007link\u001b]8;;\u0007'), 'link');
    assert.equal(stripControls('a\u0000b\u0007\u009b31mc\u001bcd'), 'abcd');
    assert.equal(stripControls('tab\tkept'), 'tab\tkept');
  });

  it('[RES-5] types by extension; plain text counts as Markdown; NUL is binary', () => {
    assert.equal(mimetypeOf('a/b.TS'), 'text/typescript');
    assert.equal(mimetypeOf('notes.txt'), 'text/markdown');
    assert.equal(mimetypeOf('.gitignore'), 'text/markdown');
    assert.equal(mimetypeOf('x.unknown', 'text/plain'), 'text/plain');
    assert.ok(isVerbatim('image/svg+xml') && isVerbatim('application/json') && !isVerbatim('text/markdown'));
    assert.ok(isBinary(Buffer.from([97, 0])) && !isBinary(iconv.encode('ab', 'utf16-le', { addBOM: true })));
  });
});
