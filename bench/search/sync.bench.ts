/** PF-6: what a turn's look at the workspace costs with 50,000 members, unchanged and changed. Prints lines of JSON. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { git, World } from '../../test/unit/resources/support/world.ts';

const FILES = Number(process.env.BENCH_FILES ?? 50_000);
const PER_FOLDER = 20;
const KNOWN = 500;
const ROUNDS = 15;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const print = (what: string, value: number, unit: string, bar?: string): void => {
  const rounded = Math.round(value * 10) / 10;
  console.log(JSON.stringify({ id: 'PF-6', what, value: rounded, unit, ...(bar === undefined ? {} : { bar }) }));
};

const nameOf = (at: number): string => {
  const folder = Math.floor(at / PER_FOLDER);
  return `src/area${folder % 50}/part${folder}/file${at}.ts`;
};

function generate(root: string): void {
  for (let at = 0; at < FILES; at++) {
    const file = path.join(root, nameOf(at));
    if (at % PER_FOLDER === 0) mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `export const value${at} = ${at};\n// a line of text\n`);
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

async function repeated(
  rounds: number,
  prepare: (round: number) => void,
  work: () => Promise<unknown>,
): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    prepare(round);
    times.push(await timed(work));
  }
  return median(times);
}

const world = await World.make({ files: { '.gitignore': 'dist/\n' } });
generate(world.root);
await git(world.root, 'add', '-A');
await git(world.root, 'commit', '-q', '-m', 'many');
// What was made this very moment is looked at again until the file system's clock has moved on.
await new Promise(resolve => setTimeout(resolve, 1000));

const sessionId = world.session.id;
const sync = (): Promise<unknown> => world.workspace.sync(sessionId);
const nothing = (): void => undefined;

print('first sync (lists everything)', await timed(sync), 'ms');
for (let at = 0; at < KNOWN; at++) {
  const snapshot = await world.workspace.read(sessionId, nameOf(at * 7));
  if (!('message' in snapshot)) world.workspace.remember(sessionId, snapshot);
}
await new Promise(resolve => setTimeout(resolve, 1000));
await sync();
print(
  `sync, ${FILES} members, ${KNOWN} of them read, nothing changed`,
  await repeated(ROUNDS, nothing, sync),
  'ms',
  '< 150',
);

const cpu = process.cpuUsage();
for (let round = 0; round < ROUNDS; round++) await sync();
const { user, system } = process.cpuUsage(cpu);
print('the same in processor time, whatever else the machine does', (user + system) / 1000 / ROUNDS, 'ms');

const edit = (round: number): void => writeFileSync(world.file(nameOf(7)), `export const changed = ${round};\n`);
print('sync, one file that was read has changed', await repeated(ROUNDS, edit, sync), 'ms');
const create = (round: number): void => writeFileSync(world.file(`src/area1/new${round}.ts`), 'new\n');
print('sync, one file is new', await repeated(5, create, sync), 'ms');
const rewrite = (round: number): void => {
  for (let at = 0; at < KNOWN; at++) writeFileSync(world.file(nameOf(at * 7)), `export const rewritten = ${round};\n`);
};
print(`sync, all ${KNOWN} files that were read have changed`, await repeated(3, rewrite, sync), 'ms');

globalThis.gc?.();
print('memory of the process (resident)', process.memoryUsage().rss / 1024 / 1024, 'MiB', '< 300');
print(
  'git status line (not part of sync)',
  await repeated(5, nothing, () => world.workspace.gitStatus(sessionId)),
  'ms',
);
await world.dispose();
