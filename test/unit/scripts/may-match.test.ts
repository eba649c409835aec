import assert from 'node:assert/strict';
import { mayMatch } from '../../../scripts/test/may-match.ts';

const CODE = `
describe("outer", () => {
  it("[UI-1] shows \\u201Cmore\\u201D", async () => {});
  describe('inner "two"', () => {
    it.only(\`plain\`, () => {});
  });
});`;

describe('test windows that --grep needs', () => {
  for (const grep of [
    'UI-1',
    '\\[UI-1\\]',
    '/ui-1/i',
    '“more”',
    '^outer \\[UI-1\\]',
    '^outer inner "two" plain$',
    'UI-9|two" pl',
    'outer',
  ])
    it(`[#9] ${grep} may match`, () => assert.equal(mayMatch(CODE, grep), true));

  for (const grep of ['UI-2', 'ui-1', '^plain more', 'async', 'describe'])
    it(`[#9] ${grep} cannot match`, () => assert.equal(mayMatch(CODE, grep), false));

  for (const title of ['`[$' + '{id}] computed`', 'title', '"one" + two', 'String("one")'])
    it(`[#9] a title written ${title} counts as a match`, () =>
      assert.equal(mayMatch(`it(${title}, () => {});`, 'nothing of this'), true));
});
