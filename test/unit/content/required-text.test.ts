import assert from 'node:assert/strict';
import fc from 'fast-check';
import { requiredTexts } from '../../../server/src/content/dialects/required-text.ts';

describe('text that a regular expression requires', () => {
  const cases: readonly (readonly [pattern: string, expected: string | null])[] = [
    ['isTokenValid', 'isTokenValid'],
    ['is[A-Z]\\w+Valid7\\d\\b', 'Valid7'],
    ['throw new (Range|Type)Error\\("seldom', 'Error("seldom'],
    ['colou?r', 'colo'],
    ['ab*cd', 'cd'],
    ['ab+cd', 'ab'],
    ['a{0,3}bc', 'bc'],
    ['foo|bar', 'foo or bar'],
    ['foo|ba+r|x\\|yz', 'foo or ba or x|yz'],
    ['foo|.', null],
    ['foo|', null],
    ['a(b|cc)dd|[|]ee', 'dd or ee'],
    ['(foo)', null],
    ['(?=x)yes', 'yes'],
    ['a\\u0041b', null],
    ['^\\s*TODO$', 'TODO'],
    ['é+abc', 'abc'],
    ['x', null],
  ];
  for (const [pattern, expected] of cases) {
    it(`[RES-42] ${pattern} → ${expected}`, () =>
      assert.deepEqual(requiredTexts(pattern, ''), expected?.split(' or ') ?? null));
  }

  it('[RES-42] case-insensitive patterns require nothing that can be looked for', () => {
    assert.equal(requiredTexts('abc', 'i'), null);
  });

  it('[RES-42] whatever matches holds the required text', () => {
    const atom = fc.constantFrom('a', 'b', 'ab', '\\.', '.', '[ab]', '(a|b)', '(?:ab)', '\\w', '$', '^', '|');
    const quantifier = fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{0,1}', '*?');
    const pattern = fc
      .array(fc.tuple(atom, quantifier), { maxLength: 6 })
      .map(parts => parts.map(([a, q]) => (/[$^|]/.test(a) ? a : a + q)).join(''));
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '\n'), maxLength: 12 });
    fc.assert(
      fc.property(pattern, text, (source, input) => {
        const needles = requiredTexts(source, '');
        return (
          needles === null || !new RegExp(source, 'gm').test(input) || needles.some(needle => input.includes(needle))
        );
      }),
      { numRuns: 5000, seed: 7 },
    );
  });
});
