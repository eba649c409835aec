/** `npm run simulate -- --schedules 10000 [--seed N]`: prints progress and the first failing seed, exits 1 on failure. */
import { parseArgs } from 'node:util';
import { openSimStore } from './open-store.ts';
import { simulate } from './simulation.ts';

const { values } = parseArgs({
  options: { schedules: { type: 'string', default: '1000' }, seed: { type: 'string', default: '1' } },
});
const schedules = Number(values.schedules);
const first = Number(values.seed);
/** A fresh database now and then, so that the last schedules are as fast as the first. */
const PER_STORE = 250;

const began = performance.now();
let steps = 0;
let turns = 0;
for (let from = 0; from < schedules; from += PER_STORE) {
  const { store, close } = await openSimStore();
  for (let n = from; n < Math.min(schedules, from + PER_STORE); n += 1) {
    const done = await simulate(store, first + n);
    steps += done.steps;
    turns += done.turns;
  }
  await close();
  process.stderr.write(`${Math.min(schedules, from + PER_STORE)} schedules, ${turns} turns\n`);
}
const seconds = Math.round(performance.now() - began) / 1000;
process.stdout.write(`${JSON.stringify({ schedules, firstSeed: first, steps, turns, seconds, failed: 0 })}\n`);
