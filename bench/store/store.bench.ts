/** PF-3 and PF-4, beside `node:sqlite` on the same disk in the same run. `PLURNK_BENCH_MB` makes the large database smaller. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Committer, native, ours, plain, quantile } from './commits.ts';
import { benchRow, benchTurn, makeDatabase, openBench } from './databases.ts';

const SMALL = 1 << 20;
const LARGE = Number(process.env.PLURNK_BENCH_MB ?? 256) << 20;
const folder = mkdtempSync(join(tmpdir(), 'plurnk-bench-'));

const round = (value: number) => Math.round(value * 1000) / 1000;
const print = (id: string, what: string, value: number, unit: string, bar?: string) =>
  console.log(JSON.stringify({ id, what, value: round(value), unit, ...(bar === undefined ? {} : { bar }) }));

try {
  const small = await makeDatabase(folder, SMALL);
  const large = await makeDatabase(folder, LARGE);
  await commits(small, large);
  await opening(large.storage);
  await replay();
  await snapshotStall(large.storage);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Taken in turns, so that a busy moment of the machine meets all. */
async function commits(
  small: { storage: string; file: string },
  large: { storage: string; file: string },
): Promise<void> {
  const ourSmall = await ours(small.storage);
  const ourLarge = await ours(large.storage);
  const nativeSmall = native(small.file, ourSmall);
  const nativeLarge = native(large.file, ourSmall);
  const all: readonly [string, Committer, number[]][] = [
    ['ours, 1 MB', ourSmall, []],
    ['ours, large', ourLarge, []],
    ['node:sqlite, 1 MB', nativeSmall, []],
    ['node:sqlite, large', nativeLarge, []],
    ['plain append and flush', plain(join(folder, 'plain'), 1100), []],
  ];
  for (const [, committer] of all) for (let warm = 0; warm < 50; warm++) await committer.commit();
  for (let turn = 0; turn < 40; turn++) {
    for (const [, committer, times] of all) {
      for (let count = 0; count < 25; count++) times.push(await committer.commit());
    }
  }
  const median = new Map(all.map(([name, , times]) => [name, quantile(times, 0.5)]));
  for (const [name, committer, times] of all) {
    print('PF-3', `commit, ${name}, median`, quantile(times, 0.5), 'ms');
    print('PF-3', `commit, ${name}, 95 %`, quantile(times, 0.95), 'ms');
    await committer.close();
  }
  const ratio = (a: string, b: string) => (median.get(a) ?? Number.NaN) / (median.get(b) ?? Number.NaN);
  print('PF-3', 'large / 1 MB, ours', ratio('ours, large', 'ours, 1 MB'), '×', '≤ 1.2');
  print('PF-3', 'ours / node:sqlite, 1 MB', ratio('ours, 1 MB', 'node:sqlite, 1 MB'), '×', '≤ 1.2');
  print('PF-3', 'ours / node:sqlite, large', ratio('ours, large', 'node:sqlite, large'), '×', '≤ 1.2');
}

interface Opened {
  readonly ms: number;
  readonly rows: number;
  readonly database: number;
  readonly rss: number;
}

function openInChild(storage: string): Opened {
  const child = new URL('./open-child.ts', import.meta.url).pathname;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=plurnk-source', '--no-warnings', child, storage],
    {
      encoding: 'utf8',
    },
  );
  if (!stdout.startsWith('{')) throw new Error(stderr);
  return JSON.parse(stdout) as Opened;
}

async function opening(storage: string): Promise<void> {
  const opened = [1, 2, 3].map(() => openInChild(storage));
  print(
    'PF-4',
    `open ${Math.round((opened[0]?.database ?? 0) / 2 ** 20)} MB`,
    quantile(
      opened.map(each => each.ms),
      0.5,
    ),
    'ms',
    '< 1000',
  );
  print('PF-4', 'resident memory with it open', (opened[0]?.rss ?? 0) / 2 ** 20, 'MB');
}

async function replay(): Promise<void> {
  const storage = join(folder, 'replay');
  const store = await openBench(storage, { bytes: Number.POSITIVE_INFINITY, closeBytes: Number.POSITIVE_INFINITY });
  const turn = benchTurn(store);
  for (let sequence = 1; sequence <= 10_000; sequence++) {
    store.log.append(benchRow(turn, sequence));
    if (sequence % 100 === 0) await store.durable();
  }
  const { journal } = store.database.sizes();
  await store.close();
  const opened = [1, 2, 3].map(() => openInChild(storage));
  if (opened[0]?.rows !== 10_000) throw new Error(`${opened[0]?.rows} rows came back.`);
  print(
    'PF-4',
    `replay 10,000 commits (${round(journal / 2 ** 20)} MB of journal)`,
    quantile(
      opened.map(each => each.ms),
      0.5,
    ),
    'ms',
    '< 1000',
  );
}

/** The longest time a request waited while a snapshot of the large database was made, and without one. */
async function snapshotStall(storage: string): Promise<void> {
  const committer = await ours(storage);
  const measure = async (until: Promise<unknown>) => {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    let done = false;
    void until.then(() => {
      done = true;
    });
    const times: number[] = [];
    let peak = 0;
    delay.enable();
    const started = performance.now();
    while (!done) {
      times.push(await committer.commit());
      peak = Math.max(peak, process.memoryUsage().rss);
      await sleep(2);
    }
    delay.disable();
    return { times, peak, blocked: delay.max / 1e6, took: performance.now() - started };
  };
  const quiet = await measure(sleep(3000));
  const busy = await measure(committer.store.database.snapshot());
  print('PF-3', 'snapshot of the large database', busy.took, 'ms');
  print('PF-3', 'longest commit while it is made', Math.max(...busy.times), 'ms');
  print('PF-3', 'median commit while it is made', quantile(busy.times, 0.5), 'ms');
  print('PF-3', 'longest commit without one', Math.max(...quiet.times), 'ms');
  print('PF-3', 'event loop held up at most while it is made', busy.blocked, 'ms');
  print('PF-3', 'event loop held up at most without one', quiet.blocked, 'ms');
  print('PF-3', 'peak resident memory while it is made', busy.peak / 2 ** 20, 'MB');
  const generations = readdirSync(storage).filter(name => name.endsWith('.db')).length;
  if (generations !== 2) throw new Error(`${generations} snapshots after the snapshot.`);
  await committer.close();
}
