import assert from 'node:assert/strict';
import { setInterval } from 'node:timers';
import { World } from './support/world.ts';

const FILES = 300;
const HEADINGS = Array.from({ length: 25 }, (_, at) => `${'#'.repeat((at % 5) + 1)} part ${at}\n\ntext\n`).join('\n');
const TEXT = `${HEADINGS}\n${'a'.repeat(60)}!\n`;

/** What a model may write although it is senseless; none of it can be told from sense beforehand. */
const BOMBS: readonly (readonly [name: string, statement: string])[] = [
  ['a regular expression', '<<FIND(**):#(a+)+$#:FIND'],
  ['an XPath', '<<FIND(**)://*[//*[//*[//*[//*]]]]:FIND'],
  ['a JSONPath', '<<FIND(**):$..[?@..[?@..[?@..*]]]:FIND'],
  ['a glob over lines', `<<FIND(**):${'*a'.repeat(400)}z:FIND`],
  ['a target with alternatives', `<<FIND(${'{**,*}/'.repeat(8)}${'x'.repeat(80)}*):FIND`],
  ['a target with many folders', `<<FIND(${'**/*/'.repeat(2000)}x):FIND`],
  ['a target that is a regular expression', '<<FIND(#^([a-z0-9/]+)+!$#):FIND'],
];

describe('patterns that never end, over a large workspace', () => {
  let world: World;
  before(async function () {
    this.timeout(120_000);
    const files = Array.from({ length: FILES }, (_, at) => [`folder${at % 10}/some/where/text${at}.md`, TEXT]);
    world = await World.make({ files: Object.fromEntries(files), matching: { deadline: 400 }, git: false });
    await world.one('<<FIND(*)::FIND');
  });
  after(() => world.dispose());

  for (const [name, statement] of BOMBS) {
    it(`[RES-42] [RL-13] ${name}: bounded, and the server goes on meanwhile`, async function () {
      this.timeout(30_000);
      let ticks = 0;
      const timer = setInterval(() => {
        ticks += 1;
      }, 5);
      const row = await world.one(statement);
      clearInterval(timer);
      assert.ok(row.status === 504 || row.status === 200, String(row.status));
      if (row.status === 504) assert.match(row.rx ?? '', /^Stopped after 0\.4 s: \d+ of \d+ /);
      assert.ok(ticks > 0, 'the main thread was blocked');
    });
  }

  it('[RES-42] the next request is answered', async function () {
    this.timeout(30_000);
    const ask = () => world.one('<<FIND(folder1/**)<1,3>:#a!#:FIND');
    let row = await ask();
    // The worker that was ended starts anew, which takes its time on a busy machine.
    while (row.status === 504) row = await ask();
    assert.equal(JSON.parse(row.rx ?? '[]').length, 3);
  });
});

describe('a pattern that matches everything', () => {
  it('[RES-16] [RES-42] a row holds at most so many items and says what is left out', async () => {
    const world = await World.make({ files: { 'x.md': 'x\n'.repeat(150) }, operations: { findLimit: 100 } });
    try {
      const row = await world.one('<<FIND(**):#x#:FIND');
      const items = JSON.parse(row.rx ?? '[]');
      assert.equal(items.length, 101);
      assert.match(items.at(-1).note, /^50 more are not shown\..* page with <101,-1>/);
      assert.deepEqual(row.attrs, { count: 100, total: 150 });
      assert.equal((await world.find('<<FIND(**)<101,-1>:#x#:FIND')).length, 50);
    } finally {
      await world.dispose();
    }
  });
});
