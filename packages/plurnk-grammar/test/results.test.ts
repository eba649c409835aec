import assert from 'node:assert/strict';
import { type ParseItem, PlurnkParseError, PlurnkParser } from '../src/index.ts';
import { assertPosition, messagesOf, statementsOf } from './support/invariants.ts';

const ops = (text: string): string[] =>
  statementsOf(PlurnkParser.parseStatements(text)).map(({ op, suffix }) => op + suffix);

function errorOf(item: ParseItem | undefined): PlurnkParseError {
  assert.ok(item?.kind === 'error');
  return item.error;
}

describe('result', () => {
  it('[LNG-13] lists statements, prose and errors in source order', () => {
    const text = 'intro\n<<PLAN:p:PLAN\nmiddle <<READ(a\n<<SEND[200]:s:SEND tail';
    const result = PlurnkParser.parse(text);
    assert.deepEqual(
      result.items.map(item => item.kind),
      ['text', 'statement', 'text', 'error', 'statement', 'text'],
    );
    const runs = result.items.flatMap(item => (item.kind === 'text' ? [item.text] : []));
    assert.deepEqual(runs, ['intro\n', '\nmiddle ', ' tail']);
    assert.equal('unparsedTail' in result, false);
  });

  it('[LNG-13] reports one text item per run and none for white space', () => {
    const result = PlurnkParser.parse('a << b < c\n\n<x> <<<\n<<PLAN::PLAN \n\t<<SEND[200]::SEND\n');
    assert.deepEqual(
      result.items.map(item => item.kind),
      ['text', 'statement', 'statement'],
    );
  });

  it('[LNG-13] gives true positions with CRLF, astral characters and several statements on a line', () => {
    const text =
      '😀😀 <<PLAN:😀\r\né:PLAN 😀<<READ(😀)::READ x\r<<READ(a)::READ\n\r\n😀<<SEND[x]::SEND <<SEND[200]:\ud83d:SEND';
    const result = PlurnkParser.parse(text);
    for (const item of result.items) {
      if (item.kind === 'statement') assertPosition(text, item.statement.position);
      if (item.kind === 'text') assertPosition(text, item.position);
    }
    assert.deepEqual(
      statementsOf(result).map(({ position: at }) => [at.line, at.column, at.endLine, at.endColumn]),
      [
        [1, 3, 2, 6],
        [2, 8, 2, 23],
        [2, 26, 2, 41],
        [4, 17, 4, 35],
      ],
    );
    const error = errorOf(result.items.find(item => item.kind === 'error'));
    assert.deepEqual([error.line, error.column], [4, 8]);
    assert.equal(text.slice(error.offset, error.endOffset), 'x');
  });

  it('[LNG-13] gives errors that serialise and name op, slot, found and expected', () => {
    const error = errorOf(PlurnkParser.parseStatements('\n <<SEND[abc]::SEND').items[0]);
    assert.ok(error instanceof PlurnkParseError && error instanceof Error);
    assert.deepEqual(JSON.parse(JSON.stringify(error)), {
      line: 2,
      column: 8,
      offset: 9,
      endOffset: 12,
      source: 'parser',
      severity: 'error',
      message: '`<<SEND` signal: found `abc`, expected one whole number such as `[200]`, or nothing.',
    });
  });

  it('[LNG-13] uses no parser jargon and sorts errors by source', () => {
    const sources = {
      '<<READ[a\nb]::READ': 'lexer',
      '<<READ[a][b]::READ': 'parser',
      '<<READ(http://[)::READ': 'visitor',
    };
    for (const [text, source] of Object.entries(sources)) {
      const error = errorOf(PlurnkParser.parseStatements(text).items[0]);
      assert.equal(error.source, source);
      assert.doesNotMatch(error.message, /token|EOF|mismatched|viable|AST|undefined/i);
    }
  });

  it('[LNG-14] drops the broken statement alone and resumes after its close tag', () => {
    assert.deepEqual(ops('<<READ(a)::READ <<EDIT[x<<](b):y:EDIT <<FIND(c)::FIND'), ['READ', 'FIND']);
    assert.deepEqual(ops('<<EDIT1(a!)?:x:EDIT:EDIT1 <<FIND(c)::FIND'), ['FIND']);
    assert.deepEqual(ops('<<SEND[1,2]:see :READ and <<READ(x)::READ:SEND\n<<FIND(c)::FIND'), ['FIND']);
    assert.deepEqual(
      ops('<<EDIT(a\n)\n<<READ(x)::READ\n:EDIT\n<<FIND(c)::FIND'),
      ['FIND'],
      'its body is not read as ops',
    );
  });

  it('[LNG-14] resumes at the next `<<OP` on a line start if it has no close tag', () => {
    assert.deepEqual(ops('<<READ(a <<FIND(b)::FIND\n<<OPEN(c)::OPEN'), ['OPEN']);
    assert.deepEqual(ops('<<READ(a)\nprose, then\n<<FIND(b)::FIND'), ['FIND']);
    assert.deepEqual(ops('<<EDIT1(a):body:EDIT\n <<OPEN(x)::OPEN\n<<FIND(b)::FIND'), ['FIND']);
  });

  it('[LNG-14] does not take the close tag of a neighbour for its own', () => {
    assert.deepEqual(ops('<<READ(a\n<<READ(b)::READ\n<<READ(c)::READ'), ['READ', 'READ']);
    assert.deepEqual(ops('<<READ(a\n<<FIND(b)::FIND\n<<SEND[200]:I did :READ it:SEND'), ['FIND', 'SEND']);
    assert.deepEqual(ops('<<READ(a\n<<EDIT(b):x :READ:EDIT\n y:READ\n<<FIND(c)::FIND'), ['FIND']);
  });

  it('[LNG-14] leaves a close tag to the last broken statement that opens before it', () => {
    const text = '<<READ(a\n<<READ(b\n)::READ\n<<FIND(c)::FIND';
    const { items } = PlurnkParser.parseStatements(text);
    const broken = items.flatMap(item => (item.kind === 'error' && item.broken !== undefined ? [item.broken] : []));
    assert.deepEqual(
      broken.map(({ start, end }) => text.slice(start, end)),
      ['<<READ(a\n', '<<READ(b\n)::READ'],
    );
    assert.deepEqual(ops(text), ['FIND']);
  });

  it('[LNG-14] gives every broken statement at least one error, each within it', () => {
    const text = '<<READ(a\n<<FIND[x<](y<)<z>::FIND\n<<EDIT1(q):x\n<<KILL[x]::KILL\n<<OPEN(ok)::OPEN';
    const result = PlurnkParser.parseStatements(text);
    assert.deepEqual(
      statementsOf(result).map(({ op }) => op),
      ['OPEN'],
    );
    const byStatement = new Map<string, number>();
    for (const item of result.items) {
      if (item.kind !== 'error') continue;
      assert.ok(item.broken !== undefined);
      assert.ok(item.error.offset >= item.broken.start && item.error.offset <= item.broken.end);
      byStatement.set(item.broken.op, (byStatement.get(item.broken.op) ?? 0) + 1);
    }
    assert.deepEqual(
      [...byStatement],
      [
        ['READ', 1],
        ['FIND', 3],
        ['EDIT', 1],
        ['KILL', 1],
      ],
    );
  });

  it('[LNG-14] reports a slot that runs on past the close tag where it opens', () => {
    for (const text of [
      '<<READ[a(b):READ<<x',
      '<<READ(a:READ <) x',
      '<<READ(a\u00a0:READ',
      '<<OPEN1(<9>:$[:OPEN1 <)x',
    ]) {
      const { items } = PlurnkParser.parse(`${text}\n<<PLAN::PLAN<<SEND[200]::SEND`);
      const { error, broken } = items[0] as ParseItem & { kind: 'error' };
      assert.match(error.message, /`<<\w+` \w+: found no `[\])]`, expected it before the body/, text);
      assert.ok(broken !== undefined && error.offset < broken.end);
      assert.deepEqual(
        statementsOf({ items }).map(({ op }) => op),
        ['PLAN', 'SEND'],
      );
    }
  });

  it('[LNG-15] tells in which slot the input ends and what to add', () => {
    for (const [tail, reason] of [
      ['<<READ2[a, b', /ends inside the signal of `<<READ2`; add `\]`, then `:`.*`:READ2`/],
      ['<<SEND[20', /ends inside the signal of `<<SEND`; add `\]`/],
      ['<<READ(src/', /ends inside the target of `<<READ`; add `\)`/],
      ['<<READ(#a)b', /ends inside the target|found `b`/],
      ['<<READ(a)<4-', /ends inside the marks of `<<READ`; add `>`/],
      ['<<READ(a)<4', /ends inside the marks of `<<READ`; add `>`/],
      ['<<READ', /ends before the body of `<<READ`; add `:`/],
      ['<<READ(a) \n', /ends before the body of `<<READ`; add `:`/],
      ['<<EDIT(a):', /ends inside the body of `<<EDIT`; add `:EDIT` after it/],
      ['<<EDIT(a):text :EDI', /ends inside the body of `<<EDIT`; add `:EDIT`/],
      ['<<EDIT1(a):text:EDIT', /ends inside the body of `<<EDIT1` \(`:EDIT` does not close it\); add `:EDIT1`/],
    ] as const) {
      const result = PlurnkParser.parseStatements(`<<FIND(x)::FIND ${tail}`);
      assert.equal(result.items.length, 2, tail);
      assert.match(messagesOf(result).join(), reason);
      if (tail === '<<READ(#a)b') continue;
      assert.equal(result.unparsedTail?.from, 16, tail);
      assert.match(result.unparsedTail.reason, reason);
    }
  });

  it('[LNG-15] has no tail when the input ends between statements', () => {
    for (const text of [
      '',
      '<<READ(a)::READ',
      '<<READ(a)::READ\n<<',
      '<<EDIT(a):x\n<<FIND(b)::FIND',
      '<<READ(a b::READ',
    ]) {
      assert.equal(PlurnkParser.parse(text).unparsedTail, undefined, text);
    }
  });

  it('[LNG-15] every cut of a turn is either whole statements and prose or has a tail that starts at the open one', () => {
    const text = '<<PLAN[a, b](t)<4-7>:p:PLAN\n<<READ1(x):#y#:READ1\n<<SEND[200](run://a):{"a":1}:SEND';
    const starts = [0, 28, 49];
    for (let cut = 0; cut <= text.length; cut++) {
      const result = PlurnkParser.parse(text.slice(0, cut));
      const complete = statementsOf(result).length;
      const open = starts[complete];
      const isOpen = open !== undefined && cut >= open + 6;
      assert.equal(result.unparsedTail?.from, isOpen ? open : undefined, text.slice(0, cut));
    }
  });
});
