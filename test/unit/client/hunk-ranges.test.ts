import assert from 'node:assert/strict';
import fc from 'fast-check';
import { HunkRanges, type LineEdit, type Place } from '../../../client/src/review/hunk-ranges.ts';
import { unifiedDiff } from '../../../server/src/content/unified-diff.ts';

/** A text as the editor holds it: the last line is what follows the last line end. */
const linesOf = (text: string): string[] => text.split('\n');
const slice = (text: string, start: number, end: number): string => {
  const lines = linesOf(text);
  return lines
    .slice(start, end)
    .map((line, at) => (start + at < lines.length - 1 ? `${line}\n` : line))
    .join('');
};
const offset = (text: string, line: number, character: number): number =>
  linesOf(text)
    .slice(0, line)
    .reduce((sum, each) => sum + each.length + 1, 0) + character;
const apply = (text: string, { startLine, startCharacter, endLine, endCharacter, text: put }: LineEdit): string =>
  text.slice(0, offset(text, startLine, startCharacter)) + put + text.slice(offset(text, endLine, endCharacter));

const line = fc.constantFrom('a\n', 'b\n', 'c\n', 'd\n');
const text = fc.array(line, { minLength: 1, maxLength: 10 }).map(lines => lines.join(''));
const typed = fc.record({
  from: fc.nat(),
  length: fc.nat({ max: 6 }),
  put: fc.constantFrom('', 'x', '\n', 'y\n', 'z\nz', 'w\nw\n'),
});

/** An edit at any place of the text, as positions. */
function editAt(now: string, { from, length, put }: { from: number; length: number; put: string }): LineEdit {
  const at = from % (now.length + 1);
  const position = (index: number) => {
    const before = linesOf(now.slice(0, index));
    return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
  };
  const [start, end] = [position(at), position(Math.min(now.length, at + length))];
  return {
    startLine: start.line,
    startCharacter: start.character,
    endLine: end.line,
    endCharacter: end.character,
    text: put,
  };
}

/** Takes a place back to the baseline, as the reject button does. */
function taken(now: string, base: string, place: Place): LineEdit {
  const last = linesOf(now).length - 1;
  const end = Math.min(place.end, last);
  const whole = place.end > last;
  return {
    startLine: Math.min(place.start, last),
    startCharacter: place.start > last ? (linesOf(now)[last]?.length ?? 0) : 0,
    endLine: end,
    endCharacter: whole ? (linesOf(now)[last]?.length ?? 0) : 0,
    text: slice(base, place.baseStart, place.baseEnd),
  };
}

describe('hunks while the person edits', () => {
  it('[UI-21] outside of the places every line is the baseline’s, whatever is typed', () => {
    fc.assert(
      fc.property(text, text, fc.array(typed, { maxLength: 6 }), (base, proposed, edits) => {
        const ranges = new HunkRanges(unifiedDiff('f', base, proposed).hunks);
        let now = proposed;
        for (const each of edits) {
          const edit = editAt(now, each);
          now = apply(now, edit);
          ranges.edit(edit);
        }
        let [at, baseAt] = [0, 0];
        for (const { start, end, baseStart, baseEnd } of ranges.places) {
          assert.equal(slice(now, at, start), slice(base, baseAt, baseStart), JSON.stringify(ranges.places));
          [at, baseAt] = [end, baseEnd];
        }
        assert.equal(slice(now, at, Infinity), slice(base, baseAt, Infinity));
      }),
      { numRuns: 2000 },
    );
  });

  it('[UI-21] rejecting one hunk after the other gives the baseline; taking one back keeps the rest', () => {
    fc.assert(
      fc.property(text, text, fc.array(fc.nat(), { maxLength: 12 }), (base, proposed, order) => {
        const { hunks } = unifiedDiff('f', base, proposed);
        const ranges = new HunkRanges(hunks);
        let now = proposed;
        const run = (edit: LineEdit) => {
          now = apply(now, edit);
          ranges.edit(edit);
        };
        for (const nth of order) {
          const place = ranges.places[nth % Math.max(1, ranges.places.length)];
          if (place) run(taken(now, base, place));
        }
        assert.deepEqual(
          ranges.places.map(({ hunk }) => hunk),
          [...hunks.keys()],
        );
        for (const index of hunks.keys()) run(taken(now, base, ranges.places[index] as Place));
        assert.equal(now, base);
      }),
    );
  });

  it('[UI-21] what the person types elsewhere is a place of its own and moves the hunks behind it', () => {
    const ranges = new HunkRanges([[4, 5, 4, 6]]);
    ranges.edit({ startLine: 1, startCharacter: 0, endLine: 1, endCharacter: 0, text: 'mine\nmine\n' });
    assert.deepEqual(ranges.places, [
      { hunk: null, baseStart: 1, baseEnd: 1, start: 1, end: 3 },
      { hunk: 0, baseStart: 4, baseEnd: 5, start: 6, end: 8 },
    ]);
    ranges.edit({ startLine: 7, startCharacter: 2, endLine: 8, endCharacter: 1, text: '' });
    assert.deepEqual(ranges.places[1], { hunk: 0, baseStart: 4, baseEnd: 6, start: 6, end: 8 });
  });
});
