/**
 * `npm run crash -- --rounds 200 [--seed 1] [--only writer]`: kill −9 of real processes at random moments (RL-1): the
 * bundled daemon under concurrent WebSocket writes, small and large (so that it takes snapshots meanwhile), and a writer
 * process during commits, snapshots, migrations and while it opens. Prints one JSON; exit code 1 when anything
 * acknowledged was missing or a database did not pass its check.
 */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from '../../esbuild.mjs';
import { randomFrom } from './content.ts';
import { type DaemonWorld, daemonRound, newDaemonWorld } from './daemon-round.ts';
import { newWriterWorld, type WriterMoment, type WriterWorld, writerRound } from './writer-round.ts';

type Moment = WriterMoment | 'daemon' | 'daemon-heavy';

const CYCLE: readonly Moment[] = [
  'daemon',
  'writing',
  'daemon',
  'snapshot',
  'daemon',
  'migration',
  'daemon',
  'snapshot',
  'daemon-heavy',
  'opening',
];
/** Rounds after which a world starts anew, so that checking it stays quick. */
const WORLD_ROUNDS = 20;
const HEAVY_PADDING = 60_000;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
});
const base = mkdtempSync(join(tmpdir(), 'plurnk-crash-'));
const random = randomFrom(Number(values.seed));
const cycle = CYCLE.filter(
  moment => values.only === undefined || moment.startsWith('daemon') === (values.only === 'daemon'),
);
const tally: Record<string, { rounds: number; acknowledged: number; cutTails: number; inSnapshot: number }> = {};
const failures: string[] = [];
const started = performance.now();
let writer: WriterWorld = newWriterWorld(join(base, 'writer-0'));
const daemons = new Map<Moment, DaemonWorld>();

const needsDaemon = cycle.some(moment => moment.startsWith('daemon'));
if (needsDaemon) {
  const out = join(base, 'build');
  mkdirSync(out);
  copyFileSync(new URL('../../package.json', import.meta.url), join(out, 'package.json'));
  await build({ out, log: () => {} });
}
try {
  for (let round = 0; round < Number(values.rounds); round++) await oneRound(round);
} finally {
  rmSync(base, { recursive: true, force: true });
}
const rounds = Object.values(tally).reduce((sum, each) => sum + each.rounds, 0);
const seconds = Math.round((performance.now() - started) / 1000);
console.log(
  JSON.stringify(
    { id: 'RL-1', rounds, seed: Number(values.seed), seconds, lost: failures.length, failures, tally },
    null,
    2,
  ),
);
process.exitCode = failures.length === 0 ? 0 : 1;

async function oneRound(round: number): Promise<void> {
  const moment = cycle[round % cycle.length] as Moment;
  if (round % WORLD_ROUNDS === 0) renew(round);
  const counts = tally[moment] ?? { rounds: 0, acknowledged: 0, cutTails: 0, inSnapshot: 0 };
  tally[moment] = counts;
  counts.rounds++;
  try {
    const result =
      moment === 'daemon' || moment === 'daemon-heavy'
        ? await daemonRound(daemonOf(moment, round), random)
        : { ...(await writerRound(writer, moment, random)), inSnapshot: moment === 'snapshot' };
    counts.acknowledged += result.acknowledged;
    counts.cutTails += result.cutTails;
    counts.inSnapshot += result.inSnapshot ? 1 : 0;
  } catch (error) {
    failures.push(`round ${round} (${moment}): ${error instanceof Error ? error.message : String(error)}`);
    console.error(failures.at(-1));
    renew(round);
  }
  if (round % 20 === 19) console.error(`${round + 1} rounds, ${failures.length} failed`);
}

function daemonOf(moment: Moment, round: number): DaemonWorld {
  const known = daemons.get(moment);
  if (known !== undefined) return known;
  const padding = moment === 'daemon-heavy' ? HEAVY_PADDING : 0;
  const world = newDaemonWorld(join(base, `${moment}-${round}`), join(base, 'build/dist/daemon.js'), padding);
  daemons.set(moment, world);
  return world;
}

function renew(round: number): void {
  rmSync(writer.folder, { recursive: true, force: true });
  for (const world of daemons.values()) rmSync(world.folder, { recursive: true, force: true });
  daemons.clear();
  writer = newWriterWorld(join(base, `writer-${round}`));
}
