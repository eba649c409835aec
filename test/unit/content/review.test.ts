import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compose, linesWithEnds } from '../../../server/src/content/review/hunks.ts';
import { isGenerated, summaryOf } from '../../../server/src/content/review/summary.ts';
import { holdsConflict, mergeThreeWay, withUndecided } from '../../../server/src/content/review/three-way.ts';
import { unifiedDiff } from '../../../server/src/content/unified-diff.ts';

const LABELS = { ours: 'your file', base: 'read by the model', theirs: 'proposed' };
const line = fc.constantFrom('a\n', 'b\n', 'c\n', 'd\n', '\n');
const text = fc
  .tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom('', 'end', 'last'))
  .map(([lines, end]) => lines.join('') + end);
const merge = (base: string, ours: string, theirs: string) => mergeThreeWay(base, ours, theirs, LABELS);

describe('review of a change', () => {
  it('[UI-21] all hunks accepted make the proposal, none the baseline, some exactly theirs', () => {
    fc.assert(
      fc.property(text, text, fc.array(fc.nat(20)), (before, after, chosen) => {
        const { hunks } = unifiedDiff('f', before, after);
        const every = new Set(hunks.keys());
        assert.equal(compose(before, after, hunks, every), after);
        assert.equal(compose(before, after, hunks, new Set()), before);
        const some = new Set(chosen.filter(index => index < hunks.length));
        const left = [...every].filter(index => !some.has(index));
        const removed = left.reduce((sum, index) => sum + linesOf(hunks[index]), 0);
        const result = compose(before, after, hunks, some);
        assert.equal(linesWithEnds(result).join(''), result);
        if (removed === 0 && left.length === 0) assert.equal(result, after);
        for (const index of some) {
          const [, , start, end] = hunks[index] ?? [0, 0, 0, 0];
          assert.ok(result.includes(linesWithEnds(after).slice(start, end).join('')));
        }
      }),
    );
  });

  it('[UI-21] hunks are apart, in order, and name changed lines only', () => {
    const before = Array.from({ length: 12 }, (_, at) => `line ${at}\n`).join('');
    const after = before.replace('line 2\n', 'two\n').replace('line 4\n', '').replace('line 9\n', 'line 9\nnine\n');
    assert.deepEqual(unifiedDiff('f', before, after).hunks, [
      [2, 3, 2, 3],
      [4, 5, 4, 4],
      [10, 10, 9, 10],
    ]);
    assert.deepEqual(unifiedDiff('f', null, 'a\nb\n').hunks, [[0, 0, 0, 2]]);
    assert.deepEqual(unifiedDiff('f', 'a\nb', null).hunks, [[0, 2, 0, 0]]);
    assert.deepEqual(unifiedDiff('f', 'a\n', 'a').hunks, [[0, 1, 0, 1]]);
  });

  it('[UI-24] changes of both sides in different places are both in the merge', () => {
    const base = 'one\ntwo\nthree\nfour\nfive\n';
    const merged = merge(base, base.replace('one', 'mine'), base.replace('five\n', 'theirs\nmore\n'));
    assert.deepEqual(merged, { text: 'mine\ntwo\nthree\nfour\ntheirs\nmore\n', conflicts: 0 });
  });

  it('[UI-24] the same lines changed by both are both there, between markers that name them', () => {
    const merged = merge('a\nb\nc\n', 'a\nmine\nc\n', 'a\ntheirs\nc\n');
    assert.equal(merged.conflicts, 1);
    assert.equal(
      merged.text,
      'a\n<<<<<<< your file\nmine\n||||||| read by the model\nb\n=======\ntheirs\n>>>>>>> proposed\nc\n',
    );
    assert.equal(holdsConflict(merged.text), true);
    assert.equal(holdsConflict('a\nmine\nc\n'), false);
  });

  it('[UI-24] merging loses no line that a side added, and takes what only one side changed', () => {
    fc.assert(
      fc.property(text, text, text, (base, ours, theirs) => {
        assert.equal(merge(base, ours, base).text, ours);
        assert.equal(merge(base, base, theirs).text, theirs);
        assert.equal(merge(base, ours, ours).text, ours);
        const { text: merged, conflicts } = merge(base, ours, theirs);
        assert.equal(merged, swapped(base, ours, theirs, conflicts) ?? merged);
        for (const side of [ours, theirs]) {
          const added = linesWithEnds(side).filter(each => !base.includes(each.trimEnd()));
          for (const each of added) assert.ok(merged.includes(each.trimEnd()), `${JSON.stringify(each)} is lost`);
        }
      }),
    );
  });

  it('[UI-24] a conflict that a merge editor left as the base was gets both sides back, a decided one does not', () => {
    const base = 'one\ntwo\nthree\nfour\nfive\n';
    const ours = base.replace('two', 'my two').replace('four', 'my four');
    const theirs = base.replace('two', 'its two').replace('four', 'its four');
    const left = (result: string) => withUndecided(base, ours, theirs, result, LABELS);
    assert.deepEqual(left(base), merge(base, ours, theirs));
    const half = left(`zero\n${base.replace('two\n', 'both two\nand more\n')}`);
    assert.equal(half.conflicts, 1);
    assert.match(
      half.text,
      /^zero\none\nboth two\nand more\nthree\n<<<<<<< [\s\S]*my four[\s\S]*its four\n>>>>>>> proposed\nfive\n$/,
    );
    const solved = base.replace('two', '2').replace('four', '4');
    assert.deepEqual(left(solved), { text: solved, conflicts: 0 });
  });

  it('[UI-23] generated files are known by their names and by what they say of themselves', () => {
    for (const path of [
      'package-lock.json',
      'web/yarn.lock',
      'Cargo.lock',
      'a/app.min.js',
      'b/main.js.map',
      'x_pb2.py',
    ])
      assert.equal(isGenerated(path, ''), true, path);
    for (const path of ['src/lock.ts', 'package.json', 'maps.js', 'block'])
      assert.equal(isGenerated(path, ''), false, path);
    assert.equal(isGenerated('api.go', '// Code generated by protoc. DO NOT EDIT.\npackage api\n'), true);
    assert.equal(isGenerated('a.ts', '// a file that talks about code generated by hand\n'), false);
  });

  it('[UI-23] more than 5 MB on a side, and binary files, are summaries', () => {
    const huge = 'x'.repeat(5_000_001);
    assert.equal(summaryOf({ path: 'a.txt', before: 'a', after: huge }), 'huge');
    assert.equal(summaryOf({ path: 'a.txt', before: huge, after: null }), 'huge');
    assert.equal(summaryOf({ path: 'a.txt', before: 'ü'.repeat(2_500_001), after: '' }), 'huge');
    assert.equal(summaryOf({ path: 'a.txt', before: 'x'.repeat(5_000_000), after: '' }), null);
    assert.equal(summaryOf({ path: 'a.png', before: null, after: null, binary: true }), 'binary');
  });
});

const linesOf = (hunk: readonly number[] | undefined): number => (hunk?.[3] ?? 0) - (hunk?.[2] ?? 0);

/** Without conflicts it does not matter which side is which. */
function swapped(base: string, ours: string, theirs: string, conflicts: number): string | null {
  return conflicts === 0 ? merge(base, theirs, ours).text : null;
}
