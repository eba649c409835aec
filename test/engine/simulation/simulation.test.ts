import assert from 'node:assert/strict';
import { openSimStore } from './open-store.ts';
import { simulate } from './simulation.ts';

const SCHEDULES = 120;
const FIRST_SEED = 1;

describe('simulation of many runs', () => {
  it('a seed gives the same history every time', async function () {
    this.timeout(120_000);
    const histories: string[] = [];
    for (let round = 0; round < 2; round += 1) {
      const { store, close } = await openSimStore();
      histories.push((await simulate(store, 4711)).history);
      await close();
    }
    assert.equal(histories[0], histories[1]);
    assert.ok((histories[0] ?? '').length > 500);
  });

  it(`[ENG-10] [ENG-15] [ENG-18] [ENG-44] [ENG-61] ${SCHEDULES} random schedules keep every invariant`, async function () {
    this.timeout(600_000);
    const { store, close } = await openSimStore();
    try {
      for (let seed = FIRST_SEED; seed < FIRST_SEED + SCHEDULES; seed += 1) await simulate(store, seed);
    } finally {
      await close();
    }
  });
});
