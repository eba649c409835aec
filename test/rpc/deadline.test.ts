import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { join } from 'node:path';
import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';
import { DaemonProcess, Place, startLanguageServer } from './support/server-process.ts';
import type { TestClient } from './support/test-client.ts';

describe('time', () => {
  it('[RPC-3] a call that takes longer than its deadline is answered with −32007, once, and the server goes on', async function () {
    this.timeout(60_000);
    const place = new Place();
    // A local model server that takes the request and never answers.
    const silent = createServer(() => undefined);
    await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const daemon = await DaemonProcess.start(place, { env: { PLURNK_RPC_TIMEOUT: '100', OLLAMA_BASE_URL: url } });
    try {
      const client = await daemon.connect();
      let answers = 0;
      client.socket.on('message', data => {
        if ('id' in JSON.parse(String(data))) answers += 1;
      });
      const { code, data, message } = await client.refused('models.discover', { provider: 'ollama' });
      assert.equal(code, -32007);
      assert.equal(data.ms, 100);
      assert.match(message, /models\.discover took longer than 100 ms/);
      // A long-running method has no deadline.
      assert.equal((await client.call('models.test', { alias: 'demo' })).ok, true);
      assert.deepEqual(await client.call('ping', {}), {});
      assert.equal(answers, 3);
    } finally {
      await daemon.stop();
      silent.closeAllConnections();
      silent.close();
      place.remove();
    }
  });

  it('[RPC-3] a cancelled call is answered once, with −32800 when it had not ended', async function () {
    this.timeout(60_000);
    const place = new Place();
    const silent = createServer(() => undefined);
    await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve));
    const env = {
      OPENAI_BASE_URL: `http://127.0.0.1:${(silent.address() as AddressInfo).port}/v1`,
      PLURNK_MODEL_SLOW: 'openai/x',
    };
    const daemon = await DaemonProcess.start(place, { env });
    try {
      const client = await daemon.connect();
      const reached = new Promise(resolve => silent.once('request', resolve));
      const { answer, cancel } = client.send('models.test', { alias: 'slow' });
      const code = answer.then(
        () => 0,
        (error: { code: number }) => error.code,
      );
      await reached;
      cancel();
      assert.equal(await code, -32800);
      cancel();
      assert.deepEqual(await client.call('ping', {}), {});
    } finally {
      await daemon.stop();
      silent.closeAllConnections();
      silent.close();
      place.remove();
    }
  });
});

describe('the end', () => {
  /** A server on which the child of a test's command calls; it says when the child is gone. */
  async function line(): Promise<{ command: string; called: Promise<void>; hungUp: Promise<void>; close: () => void }> {
    const called = Promise.withResolvers<void>();
    const hungUp = Promise.withResolvers<void>();
    const server = createSocketServer(socket => {
      called.resolve();
      socket.on('error', () => undefined);
      socket.once('close', () => hungUp.resolve());
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const script = `require("net").connect(${port},"127.0.0.1");setInterval(()=>{},1000)`;
    const command = `'${process.execPath}' -e '${script}'`;
    return { command, called: called.promise, hungUp: hungUp.promise, close: () => server.close() };
  }

  async function startCommand(client: TestClient, folder: string, command: string): Promise<void> {
    await client.call('session.create', { projectRoot: folder });
    client.on('loop/proposal', ({ logEntryId }) => {
      client.call('loop.resolve', { logEntryId, decision: 'accept' }).catch(() => undefined);
    });
    assert.equal((await client.call('op.exec', { command })).status, 102);
  }

  it('[RL-5] of the editor ends the language server and everything it started', async function () {
    this.timeout(60_000);
    const place = new Place();
    const { command, called, hungUp, close } = await line();
    const client = await startLanguageServer(place);
    await startCommand(client, place.folder, command);
    await called;
    const gone = new Promise(resolve => client.process.once('exit', resolve));
    client.process.stdin?.end();
    await Promise.all([gone, hungUp]);
    close();
    place.remove();
  });

  it('[RPC-3] of the editor answers what is open, once, before it goes', async function () {
    this.timeout(60_000);
    const place = new Place();
    const client = await startLanguageServer(place);
    await client.call('session.create', { projectRoot: place.folder });
    let answers = 0;
    const open = client.send('op.exec', { command: 'echo never' }).answer.then(
      () => 'result' as const,
      (error: { code?: number }) => {
        answers += 1;
        return error.code;
      },
    );
    await client.until('loop/proposal');
    await client.close();
    assert.equal(await open, -32603);
    assert.equal(answers, 1);
    place.remove();
  });

  it('[RL-5] of the daemon by SIGTERM ends everything it started', async function () {
    this.timeout(60_000);
    const place = new Place();
    const { command, called, hungUp, close } = await line();
    const daemon = await DaemonProcess.start(place);
    await startCommand(await daemon.connect(), place.folder, command);
    await called;
    assert.equal(await daemon.stop(), 0);
    await hungUp;
    close();
    place.remove();
  });

  it('[#7] of a daemon that nobody uses comes by itself, after work too, and not while a process runs', async function () {
    this.timeout(60_000);
    const place = new Place();
    const done = '<<PLAN:Note.:PLAN\n<<EDIT(known:///a.md):a:EDIT\n<<SEND[200]:done:SEND';
    const { command, called, hungUp, close } = await line();
    const setup = { scripts: { worker: [done] }, env: { PLURNK_IDLE_EXIT_MS: '200' } };
    const daemon = await DaemonProcess.start(place, setup);
    const gone = new Promise(resolve => daemon.child.once('exit', resolve));
    const client = await daemon.connect();
    await startCommand(client, place.folder, command);
    await called;
    const started = await client.call('loop.run', { prompt: 'Note it' });
    assert.ok('loopId' in started);
    await client.until('loop/terminated', ({ loopId }) => loopId === started.loopId);
    await client.close();
    // Longer than it would wait if it were idle.
    assert.equal(await Promise.race([gone, new Promise(resolve => setTimeout(resolve, 1500, 'running'))]), 'running');
    const again = await daemon.connect();
    const { sessions } = await again.call('session.list', {});
    const session = await again.call('session.attach', { id: sessions[0]?.id ?? 0 });
    const { runs } = await again.call('session.runs', {});
    const mine = runs.find(run => run.origin === 'client' && run.id !== session.runId);
    const { entries } = await again.call('log.read', { runId: mine?.id ?? 0 });
    const target = `sh://${entries.find(row => row.op === 'EXEC')?.pathname}`;
    assert.equal((await again.call('stream.kill', { target, runId: mine?.id ?? 0 })).status, 200);
    await hungUp;
    await again.close();
    assert.equal(await gone, 0);
    close();
    place.remove();
  });

  it('[RPC-1] the language server speaks over node IPC too, and ends with its client', async function () {
    this.timeout(60_000);
    const place = new Place();
    const child = fork(join(import.meta.dirname, '../../server/src/main.ts'), ['--node-ipc'], {
      env: place.environment({}),
      execArgv: ['--conditions=plurnk-source', '--no-warnings'],
      stdio: 'ignore',
    });
    const gone = new Promise(resolve => child.once('exit', resolve));
    const connection = createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
    connection.listen();
    const initializationOptions = { storagePath: join(place.folder, 'ipc') };
    const started = await connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri: null,
      capabilities: {},
      initializationOptions,
    });
    assert.equal((started as { serverInfo: { name: string } }).serverInfo.name, 'plurnk');
    assert.deepEqual(await connection.sendRequest('plurnk/ping', {}), {});
    connection.dispose();
    child.disconnect();
    await gone;
    place.remove();
  });
});
