import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { childEnvironment } from '../../../server/src/executors/environment.ts';
import type { OpResult } from '../../../server/src/schemes/contract.ts';
import { isRunning } from './support/is-running.ts';
import { type Asked, World } from './support/world.ts';

const POSIX = process.platform !== 'win32';

/** Short times pass by themselves, minutes when the test says so. */
class LongClock {
  readonly #waiting: { readonly ms: number; readonly work: () => void }[] = [];

  now(): number {
    return Date.now();
  }

  setTimeout(work: () => void, ms: number): { cancel(): void } {
    if (ms >= 60_000) {
      this.#waiting.push({ ms, work });
      return { cancel: () => undefined };
    }
    const timer = globalThis.setTimeout(work, ms);
    return { cancel: () => clearTimeout(timer) };
  }

  /** Seconds. */
  pass(seconds: number): void {
    for (const { ms, work } of this.#waiting) if (ms <= seconds * 1000) work();
  }
}

const address = (row: OpResult): string => `sh://${row.target?.pathname}`;

(POSIX ? describe : describe.skip)('streams', () => {
  let world: World;
  const make = async (...options: Parameters<typeof World.make>): Promise<World> => {
    world = await World.make(...options);
    return world;
  };
  afterEach(() => world.dispose());

  const text = async (row: OpResult, channel = ''): Promise<string> =>
    ((await world.one(`<<READ(${address(row)}${channel}):READ`)).rx ?? '').replace(/^\d+:\t/gm, '');
  /** Resolves when the stream's stdout holds the text. */
  const printed = async (row: OpResult, wanted: string): Promise<void> => {
    const entry = () =>
      world.store.entries.find({
        sessionId: world.session.id,
        scope: 'run',
        runId: world.main.id,
        scheme: 'sh',
        pathname: row.target?.pathname ?? '',
      });
    const has = (): boolean =>
      (world.store.entries.content(entry()?.id ?? (0 as never), 'stdout') ?? '').includes(wanted);
    if (!has()) await world.event(event => event.kind === 'grew' && has());
  };
  const start = (command: string, marks = '', asked: Asked = {}): Promise<OpResult> =>
    world.one(`<<EXEC${marks}:${command}:EXEC`, asked);

  it('[RES-23] output in stdout and stderr, status by the exit code', async () => {
    await make();
    const good = await start('echo out; echo err >&2');
    assert.equal(good.status, 102);
    assert.equal((await world.concluded(good)).closeStatus, 200);
    assert.equal(await text(good), 'out');
    assert.equal(await text(good, '#stderr'), 'err');
    const bad = await start('exit 3');
    const end = await world.concluded(bad);
    assert.equal(end.closeStatus, 500);
    assert.match(end.summary ?? '', /exit code 3/);
  });

  it('[RES-22] the working folder is the target', async () => {
    await make({ files: { 'sub/x': '' } });
    const row = await world.one('<<EXEC(sub):pwd:EXEC');
    await world.concluded(row);
    assert.equal(await text(row), world.file('sub'));
  });

  it('[RES-4] READ of a stream that is open is 102, then 200', async () => {
    await make();
    const row = await start('echo first; read line; echo "got $line"');
    await printed(row, 'first');
    assert.equal(await world.status(`<<READ(${address(row)}):READ`), 102);
    assert.equal(await world.status(`<<SEND[200](${address(row)}):hello:SEND`), 200);
    await world.concluded(row);
    assert.equal(await world.status(`<<READ(${address(row)}):READ`), 200);
    assert.equal(await text(row), 'first\ngot hello');
    assert.equal(await world.status(`<<SEND[200](${address(row)}):late:SEND`), 304);
  });

  it('[RES-16] FIND shows the age of a live stream', async () => {
    await make();
    const row = await start('echo up; sleep 30');
    await printed(row, 'up');
    const [item] = await world.find('<<FIND(sh:///**):FIND');
    assert.equal(item.path, address(row));
    assert.equal(typeof item.seconds, 'number');
    assert.deepEqual(Object.keys(item.channels).sort(), [address(row), `${address(row)}#stderr`]);
    assert.equal((await world.find('<<FIND(exec:///**):FIND')).length, 1);
  });

  it('[RES-19] KILL: 200, then 410; a stream that ended by itself 304', async () => {
    await make();
    const row = await start('echo up; sleep 30');
    await printed(row, 'up');
    assert.equal(await world.status(`<<KILL(${address(row)}):KILL`), 200);
    assert.equal((await world.concluded(row)).closeStatus, 499);
    assert.equal(await world.status(`<<KILL(${address(row)}):KILL`), 410);
    const done = await start('true');
    await world.concluded(done);
    assert.equal(await world.status(`<<KILL(${address(done)}):KILL`), 304);
    assert.equal(await world.status(`<<KILL(exec://${done.target?.pathname}):KILL`), 304);
  });

  it('[RES-19] KILL[n] sends exactly that signal once', async () => {
    await make();
    const row = await start("trap 'echo usr1' USR1; echo ready; while :; do sleep 0.05; done");
    await printed(row, 'ready');
    assert.equal(await world.status(`<<KILL[10](${address(row)}):KILL`), 200);
    await printed(row, 'usr1');
    assert.equal(await world.status(`<<READ(${address(row)}):READ`), 102);
    assert.equal(await world.status(`<<KILL[9](${address(row)}):KILL`), 200);
    assert.equal((await world.concluded(row)).closeStatus, 499);
    assert.equal(await world.status(`<<KILL[77](${address(row)}):KILL`), 410);
    const other = await start('echo up; sleep 30');
    await printed(other, 'up');
    assert.equal(await world.status(`<<KILL[77](${address(other)}):KILL`), 400);
  });

  it('[RES-20] SEND[499] cancels a stream', async () => {
    await make();
    const row = await start('echo up; sleep 30');
    await printed(row, 'up');
    assert.equal(await world.status(`<<SEND[499](${address(row)}):SEND`), 200);
    assert.equal((await world.concluded(row)).closeStatus, 499);
  });

  it('[RES-24] a lifetime that is exceeded ends the whole group with 504', async () => {
    const clock = new LongClock();
    await make({ streams: { clock } });
    const row = await start('sleep 30 & echo child $!; wait', '<600>');
    await printed(row, 'child');
    const pid = Number(/child (\d+)/.exec(await text(row))?.[1]);
    assert.ok(isRunning(pid));
    clock.pass(600);
    assert.equal((await world.concluded(row)).closeStatus, 504);
    assert.equal(isRunning(pid), false);
  });

  it('[RL-12] [RES-24] a process that ignores TERM and HUP is killed after the grace period', async () => {
    const clock = new LongClock();
    await make({ streams: { clock, killGrace: 100 } });
    const row = await start("trap '' TERM HUP INT; echo ready; while :; do sleep 0.05; done", '<600>');
    await printed(row, 'ready');
    clock.pass(600);
    assert.equal((await world.concluded(row)).closeStatus, 504);
  });

  it('[RL-12] children that were left behind end with their stream', async () => {
    await make();
    await start('for n in 1 2 3 4 5; do sleep 30 >/dev/null 2>&1 & echo child $!; done');
    const left: { readonly pid: number; readonly runs: boolean }[] = [];
    const concluded = world.event(event => {
      if (event.kind !== 'concluded') return false;
      const shown = world.store.entries.content(event.entryId, 'stdout') ?? '';
      for (const [, pid] of shown.matchAll(/child (\d+)/g))
        left.push({ pid: Number(pid), runs: isRunning(Number(pid)) });
      return true;
    });
    await concluded;
    assert.deepEqual(
      left.filter(each => each.runs),
      [],
      'nothing runs any more when the end is told',
    );
    assert.equal(left.length, 5);
  });

  it('[RL-12] a process that leaves its group and keeps the pipes cannot hold the stream open', async () => {
    await make({ streams: { killGrace: 100 } });
    const row = await start('setsid sleep 3 & echo started');
    await printed(row, 'started');
    await world.streams.reap(world.main.id, { turnScopedOnly: false, closeStatus: 499 });
    assert.equal((await world.concluded(row)).closeStatus, 499);
  });

  it('[RES-24] <0> lives until the next turn; the others do not end then', async () => {
    await make();
    const short = await start('echo up; sleep 30', '<0>');
    const long = await start('echo up; sleep 30');
    await printed(short, 'up');
    await printed(long, 'up');
    await world.streams.reap(world.main.id, { turnScopedOnly: true, closeStatus: 499 });
    assert.equal((await world.concluded(short)).closeStatus, 499);
    assert.deepEqual(
      world.streams.live(world.main.id).map(live => `/${live.coordinate}`),
      [long.target?.pathname],
    );
  });

  it('[RES-24] <T,P> says how often a parked run is woken', async () => {
    await make();
    const row = await start('sleep 30', '<-1,7>');
    assert.equal(world.streams.live(world.main.id)[0]?.pollSeconds, 7);
    assert.equal(row.status, 102);
  });

  it('[RL-12] [RES-6] endless output is cut with a marker, and a flood is ended', async () => {
    await make({ streams: { outputCap: 1000 } });
    const row = await start('yes abcdefghi');
    assert.equal((await world.concluded(row)).closeStatus, 413);
    const shown = await text(row);
    assert.ok(shown.startsWith('abcdefghi\n'));
    assert.match(shown, /output cut here/);
    assert.ok(shown.length < 1200, String(shown.length));
  });

  it('[RL-12] 1 GB of output leaves memory and the database bounded', async function () {
    this.timeout(60_000);
    await make({ streams: { outputCap: 1024 * 1024 } });
    const before = process.memoryUsage().rss;
    const row = await start('head -c 1000000000 /dev/zero | tr "\\0" x');
    const end = await world.concluded(row);
    assert.equal(end.closeStatus, 413);
    assert.ok(process.memoryUsage().rss - before < 200 * 1024 * 1024);
    assert.ok(end.contentLength < 1024 * 1024 + 200, String(end.contentLength));
  });

  it('[RL-12] invalid UTF-8 and control sequences: valid text is kept, the model sees it without them', async () => {
    await make();
    const row = await start("printf 'a\\377b\\n\\033[31mred\\033[0m\\n10%%\\r100%%\\n\\007\\033]0;title\\007end\\n'");
    await world.concluded(row);
    assert.equal(await text(row), 'a\ufffdb\nred\n100%\nend');
    const entry = world.store.entries.find({
      sessionId: world.session.id,
      scope: 'run',
      runId: world.main.id,
      scheme: 'sh',
      pathname: row.target?.pathname ?? '',
    });
    assert.match(world.store.entries.content(entry?.id ?? (0 as never), 'stdout') ?? '', /\[31mred/);
  });

  it('[RES-25] a character that is cut between two writes arrives whole', async () => {
    await make();
    const row = await start("printf '\\342\\202'; sleep 0.2; printf '\\254\\n'");
    await world.concluded(row);
    assert.equal(await text(row), '€');
  });

  it('[RES-25] the child sees the environment without secrets', async () => {
    await make({
      streams: {
        environment: () => ({
          base: {
            PATH: process.env.PATH,
            HOME: '/h',
            OPENAI_API_KEY: 'k1',
            PLURNK_TOKEN: 'k2',
            MY_DB: 'postgres://u:stored-secret@h',
            DENIED_X: '1',
            KEPT: 'yes',
          },
          deny: ['DENIED_*'],
          secrets: ['stored-secret'],
        }),
      },
    });
    const row = await start('env');
    await world.concluded(row);
    const shown = await text(row);
    assert.match(shown, /^KEPT=yes$/m);
    assert.doesNotMatch(shown, /=k[12]$|stored-secret|DENIED/m);
  });

  it('[RES-25] names are compared without regard to case; short values are no secrets', () => {
    const kept = childEnvironment({
      base: { openai_api_key: 'x', Plurnk_Model: 'y', A: '1', B: 'abc' },
      deny: ['a'],
      secrets: ['1', 'abc'],
    });
    assert.deepEqual(kept, { B: 'abc' });
  });

  it('[ENG-12] a stream that was still starting when its run was cancelled never starts', async () => {
    await make();
    const cancel = new AbortController();
    const { proposal } = await world.one('<<EXEC:touch born:EXEC', { answer: 'leave' });
    const starting = proposal?.apply(null, world.context({ signal: cancel.signal }));
    cancel.abort();
    assert.equal((await starting)?.status, 499);
    const { proposal: second } = await world.one('<<EXEC:touch born:EXEC', { answer: 'leave' });
    const reaped = second?.apply(null, world.context());
    await world.streams.reap(world.main.id, { turnScopedOnly: false, closeStatus: 499 });
    assert.equal((await reaped)?.status, 499);
    assert.deepEqual(await world.find('<<FIND(born):FIND'), []);
  });

  it('[ENG-12] reaping ends every stream of the run and no other', async () => {
    await make();
    const other = world.newRun('other');
    const mine = await start('echo up; sleep 30');
    const theirs = await start('echo up; sleep 30', '', { run: other });
    await world.streams.reap(world.main.id, { turnScopedOnly: false, closeStatus: 499 });
    assert.equal((await world.concluded(mine)).closeStatus, 499);
    assert.equal(world.streams.live(other.id).length, 1);
    assert.equal(theirs.status, 102);
    assert.equal(world.store.subscriptions.active(world.main.id).length, 0);
  });

  it('[RES-23] an amended command is the one that runs', async () => {
    await make();
    const row = await world.one('<<EXEC:echo asked:EXEC', { answer: { amended: 'echo amended' } });
    await world.concluded(row);
    assert.equal(await text(row), 'amended');
  });

  it('[RES-22] a runtime that is not there is 501 with the reason', async () => {
    await make({
      executors: [
        {
          runtime: 'sh',
          example: '',
          doc: '',
          effect: () => 'host',
          probe: async () => ({ available: false, reason: 'no shell on this machine' }),
          invocation: () => ({ file: 'x', args: [] }),
        },
      ],
    });
    await world.streams.ready();
    const row = await world.one('<<EXEC:ls:EXEC');
    assert.equal(row.status, 501);
    assert.match(row.rx ?? '', /no shell on this machine/);
  });

  it('[RES-22] a program that cannot be started ends its stream with the reason', async () => {
    await make({
      executors: [
        {
          runtime: 'sh',
          example: '',
          doc: '',
          effect: () => 'host',
          probe: async () => ({ available: true, reason: null }),
          invocation: () => ({ file: '/nonexistent/program', args: [] }),
        },
      ],
    });
    const row = await start('x');
    const end = await world.concluded(row);
    assert.equal(end.closeStatus, 500);
    assert.match(await text(row, '#stderr'), /ENOENT/);
  });

  it('[RL-5] a server that is killed outright leaves no process behind', async () => {
    await make();
    const file = path.join(import.meta.dirname, 'support/leashed-server.ts');
    const server = spawn(process.execPath, ['--conditions=plurnk-source', '--no-warnings', file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const { promise, resolve } = Promise.withResolvers<string>();
    server.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()));
    const pids = (await promise).trim().split(/\s+/).map(Number);
    assert.equal(pids.length, 2);
    assert.deepEqual(pids.map(isRunning), [true, true]);
    server.kill('SIGKILL');
    while (pids.some(isRunning)) await setTimeout(20);
    assert.deepEqual(pids.map(isRunning), [false, false]);
  });
});
