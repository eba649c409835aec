import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fuzz } from '../fuzz/run.ts';
import { PlurnkParseError, PlurnkParser, parsePath } from '../src/index.ts';
import { anyText } from './support/arbitraries.ts';
import { assertInvariants, assertPosition } from './support/invariants.ts';
import { workOf } from './support/work.ts';

/** Texts made to hurt: each grows with `n`. */
const PATHOLOGICAL: { readonly [name: string]: (n: number) => string } = {
  'unclosed bodies': n => '<<EDIT(a):x\n'.repeat(n),
  'unclosed bodies with distinct suffixes': n => many(n, i => `<<EDIT${i}(a):x\n`),
  'unclosed targets': n => '<<READ(a\n'.repeat(n),
  'unclosed targets on one line': n => '<<READ(a '.repeat(n),
  'unclosed regex targets': n => '<<READ(#a '.repeat(n),
  'unclosed signals': n => '<<READ[a\n'.repeat(n),
  'unclosed signals on one line': n => '<<SEND[2 '.repeat(n),
  'open tags only': n => '<<READ'.repeat(n),
  'open tags on lines': n => '<<READ\n'.repeat(n),
  'angle brackets': n => '<'.repeat(n),
  'malformed marks': n => '<<READ<1-x '.repeat(n),
  'close tags only': n => ':READ'.repeat(n),
  'near close tags': n => `<<READ:${':READx'.repeat(n)}`,
  'nested headers that close in reverse': n => many(n, i => `<<READ${i}(a\n`) + many(n, i => `:READ${n - i}\n`),
  'close tags of broken statements in a neighbour': n =>
    `${many(n, i => `<<READ${i}(a\n<<FIND(b)::FIND\n`)}<<SEND:${many(n, i => `:READ${i} `)}:SEND`,
  'broken statements between inline neighbours': n =>
    `${many(n, i => `<<READ${i}(a\n x <<EDITk:\n<<OPEN: :EDITk :OPEN\n`)}<<SEND:${many(n, i => `:READ${i} `)}:SEND`,
  'broken turns': n => '<<PLAN(a<)::PLAN\n<<KILL<1>::KILL\n'.repeat(n),
  'unclosed thoughts': n => '<think> <|channel> '.repeat(n),
  'near misses': n => '<<GET(x) '.repeat(n) + ':GET '.repeat(n),
  'a long word': n => `<<READ${'a'.repeat(n)}`,
  'a long near miss': n => `<<${'A'.repeat(n)} :${'A'.repeat(n)}`,
  'white space': n => `<<READ${' \n'.repeat(n)}`,
  'one long line of astral characters': n => '<<READ(😀)::READ😀 '.repeat(n),
  'many tags': n => `<<READ[${'a, '.repeat(n)}]::READ`,
  'many marks': n => `<<READ(a)<1${'-1'.repeat(n)}>::READ`,
  'a long number': n => `<<READ(a)<${'9'.repeat(n)}>::READ`,
  'a long XPath': n => `<<READ://a${'/a'.repeat(n)}:READ`,
  'unclosed JSON': n => `<<SEND:${'['.repeat(n)}:SEND`,
  'a long URL': n => `<<READ(x://${'/a'.repeat(n)}!)::READ`,
};

function many(n: number, line: (index: number) => string): string {
  return Array.from({ length: n }, (_, index) => line(index)).join('');
}

describe('robustness', function () {
  this.timeout(180_000);

  it('[RL-10] [LNG-13] keeps every invariant on 20,000 fuzzed sources', () => {
    const report = fuzz(20_000, 42);
    assert.equal(report.runs, 20_000);
    assert.ok(report.statements > 10_000 && report.errors > 10_000 && report.tails > 1000, JSON.stringify(report));
  });

  it('[LNG-13] never throws and places everything rightly, on any text', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.string({ unit: 'binary' })), text => {
        for (const result of [PlurnkParser.parse(text), PlurnkParser.parseStatements(text)]) {
          assertInvariants(text, result);
          for (const item of result.items) if (item.kind === 'text') assertPosition(text, item.position);
          assert.doesNotThrow(() => JSON.stringify(result));
        }
      }),
      { numRuns: 3000, seed: 3 },
    );
  });

  it('[LNG-8] parsePath agrees with WHATWG on every URL and throws nothing else', () => {
    const url = fc.tuple(
      fc.constantFrom('known', 'run', 'log', 'http', 'file', 'X-y', 'a+b'),
      fc.array(
        fc.constantFrom(
          'a',
          'B',
          '/',
          '/',
          '.',
          '..',
          '*',
          '_',
          '-',
          ':',
          '@',
          '?',
          '#',
          '=',
          '&',
          '%20',
          '%',
          ' ',
          'é',
          '~',
          '1',
          '\\',
          '[',
          '|',
        ),
        { maxLength: 12 },
      ),
    );
    fc.assert(
      fc.property(url, ([scheme, rest]) => {
        const raw = `${scheme}://${rest.join('')}`;
        const expected = URL.parse(raw);
        if (expected === null) return assert.throws(() => parsePath(raw), PlurnkParseError);
        const target = parsePath(raw);
        assert.ok(target?.kind === 'url');
        assert.equal(`${target.scheme}:`, expected.protocol);
        assert.equal(target.hostname ?? '', expected.hostname);
        assert.equal(target.pathname ?? '', expected.pathname);
        assert.equal(target.fragment ?? '', expected.hash.slice(1));
        assert.equal(target.username ?? '', expected.username);
        assert.equal(target.password ?? '', expected.password);
        assert.equal(target.port === null ? '' : String(target.port), expected.port);
        assert.deepEqual(Object.keys(target.params), [...new Set(expected.searchParams.keys())]);
      }),
      { numRuns: 5000, seed: 4 },
    );
  });

  for (const [name, make] of Object.entries(PATHOLOGICAL)) {
    it(`[RL-10] works in linear time: ${name}`, () => {
      const small = make(400);
      const large = make(3200);
      for (const parse of [PlurnkParser.parse, PlurnkParser.parseStatements]) {
        const perCharacter = workOf(() => parse(small)) / small.length;
        const atEightTimes = workOf(() => parse(large)) / large.length;
        assert.ok(atEightTimes < 1.5 * perCharacter + 5, `${perCharacter} steps per character became ${atEightTimes}`);
        assert.ok(atEightTimes < 60, `${atEightTimes} steps per character`);
      }
    });
  }
});
