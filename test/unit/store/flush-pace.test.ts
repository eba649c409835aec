import assert from 'node:assert/strict';
import { FlushPace } from '../../../server/src/store/flush-pace.ts';

/** How many of `count` flushes held up the caller, and for how long altogether, on a disk that needs `times` ms. */
async function run(count: number, time: (flush: number) => number): Promise<{ inPlace: number; heldUp: number }> {
  let [clock, flush, inPlace, heldUp] = [0, 0, 0, 0];
  const pace = new FlushPace(() => clock);
  const file = {
    sync: async () => {
      clock += time(flush);
    },
    syncNow: () => {
      const took = time(flush);
      clock += took;
      heldUp += took;
      inPlace++;
    },
  };
  for (; flush < count; flush++) {
    const away = pace.sync(file);
    if (away !== null) await away;
  }
  return { inPlace, heldUp };
}

describe('flush pace', () => {
  it('[PF-3] flushes in place on a quick disk', async () => {
    assert.equal((await run(1000, () => 0.3)).inPlace, 1000);
  });

  it('[PF-3] a hiccup sends few flushes away', async () => {
    const { inPlace } = await run(1000, flush => (flush % 50 === 0 ? 4 : 0.3));
    assert.ok(inPlace > 940, `${inPlace} in place`);
  });

  it('[PF-3] a slow disk holds up the server for one flush in many', async () => {
    for (const slow of [4, 10, 300]) {
      const { inPlace, heldUp } = await run(2000, () => slow);
      assert.ok(inPlace <= 40 && heldUp / 2000 <= slow / 50, `${slow} ms: ${inPlace} in place, ${heldUp} ms`);
    }
  });

  it('[PF-3] never holds up the server while a snapshot is written', () => {
    const pace = new FlushPace(() => 0);
    const file = { sync: async () => undefined, syncNow: () => assert.fail('held up') };
    pace.busy = true;
    assert.ok(pace.sync(file) !== null);
    pace.busy = false;
    assert.throws(() => pace.sync(file), /held up/);
  });

  it('[PF-3] is back in place soon after a disk has become quick again', async () => {
    const { inPlace } = await run(1000, flush => (flush < 500 ? 10 : 0.3));
    assert.ok(inPlace > 430, `${inPlace} in place`);
  });
});
