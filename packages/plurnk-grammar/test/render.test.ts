import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PlurnkParser, render, type Unplaced } from '../src/index.ts';
import { anyStatement } from './support/arbitraries.ts';
import { messagesOf, only, statementsOf, unplaced } from './support/invariants.ts';

const plain = (change: Partial<Record<keyof Unplaced, unknown>>): Unplaced =>
  ({ op: 'EDIT', suffix: '', signal: null, target: null, lineMarker: null, body: null, ...change }) as Unplaced;

describe('render', function () {
  this.timeout(180_000);

  it('[LNG-19] is canonical', () => {
    for (const [source, text] of [
      ['<<READ <4-7> (a) [x y,z] :READ', '<<READ[x,y,z](a)<4,7>::READ'],
      ['<<READ()[]::READ', '<<READ[]::READ'],
      ['<<EDIT1(a)<-3--1>:x\n:EDIT1', '<<EDIT1(a)<-3,-1>:x\n:EDIT1'],
      ['<<SEND[+200]:{"a": 1}:SEND', '<<SEND[200]:{"a": 1}:SEND'],
      ['<<READ(a)<0.0000001,1000000000000000000000000>::READ', '<<READ(a)<0.0000001,1000000000000000000000000>::READ'],
      ['<<READ(a)<1, 2,3>:#x#g:READ', '<<READ(a)<1,2,3>:#x#g:READ'],
      ['<<EXEC[sh]\n(dir)\n:ls:EXEC', '<<EXEC[sh](dir):ls:EXEC'],
    ] as const) {
      assert.equal(render(only(source)), text);
    }
  });

  it('[LNG-19] picks a suffix only when the body would close the statement', () => {
    assert.equal(render(plain({ body: 'a:EDIT b' })), '<<EDIT1:a:EDIT b:EDIT1');
    assert.equal(render(plain({ body: ':EDIT:EDIT1' })), '<<EDIT2::EDIT:EDIT1:EDIT2');
    assert.equal(render(plain({ suffix: 'x', body: ':EDITx' })), '<<EDITx_1::EDITx:EDITx_1');
    assert.equal(render(plain({ body: 'EDIT\n' })), '<<EDIT1:EDIT\n:EDIT1');
    assert.equal(render(plain({ body: 'EDIT the :EDITOR :READ' })), '<<EDIT:EDIT the :EDITOR :READ:EDIT');
  });

  it('[LNG-19] keeps a `#` target apart from a body that would complete a regex', () => {
    const statement = plain({ target: { kind: 'local', raw: '#a' }, body: 'b#)' });
    assert.equal(render(statement), '<<EDIT(#a)\n:b#):EDIT');
    assert.deepEqual(unplaced(only(render(statement))), statement);
  });

  it('[LNG-19] [RL-10] parse ∘ render is the identity on every valid statement', () => {
    fc.assert(
      fc.property(anyStatement, statement => {
        const result = PlurnkParser.parseStatements(render(statement));
        assert.deepEqual(messagesOf(result), []);
        const [again, ...others] = statementsOf(result);
        assert.ok(again !== undefined && others.length === 0);
        const expected = again.suffix === statement.suffix ? statement : { ...statement, suffix: again.suffix };
        assert.deepEqual(unplaced(again), expected);
        if (again.suffix !== statement.suffix) {
          const forced = render(statement).replaceAll(`${again.op}${again.suffix}`, `${again.op}${statement.suffix}`);
          assert.notDeepEqual(statementsOf(PlurnkParser.parseStatements(forced)).map(unplaced), [statement]);
        }
      }),
      { numRuns: 5000, seed: 1 },
    );
  });

  it('[LNG-19] renders sequences that parse to the same sequence', () => {
    fc.assert(
      fc.property(fc.array(anyStatement, { maxLength: 6 }), fc.constantFrom('', '\n', ' '), (statements, between) => {
        const result = PlurnkParser.parseStatements(statements.map(render).join(between));
        assert.deepEqual(
          statementsOf(result)
            .map(unplaced)
            .map(({ suffix: _suffix, ...rest }) => rest),
          statements.map(({ suffix: _suffix, ...rest }) => rest),
        );
      }),
      { numRuns: 500, seed: 2 },
    );
  });

  it('[LNG-19] refuses what the language cannot write', () => {
    for (const change of [
      { suffix: 'a-b' },
      { target: { kind: 'local', raw: 'a)b' } },
      { target: { kind: 'local', raw: 'a\nb' } },
      { target: { kind: 'local', raw: 'a<' } },
      { signal: ['a b'] },
      { signal: [''] },
      { signal: ['a<'] },
      { signal: ['a]'] },
      { signal: 1.5 },
      { signal: '1 x' },
      { lineMarker: { marks: [] } },
      { lineMarker: { marks: [Number.NaN] } },
    ]) {
      assert.throws(() => render(plain(change)), RangeError, JSON.stringify(change));
    }
  });
});
