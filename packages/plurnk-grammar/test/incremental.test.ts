import assert from 'node:assert/strict';
import { SourceGenerator, seededRandom } from '../fuzz/generate.ts';
import { IncrementalParse, type ParseMode, PlurnkParser } from '../src/index.ts';

const whole = (text: string, mode: ParseMode): unknown =>
  JSON.parse(JSON.stringify(mode === 'turn' ? PlurnkParser.parse(text) : PlurnkParser.parseStatements(text)));

function assertSame(document: IncrementalParse, mode: ParseMode, context: string): void {
  assert.deepEqual(JSON.parse(JSON.stringify(document.result)), whole(document.text, mode), context);
}

/** Applies an edit and checks the result against a whole parse. */
function check(text: string, start: number, end: number, inserted: string): IncrementalParse {
  const context = JSON.stringify({ text, start, end, inserted });
  let last: IncrementalParse | undefined;
  for (const mode of ['statements', 'turn'] as const) {
    last = new IncrementalParse(text, mode);
    last.edit({ start, end, text: inserted });
    assert.equal(last.text, text.slice(0, start) + inserted + text.slice(end));
    assertSame(last, mode, context);
  }
  return last as IncrementalParse;
}

describe('incremental parse', function () {
  this.timeout(180_000);

  it('[PF-1] [LNG-13] equals a whole parse at every place of a text, for telling edits', () => {
    const text = 'a 😀\n<<PLAN:p\n:PLAN <<READ(#a)::READ b <<EDIT1:x:EDIT:EDIT1😀 <<SEND[200]::SEND\r\n<<READ(x';
    for (let at = 0; at <= text.length; at++) {
      for (const inserted of ['x', ':', '<', '\n', '😀', '\ud83d', '#)', '<<READ(b)::READ', ':EDIT1', '1'])
        check(text, at, at, inserted);
      for (const length of [1, 2, 7]) check(text, at, Math.min(text.length, at + length), '');
    }
  });

  it('[PF-1] [RL-10] equals a whole parse after every one of 4,800 random edits', () => {
    const random = seededRandom(21);
    const generator = new SourceGenerator(random);
    for (let run = 0; run < 400; run++) {
      const mode: ParseMode = random() < 0.5 ? 'turn' : 'statements';
      const document = new IncrementalParse(generator.next() + generator.next(), mode);
      for (let edit = 0; edit < 12; edit++) {
        const start = Math.floor(random() * (document.text.length + 1));
        const end = Math.min(document.text.length, start + Math.floor(random() * random() * 30));
        const source = generator.next();
        const text = random() < 0.3 ? '' : source.slice(0, Math.floor(random() * 40));
        const context = JSON.stringify({ mode, before: document.text, start, end, text });
        document.edit({ start, end, text });
        assertSame(document, mode, context);
      }
    }
  });

  it('[PF-1] parses only around the edit', () => {
    const line = '<<EDIT(src/a.ts)<4-7>:some text\n:EDIT\n';
    const text = line.repeat(1000);
    const document = new IncrementalParse(text, 'statements');
    assert.equal(document.parsedLength, text.length);
    document.edit({ start: line.length * 500 + 25, end: line.length * 500 + 25, text: 'x' });
    assert.ok(document.parsedLength < 3 * line.length, `${document.parsedLength}`);
    document.edit({ start: 2, end: 3, text: 'O' });
    assertSame(document, 'statements', 'a broken op word');
    document.edit({ start: 2, end: 3, text: 'E' });
    document.edit({ start: line.length * 900 + 2, end: line.length * 900 + 3, text: 'E' });
    assert.ok(document.parsedLength < 3 * line.length, `${document.parsedLength}`);
    assertSame(document, 'statements', 'mended');
  });

  it('[PF-1] refuses an edit outside the text and stays as it was', () => {
    const document = new IncrementalParse('<<READ(a)::READ', 'statements');
    for (const [start, end] of [
      [-1, 0],
      [2, 1],
      [0, 99],
      [Number.NaN, 1],
    ] as const) {
      assert.throws(() => document.edit({ start, end, text: 'x' }), RangeError);
    }
    assertSame(document, 'statements', 'unchanged');
  });
});
