/**
 * `npm run simulate -- [--schedules 1000] [--seed 1] [--workers 2]`: random schedules against the invariants, shared out
 * over processes. Prints progress and every failing seed as it is met, one JSON line at the end; exits 1 on a failure.
 */
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { openSimStore } from './open-store.ts';
import { type Outcome, ScheduleError, simulate } from './simulation.ts';

/** Seeds that one process works on in one go, over a fresh database: the last schedules are as fast as the first. */
const PER_STORE = 250;

interface Slice {
  readonly first: number;
  readonly count: number;
}

interface Tally {
  steps: number;
  turns: number;
  readonly failed: number[];
}

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string', default: String(availableParallelism()) },
  },
});

if (process.send === undefined) await share();
else process.on('message', (slice: Slice) => void runSlice(slice).then(tally => process.send?.(tally)));

async function share(): Promise<void> {
  const [schedules, seed, workers] = [values.schedules, values.seed, values.workers].map(Number) as [
    number,
    number,
    number,
  ];
  const began = performance.now();
  const slices: Slice[] = [];
  const most = Math.min(PER_STORE, Math.ceil(schedules / Math.max(1, workers)));
  for (let at = 0; at < schedules; at += most) {
    slices.push({ first: seed + at, count: Math.min(most, schedules - at) });
  }
  const total: Tally = { steps: 0, turns: 0, failed: [] };
  let done = 0;
  const work = async (): Promise<void> => {
    for (let slice = slices.shift(); slice !== undefined; slice = slices.shift()) {
      const tally = workers > 1 ? await inProcess(slice) : await runSlice(slice);
      total.steps += tally.steps;
      total.turns += tally.turns;
      total.failed.push(...tally.failed);
      done += slice.count;
      process.stderr.write(`${done} schedules, ${total.turns} turns, ${total.failed.length} failed\n`);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, workers) }, work));
  const seconds = Math.round(performance.now() - began) / 1000;
  const { steps, turns, failed } = total;
  process.stdout.write(
    `${JSON.stringify({ schedules, firstSeed: seed, workers, steps, turns, seconds, failed: failed.length, seeds: failed.sort((a, b) => a - b) })}\n`,
  );
  if (failed.length > 0) process.exitCode = 1;
}

/** A process that dies fails all of its slice: a schedule must not be able to do that. */
function inProcess(slice: Slice): Promise<Tally> {
  return new Promise(resolve => {
    const child = fork(import.meta.filename, [], { execArgv: process.execArgv });
    const all = Array.from({ length: slice.count }, (_, n) => slice.first + n);
    let tally: Tally = { steps: 0, turns: 0, failed: all };
    child.on('message', (answer: Tally) => {
      tally = answer;
      child.disconnect();
    });
    child.on('exit', () => resolve(tally));
    child.send(slice);
  });
}

async function runSlice({ first, count }: Slice): Promise<Tally> {
  const tally: Tally = { steps: 0, turns: 0, failed: [] };
  let open = await openSimStore();
  for (let seed = first; seed < first + count; seed += 1) {
    const outcome = await simulate(open.store, seed).catch(tell);
    if (outcome === null) {
      tally.failed.push(seed);
      await open.close();
      open = await openSimStore();
    } else {
      tally.steps += outcome.steps;
      tally.turns += outcome.turns;
    }
  }
  await open.close();
  return tally;
}

function tell(error: unknown): Outcome | null {
  if (!(error instanceof ScheduleError)) throw error;
  process.stderr.write(`${error.message}\n`);
  return null;
}
