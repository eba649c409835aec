import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Place } from './support/server-process.ts';
import { SocketClient } from './support/socket-client.ts';
import { makeWorkspace } from './support/world.ts';

const EDIT = '<<PLAN:Change it.:PLAN\n<<EDIT(hello.txt)<1>:good day:EDIT\n<<SEND[102]:on:SEND';
const END = '<<PLAN:End.:PLAN\n<<SEND[200]:all *done*:SEND';
const RUN = '<<PLAN:Run.:PLAN\n<<EXEC[sh]:touch ran.txt:EXEC\n<<SEND[102]:on:SEND';
const SCRIPTS = {
  editor: [EDIT, END],
  refused: [EDIT, END],
  amended: [EDIT, END],
  bold: [EDIT, RUN, END],
  looker: ['<<PLAN:Try.:PLAN\n<<EDIT(hello.txt)<1>:x:EDIT\n<<SEND[102]:on:SEND', END],
  waiting: [EDIT],
  twice: [EDIT, EDIT],
};

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

describe('the command-line client', () => {
  const place = new Place();
  const workspace = makeWorkspace(place.folder, 'workspace');
  const file = join(workspace, 'hello.txt');
  let port = 0;
  let env: NodeJS.ProcessEnv = {};

  before(async function () {
    this.timeout(60_000);
    port = await freePort();
    env = { ...place.environment({ scripts: SCRIPTS }), PLURNK_PORT: String(port), PLURNK_IDLE_EXIT_MS: '60000' };
  });
  after(async function () {
    this.timeout(60_000);
    await stopDaemon();
    place.remove();
  });
  beforeEach(() => writeFileSync(file, 'hello\nworld\n'));

  let daemonPid = 0;
  async function stopDaemon(): Promise<void> {
    if (daemonPid === 0) return;
    const client = await SocketClient.open(`ws://127.0.0.1:${port}`);
    const closed = new Promise(resolve => client.socket.once('close', resolve));
    process.kill(daemonPid, 'SIGTERM');
    await closed;
  }

  function start(args: readonly string[], more: NodeJS.ProcessEnv = {}) {
    const cli = join(import.meta.dirname, '../../packages/cli/src/main.ts');
    const child = spawn(process.execPath, ['--conditions=plurnk-source', '--no-warnings', cli, ...args], {
      cwd: workspace,
      env: { ...env, ...more },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const seen = { out: '', err: '' };
    child.stdout.on('data', (data: Buffer) => {
      seen.out += String(data);
    });
    child.stderr.on('data', (data: Buffer) => {
      seen.err += String(data);
      const pid = /started the daemon \(process (\d+)\)/.exec(seen.err)?.[1];
      if (pid !== undefined) daemonPid = Number(pid);
    });
    const ended = new Promise<Ended>(resolve => child.once('close', code => resolve({ code, ...seen })));
    return { child, ended, said: (pattern: RegExp) => said(child, () => seen.err, pattern) };
  }

  it('[RPC-1] starts the daemon when none runs, shows a change as a coloured diff, and writes it on "a"', async function () {
    this.timeout(60_000);
    const { child, ended, said } = start(['-m', 'editor', '--session', 'one', 'Change the greeting'], {
      FORCE_COLOR: '1',
    });
    await said(/\[a\]ccept/);
    assert.equal(readFileSync(file, 'utf8'), 'hello\nworld\n');
    child.stdin.write('a\n');
    const { code, out, err } = await ended;
    assert.equal(code, 0, err);
    assert.ok(daemonPid > 0);
    assert.ok(err.includes('\u001b[31m-hello\u001b[0m') && err.includes('\u001b[32m+good day\u001b[0m'), err);
    assert.match(out, /all \*done\*/);
    assert.ok(!out.includes('PLAN'));
    assert.equal(readFileSync(file, 'utf8'), 'good day\nworld\n');
  });

  it('[ENG-61] rejects on "r" and when the input ends, and leaves the file', async function () {
    this.timeout(60_000);
    const { child, ended } = start(['-m', 'refused', 'Change the greeting']);
    child.stdin.end('what\nr\n');
    assert.equal((await ended).code, 0);
    assert.equal(readFileSync(file, 'utf8'), 'hello\nworld\n');
  });

  it('[ENG-62] lets the person edit a change before it is written', async function () {
    this.timeout(60_000);
    const editor = place.file('editor.sh', '#!/bin/sh\nsed -i s/good/fine/ "$1"\n');
    const { child, ended } = start(['-m', 'amended', 'Change the greeting'], { VISUAL: `sh ${editor}` });
    child.stdin.end('e\n');
    const { code, err } = await ended;
    assert.equal(code, 0, err);
    assert.equal(readFileSync(file, 'utf8'), 'fine day\nworld\n');
  });

  it('[ENG-64] asks nothing with --yolo', async function () {
    this.timeout(60_000);
    const { child, ended } = start(['-m', 'bold', '--yolo', 'Do it']);
    child.stdin.end();
    const { code, err } = await ended;
    assert.equal(code, 0, err);
    assert.ok(!err.includes('[a]ccept'));
    assert.equal(readFileSync(file, 'utf8'), 'good day\nworld\n');
    assert.ok(existsSync(join(workspace, 'ran.txt')));
  });

  it('[ENG-36] changes nothing with --ask', async function () {
    this.timeout(60_000);
    const { child, ended } = start(['-m', 'looker', '--ask', 'Look']);
    child.stdin.end();
    const { err } = await ended;
    assert.match(err, /EDIT hello\.txt 403/);
    assert.equal(readFileSync(file, 'utf8'), 'hello\nworld\n');
  });

  it('[ENG-12] Ctrl-C cancels the loop and exits with 130', async function () {
    this.timeout(60_000);
    const { child, ended, said } = start(['-m', 'waiting', '--session', 'stopped', 'Change the greeting']);
    await said(/\[a\]ccept/);
    child.kill('SIGINT');
    const { code, err } = await ended;
    assert.equal(code, 130, err);
    assert.match(err, /499/);
    assert.equal(readFileSync(file, 'utf8'), 'hello\nworld\n');
  });

  it('[ENG-3] shows log, packet, sessions, and exports', async function () {
    this.timeout(60_000);
    const log = await start(['log', '--session', 'one']).ended;
    assert.equal(log.code, 0, log.err);
    assert.match(log.out, /EDIT hello\.txt 200/);
    const rows = (await start(['log', '--session', 'one', '--json']).ended).out
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
    assert.ok(rows.some(row => row.op === 'SEND' && row.signal === 200));
    const packet = await start(['packet', '--session', 'one']).ended;
    assert.match(packet.out, /system · definition/);
    assert.match(packet.out, /<<SEND\[200\]:all \*done\*:SEND/);
    assert.match((await start(['sessions']).ended).out, /^one {2}/m);
    const exported = await start(['export', '--session', 'one', '--format', 'html', '-o', '-']).ended;
    assert.match(exported.out, /^<!doctype html>/);
    const session = join(place.folder, 'one.session.jsonl');
    assert.equal((await start(['export', '--session', 'one', '-o', session]).ended).code, 0);
    const imported = await start(['import', session]).ended;
    assert.equal(imported.code, 0, imported.err);
    assert.match(imported.err, /made the session "one \(2\)"/);
    assert.equal((await start(['log', '--session', 'one (2)']).ended).out, log.out);
    const size = await start(['storage', '--compact']).ended;
    assert.match(size.err, /texts that nothing needs were removed: \d+\.\d MB → \d+\.\d MB/);
    assert.match(size.out, /^\d+ sessions, \d+ turns, \d+ rows, .* MB on disk/);
    const wrong = await start(['import', file]).ended;
    assert.equal(wrong.code, 1);
    assert.match(wrong.err, /not an exported Plurnk session/);
    const large = await start(['import', place.file('large.session.jsonl', 'x'.repeat(34 << 20))]).ended;
    assert.equal(large.code, 1);
    assert.match(large.err, /more than the daemon takes \(PLURNK_MAX_MESSAGE_BYTES\)/);
  });

  it('[UI-42] runs a script of operations, and exits with 1 when one failed', async function () {
    this.timeout(60_000);
    const script = place.file(
      'script.plk',
      '<<READ(hello.txt):READ\n<<EDIT(hello.txt)<2>:moon:EDIT\n<<READ(missing.txt):READ\n',
    );
    const { child, ended } = start(['run', script, '--session', 'scripts']);
    child.stdin.end('a\n');
    const { code, out, err } = await ended;
    assert.equal(code, 1, err);
    assert.match(out, /READ hello\.txt 200/);
    assert.match(out, /READ missing\.txt 404/);
    assert.equal(readFileSync(file, 'utf8'), 'hello\nmoon\n');
  });

  it('[RPC-3] Ctrl-C ends a script where it is: what waits is cancelled, what follows never runs', async function () {
    this.timeout(60_000);
    const script = place.file('stopped.plk', '<<EDIT(hello.txt)<1>:gone:EDIT\n<<EDIT(known:///after.md):after:EDIT\n');
    const { child, ended, said } = start(['run', script, '--session', 'ended']);
    await said(/\[a\]ccept/);
    child.kill('SIGINT');
    const { code, err } = await ended;
    assert.equal(code, 130, err);
    assert.equal(readFileSync(file, 'utf8'), 'hello\nworld\n');
    const check = place.file('check.plk', '<<READ(known:///after.md):READ\n');
    const after = await start(['run', check, '--session', 'ended']).ended;
    assert.match(after.out, /READ known:\/\/\/after\.md 404/);
    const { out } = await start(['export', '--session', 'ended', '--format', 'jsonl', '-o', '-']).ended;
    const rows = out
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
    const edit = rows.find(({ op, pathname }) => op === 'EDIT' && pathname === 'hello.txt');
    assert.deepEqual([edit?.status_rx, edit?.outcome, edit?.state], [499, 'loop_aborted', 'cancelled']);
  });

  it('[RPC-4] attach takes prompts and answers proposals from what is typed', async function () {
    this.timeout(60_000);
    place.file('again.json', '[]');
    const { child, ended, said } = start(['attach', '--session', 'one', '-m', 'demo']);
    await said(/session one/);
    child.stdin.write('Have a look around\n');
    await said(/\[a\]ccept/);
    child.stdin.write('r\n');
    await said(/FIND/);
    child.stdin.end();
    const { code } = await ended;
    assert.equal(code, 0);
  });

  it('[ENG-12] Ctrl-C in attach cancels each prompt anew, and the session goes on', async function () {
    this.timeout(60_000);
    const { child, ended, said } = start(['attach', '--session', 'stopped', '-m', 'twice']);
    await said(/session stopped/);
    child.stdin.write('Change the greeting\n');
    await said(/\[a\]ccept/);
    child.kill('SIGINT');
    await said(/EDIT hello\.txt 499/);
    child.stdin.write('Change it all the same\n');
    await said(/499[\s\S]*\[a\]ccept/);
    child.kill('SIGINT');
    await said(/EDIT hello\.txt 499[\s\S]*EDIT hello\.txt 499/);
    child.stdin.end();
    assert.equal((await ended).code, 0);
    assert.equal(readFileSync(file, 'utf8'), 'hello\nworld\n');
  });

  it('[#7] as it is built: the command starts the daemon beside it, without any of the source', async function () {
    this.timeout(60_000);
    const built = join(import.meta.dirname, '../../dist/cli.js');
    const other = new Place();
    const child = spawn(process.execPath, [built, '--yolo', '-m', 'demo', 'Look around'], {
      cwd: makeWorkspace(other.folder, 'workspace'),
      env: { ...other.environment({}), PLURNK_PORT: String(await freePort()), PLURNK_IDLE_EXIT_MS: '1000' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (data: Buffer) => {
      out += String(data);
    });
    child.stderr.on('data', (data: Buffer) => {
      err += String(data);
    });
    const code = await new Promise(resolve => child.once('close', resolve));
    const pid = Number(/started the daemon \(process (\d+)\)/.exec(err)?.[1]);
    if (pid > 0) process.kill(pid, 'SIGTERM');
    assert.equal(code, 0, err);
    assert.match(out, /demo model/);
    other.remove();
  });

  it('[RPC-1] says what is wrong with its arguments', async function () {
    this.timeout(60_000);
    for (const args of [['--nonsense'], ['--max-turns', 'x', 'hello'], ['--format', 'pdf', 'export'], ['run']]) {
      const { code, err } = await start(args).ended;
      assert.equal(code, 1);
      assert.match(err, /plurnk --help/);
    }
    const nobody = await start(['--url', 'ws://127.0.0.1:9', 'hello']).ended;
    assert.equal(nobody.code, 1);
    assert.match(nobody.err, /ECONNREFUSED/);
    assert.match((await start(['--help']).ended).out, /plurnk attach/);
  });
});

/** Resolves when the program has said something. */
function said(child: ChildProcess, text: () => string, pattern: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    const check = (): void => {
      if (!pattern.test(text())) return;
      child.stderr?.off('data', check);
      resolve();
    };
    child.stderr?.on('data', check);
    child.once('close', () => reject(new Error(`it ended without saying ${pattern}: ${text()}`)));
    check();
  });
}

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
