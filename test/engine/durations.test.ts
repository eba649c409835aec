import assert from 'node:assert/strict';
import { systemClock } from '../../server/src/container.ts';
import type { Clock } from '../../server/src/engine/contract.ts';
import { done, must, openWorld, turn, type World } from './support/world.ts';

describe('how long an op took', () => {
  let world: World;
  afterEach(async () => {
    await world.close();
  });

  it('[UI-11] [UI-31] stands with its row, and is left out when it is nothing', async () => {
    // A clock that ten milliseconds pass on whenever it is looked at.
    let elapsed = 0;
    const clock: Clock = {
      ...systemClock,
      now: () => systemClock.now(),
      elapsed: () => {
        elapsed += 10;
        return elapsed;
      },
    };
    world = await openWorld({ files: { 'a.md': 'x' }, clock, replies: [turn('<<READ(a.md)::READ'), done()] });
    const { runId } = await world.run('go');
    const read = must(world.rows(runId).find(row => row.op === 'READ'));
    // Others may look at the clock meanwhile.
    assert.ok((read.attrs.durationMs as number) >= 10);
    const prompt = must(world.rows(runId).find(row => row.op === 'model'));
    assert.equal(prompt.attrs.durationMs, undefined);
  });
});
