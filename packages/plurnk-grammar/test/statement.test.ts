import assert from 'node:assert/strict';
import { OPS, PlurnkParser } from '../src/index.ts';
import { messagesOf, only, problems, statementsOf } from './support/invariants.ts';

describe('statement', () => {
  it('[LNG-1] reads every op, with and without a suffix', () => {
    for (const op of OPS) {
      assert.equal(only(`<<${op}::${op}`).op, op);
      const { suffix, op: word } = only(`<<${op}_x9::${op}_x9`);
      assert.deepEqual([word, suffix], [op, '_x9']);
    }
  });

  it('[LNG-1] takes the longest suffix', () => {
    assert.equal(only('<<READABLE(a)::READABLE').suffix, 'ABLE');
    assert.equal(only('<<EDIT123abc_(a)::EDIT123abc_').suffix, '123abc_');
  });

  it('[LNG-1] takes `<<` without an op word for text', () => {
    for (const text of ['a << b', '<<read(a)::read', '<<', '<<REA', '<< READ(a)::READ', '<<<<', 'x <<"EOF"']) {
      const result = PlurnkParser.parse(`${text}\n<<PLAN::PLAN<<SEND[200]::SEND`);
      assert.deepEqual(
        result.items.map(item => item.kind),
        ['text', 'statement', 'statement'],
        text,
      );
    }
    assert.deepEqual(
      PlurnkParser.parse('<<<PLAN::PLAN<<SEND::SEND').items.map(item => item.kind),
      ['text', 'statement', 'statement'],
    );
  });

  it('[LNG-1] refuses anything else right after op and suffix', () => {
    for (const text of [
      '<<READ-a::READ',
      '<<READ.::READ',
      '<<READ>::READ',
      '<<READé(a)::READé',
      '<<READ\u00a0(a)::READ',
    ]) {
      assert.match(problems(text).join(), /^`<<READ`: found .* right after the op word, expected/, text);
    }
    for (const text of [
      '<<READ ::READ',
      '<<READ\t(a)::READ',
      '<<READ\r\n(a)::READ',
      '<<READ[]::READ',
      '<<READ<1>::READ',
    ])
      only(text);
  });

  it('[LNG-2] takes the slots in any order, with white space between', () => {
    const slots = ['[t]', '(a.ts)', '<4>'];
    for (const [a, b, c] of [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ] as const) {
      const statement = only(`<<READ \t${slots[a]}\r\n${slots[b]} ${slots[c]}\n :x:READ`);
      assert.deepEqual(statement.signal, ['t']);
      assert.deepEqual(statement.target, { kind: 'local', raw: 'a.ts' });
      assert.deepEqual(statement.lineMarker, { marks: [4] });
    }
  });

  it('[LNG-2] needs no slot', () => {
    const { signal, target, lineMarker, body } = only('<<EDIT:x:EDIT');
    assert.deepEqual([signal, target, lineMarker, body], [null, null, null, 'x']);
  });

  it('[LNG-2] refuses a repeated slot, naming it', () => {
    assert.match(problems('<<READ[a][b]::READ').join(), /`<<READ` signal: found a second signal/);
    assert.match(problems('<<READ(a)<1>(b)::READ').join(), /`<<READ` target: found a second target/);
    assert.match(problems('<<READ<1>(a)<2>::READ').join(), /`<<READ` marks: found a second marks/);
  });

  it('[LNG-2] refuses other white space and other characters between the slots', () => {
    for (const [odd, name] of [
      ['\u00a0', 'U\\+00A0'],
      ['\v', 'U\\+000B'],
      ['\u2028', 'U\\+2028'],
      ['x', '`x`'],
      [',', '`,`'],
    ] as const) {
      assert.match(
        problems(`<<READ(a)${odd}<4>::READ`).join(),
        new RegExp(`^\`<<READ\`: found ${name} before the body`),
      );
    }
  });

  it('[LNG-3] keeps the body verbatim', () => {
    for (const body of [
      ' x ',
      '\nx\n',
      '\r\n\t',
      '\\n',
      ':',
      '::',
      '<<READ(x)::READ',
      '😀\0\ud800',
      ':EDITx',
      ':EDIT_',
      ':EDIT1',
      ':edit',
    ]) {
      assert.equal(only(`<<EDIT:${body}:EDIT`).body, body, JSON.stringify(body));
    }
    assert.equal(only('<<EDIT::EDIT').body, null);
    assert.equal(only('<<EDIT(a)\n::EDIT').body, null);
  });

  it('[LNG-3] closes at the first exact tag; nesting needs suffixes', () => {
    assert.equal(only('<<EDIT1:<<EDIT2:<<EDIT:x:EDIT:EDIT2:EDIT1').body, '<<EDIT2:<<EDIT:x:EDIT:EDIT2');
    const result = PlurnkParser.parse('<<EDIT:a:EDIT b:EDIT');
    assert.equal(statementsOf(result)[0]?.body, 'a');
    assert.equal(statementsOf(PlurnkParser.parse('<<EDIT:a:EDIT-:EDIT'))[0]?.body, 'a');
  });

  it('[LNG-4] takes one colon and the close tag for an empty body before the end, LF, CR or `<`', () => {
    for (const after of ['', '\n', '\r\n', '<', '<<SEND[200]::SEND']) {
      const [statement] = statementsOf(PlurnkParser.parse(`<<READ(t):READ${after}`));
      assert.deepEqual([statement?.body, statement?.position.endOffset], [null, 14], JSON.stringify(after));
    }
    assert.equal(statementsOf(PlurnkParser.parse('<<EDIT1(t):EDIT1\n:EDIT1'))[0]?.body, null);
  });

  it('[LNG-4] takes it for body text before anything else', () => {
    for (const [source, body] of [
      ['<<EDIT(t):EDIT the file:EDIT', 'EDIT the file'],
      ['<<EDIT(t):EDIT:EDIT', 'EDIT'],
      ['<<EDIT(t):EDIT\t:EDIT', 'EDIT\t'],
      ['<<EDIT(t):EDIT1\n:EDIT', 'EDIT1\n'],
    ] as const) {
      assert.equal(only(source).body, body);
    }
  });

  it('[LNG-12] gives every statement exactly seven keys', () => {
    for (const op of OPS) {
      for (const text of [`<<${op}::${op}`, `<<${op}(a):b:${op}`]) {
        const keys = Object.keys(only(text)).sort();
        assert.deepEqual(keys, ['body', 'lineMarker', 'op', 'position', 'signal', 'suffix', 'target']);
      }
    }
  });

  it('[LNG-18] reads any sequence, also none, and refuses other text', () => {
    assert.deepEqual(PlurnkParser.parseStatements(''), { items: [] });
    assert.deepEqual(PlurnkParser.parseStatements(' \r\n\t\u00a0'), { items: [] });
    const result = PlurnkParser.parseStatements('<<SEND::SEND\n\n<<PLAN::PLAN <<PLAN::PLAN');
    assert.deepEqual(
      statementsOf(result).map(({ op }) => op),
      ['SEND', 'PLAN', 'PLAN'],
    );
    assert.deepEqual(messagesOf(result), []);
    const mixed = PlurnkParser.parseStatements('  hello\n<<READ(a)::READ and more');
    assert.deepEqual(
      mixed.items.map(item => item.kind),
      ['error', 'statement', 'error'],
    );
    const first = mixed.items[0];
    assert.ok(first?.kind === 'error');
    assert.deepEqual([first.error.line, first.error.column, first.error.endOffset], [1, 2, 7]);
    assert.match(first.error.message, /text between statements/);
  });
});
