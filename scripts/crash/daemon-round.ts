import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SqlStore } from '../../server/src/store/store.ts';
import { bodyOf, CALLERS } from './content.ts';
import { reopen } from './verify.ts';
import { GoneError, WireClient } from './wire-client.ts';
import type { Round } from './writer-round.ts';

export interface DaemonWorld {
  readonly folder: string;
  /** Bundled daemon. */
  readonly daemon: string;
  /** Characters of padding per text: large ones make the daemon take snapshots while it is written to. */
  readonly padding: number;
  acknowledged: number[];
}

const SESSION = 'crash';

/** Runs the real daemon, writes through WebSockets, kills it at a random moment and checks what a restart finds. */
export async function daemonRound(world: DaemonWorld, random: () => number): Promise<Round & { inSnapshot: boolean }> {
  const before = sum(world.acknowledged);
  const inSnapshot = await runAndKill(world, random);
  const found = await reopen(world.folder, 0, store => checkEntries(store, world));
  return { acknowledged: sum(world.acknowledged) - before, cutTails: found.notices.length, inSnapshot };
}

async function runAndKill(world: DaemonWorld, random: () => number): Promise<boolean> {
  const child = spawn(process.execPath, ['--no-warnings', world.daemon], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, PLURNK_DB_PATH: world.folder, PLURNK_PORT: '0' },
  });
  const closed = once(child, 'close');
  const url = await firstLine(child);
  const clients = await Promise.all(Array.from({ length: 4 }, () => WireClient.connect(url)));
  const running: Promise<void>[] = [];
  const problems: unknown[] = [];
  try {
    await attach(clients, world);
    const stopped = Promise.race([closed, once(child, 'exit')]);
    for (let caller = 0; caller < CALLERS; caller++) {
      const writing = write(world, clients[caller % clients.length] as WireClient, caller);
      running.push(writing.catch((error: unknown) => void (error instanceof GoneError || problems.push(error))));
    }
    const span = world.padding > 0 ? 6000 : 1200;
    await Promise.race([sleep(span * random()), stopped]);
  } finally {
    child.kill('SIGKILL');
  }
  const [code, signal] = (await closed) as [number | null, string | null];
  if (signal !== 'SIGKILL') throw new Error(`The daemon ended by itself (${code ?? signal}).`);
  await Promise.all(running);
  if (problems.length > 0) throw problems[0];
  return readdirSync(world.folder).some(name => name.endsWith('.tmp'));
}

/** In the first round a session; later the one that the crash left, with its last texts readable over the wire. */
async function attach(clients: readonly WireClient[], world: DaemonWorld): Promise<void> {
  for (const client of clients) {
    const { sessions } = await client.call<{ sessions: { id: number; name: string }[] }>('session.list', {});
    const known = sessions.find(session => session.name === SESSION);
    if (known === undefined) await client.call('session.create', { name: SESSION, projectRoot: null });
    else await client.call('session.attach', { id: known.id, runName: `client-${clients.indexOf(client)}` });
  }
  for (const [caller, last] of world.acknowledged.entries()) {
    if (last === 0) continue;
    const target = `known:///c${caller}/${last}`;
    const { entry } = await (clients[0] as WireClient).call<{
      entry: { channels: { body: { content: string } } } | null;
    }>('entry.read', { target });
    assert.equal(entry?.channels.body.content, textOf(world, caller, last), target);
  }
}

async function write(world: DaemonWorld, client: WireClient, caller: number): Promise<void> {
  for (let n = (world.acknowledged[caller] ?? 0) + 1; ; n++) {
    const { status } = await client.call<{ status: number }>('op.edit', {
      target: `known:///c${caller}/${n}`,
      content: textOf(world, caller, n),
    });
    // The write before the crash may have made it without having been acknowledged.
    assert.ok(status === 201 || status === 200 || status === 304, `status ${status}`);
    world.acknowledged[caller] = n;
  }
}

function checkEntries(store: SqlStore, world: DaemonWorld): void {
  const session = store.sessions.byName(SESSION);
  assert.ok(session !== null || sum(world.acknowledged) === 0, 'the session is gone');
  if (session === null) return;
  for (const [caller, last] of world.acknowledged.entries()) {
    const found = store.entries.list({ sessionId: session.id, scheme: 'known', prefix: `/c${caller}/` });
    assert.ok(
      found.length === last || found.length === last + 1,
      `caller ${caller}: ${last} told, ${found.length} found`,
    );
    for (const entry of found.slice(-20)) {
      const n = Number(entry.pathname.split('/')[2]);
      assert.equal(store.entries.content(entry.id, 'body'), textOf(world, caller, n));
    }
  }
}

function textOf(world: DaemonWorld, caller: number, n: number): string {
  return world.padding === 0 ? bodyOf(caller, n) : bodyOf(caller, n) + `${caller}.${n} `.repeat(world.padding / 8);
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('The daemon has no output.');
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error('The daemon ended before it listened.');
}

export function newDaemonWorld(folder: string, daemon: string, padding: number): DaemonWorld {
  return { folder: join(folder, 'storage'), daemon, padding, acknowledged: Array.from({ length: CALLERS }, () => 0) };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
