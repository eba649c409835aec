import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { CALLERS } from './content.ts';
import { checkCallers, checkMigrations, reopen } from './verify.ts';

export type WriterMoment = 'writing' | 'snapshot' | 'migration' | 'opening';

export interface Round {
  /** Acknowledged since the round began. */
  readonly acknowledged: number;
  readonly cutTails: number;
}

export interface WriterWorld {
  readonly folder: string;
  extras: number;
  /** Highest number that each caller had acknowledged. */
  acknowledged: number[];
}

/** Runs the writer, kills it at a random moment of a kind, and checks what a restart finds. */
export async function writerRound(world: WriterWorld, moment: WriterMoment, random: () => number): Promise<Round> {
  if (moment === 'migration') world.extras++;
  const before = sum(world.acknowledged);
  await runAndKill(world, moment, random);
  if (moment === 'migration') await checkMigrations(world.folder, world.extras);
  const found = await reopen(world.folder, world.extras, store => checkCallers(store, world.acknowledged));
  return { acknowledged: sum(world.acknowledged) - before, cutTails: found.notices.length };
}

async function runAndKill(world: WriterWorld, moment: WriterMoment, random: () => number): Promise<void> {
  const child = spawn(
    process.execPath,
    [
      '--conditions=plurnk-source',
      '--no-warnings',
      new URL('./writer.ts', import.meta.url).pathname,
      world.folder,
      String(world.extras),
      moment === 'snapshot' ? 'snapshots' : 'plain',
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = once(child, 'close');
  const trigger = { writing: 'r', snapshot: 's', migration: 'm', opening: 'm' }[moment];
  const delay = { writing: 1200, snapshot: 150, migration: 150, opening: 60 }[moment] * random();
  // Every tenth or so snapshot of a round, so that kills meet early and late ones.
  let skip = moment === 'snapshot' ? Math.floor(random() * 4) : 0;
  let killing = false;
  for await (const line of createInterface({ input: child.stdout })) {
    note(world, line);
    if (line === trigger && skip-- <= 0 && !killing) {
      killing = true;
      void sleep(delay).then(() => child.kill('SIGKILL'));
    }
  }
  const [code, signal] = (await ended) as [number | null, string | null];
  if (signal !== 'SIGKILL') throw new Error(`The writer ended by itself (${code ?? signal}).`);
}

function note(world: WriterWorld, line: string): void {
  const [kind, caller, n] = line.split(' ');
  if (kind === 'a') world.acknowledged[Number(caller)] = Number(n);
}

export function newWriterWorld(folder: string): WriterWorld {
  return { folder, extras: 0, acknowledged: Array.from({ length: CALLERS }, () => 0) };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
