import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { DaemonProcess, Place } from './support/server-process.ts';
import { SocketClient } from './support/socket-client.ts';
import { WORLD_SCRIPTS } from './support/world.ts';

const LIMIT = 256 * 1024;

describe('clients with bad habits', () => {
  const place = new Place();
  let daemon: DaemonProcess;
  before(async function () {
    this.timeout(60_000);
    const env = {
      PLURNK_MAX_MESSAGE_BYTES: String(LIMIT),
      PLURNK_ALLOWED_ORIGINS: 'https://good.example',
      PLURNK_MAX_WAITING_BYTES: '4194304',
    };
    daemon = await DaemonProcess.start(place, { scripts: WORLD_SCRIPTS, env });
  });
  after(async () => {
    await daemon.stop();
    place.remove();
  });

  /** The daemon still serves others. */
  async function servesOthers(): Promise<void> {
    const other = await daemon.connect();
    assert.deepEqual(await other.call('ping', {}), {});
    await other.close();
  }

  it('[RPC-1] takes a message in fragments', async () => {
    const client = await daemon.connect();
    const answer = new Promise<string>(resolve => client.socket.once('message', data => resolve(String(data))));
    client.socket.send('{"jsonrpc":"2.0","id":"frag', { fin: false });
    client.socket.send('ment","method":"ping"}', { fin: true });
    assert.deepEqual(JSON.parse(await answer), { jsonrpc: '2.0', id: 'fragment', result: {} });
  });

  it('[RPC-1] echoes an id with its type, and takes [] as no parameters', async () => {
    const client = await daemon.connect();
    for (const id of ['7', 7, 'a-b', 0, -3]) {
      assert.deepEqual(await raw(client, { jsonrpc: '2.0', id, method: 'ping', params: [] }), {
        jsonrpc: '2.0',
        id,
        result: {},
      });
    }
  });

  it('[RPC-2] answers what is not JSON, not a request, or not a method with its code', async () => {
    const client = await daemon.connect();
    const cases: [unknown, number, unknown][] = [
      ['{"jsonrpc":"2.0","id":1,"method":', -32700, null],
      ['null', -32600, null],
      ['[]', -32600, null],
      ['[{"jsonrpc":"2.0","id":1,"method":"ping"}]', -32600, null],
      [{ jsonrpc: '1.0', id: 5, method: 'ping' }, -32600, 5],
      [{ jsonrpc: '2.0', id: 6, method: 7 }, -32600, 6],
      [{ jsonrpc: '2.0', id: { a: 1 }, method: 'ping' }, -32600, null],
      [{ jsonrpc: '2.0', id: 8, method: 'no.such' }, -32601, 8],
      [{ jsonrpc: '2.0', id: 9, method: 'toString' }, -32601, 9],
      [{ jsonrpc: '2.0', id: 10, method: '__proto__' }, -32601, 10],
      [{ jsonrpc: '2.0', id: 11, method: 'ping', params: 'text' }, -32602, 11],
      [{ jsonrpc: '2.0', id: 12, method: 'session.attach', params: {} }, -32602, 12],
    ];
    for (const [message, code, id] of cases) {
      const answer = (await raw(client, message)) as {
        id: unknown;
        error: { code: number; message: string; data: unknown };
      };
      assert.equal(answer.error.code, code, JSON.stringify(message));
      assert.equal(answer.id, id);
      assert.ok(answer.error.message.length > 5);
      assert.equal(typeof answer.error.data, 'object');
    }
  });

  it('[RPC-1] refuses binary frames', async () => {
    const client = await daemon.connect();
    const answer = new Promise<string>(resolve => client.socket.once('message', data => resolve(String(data))));
    client.socket.send(Buffer.from('{"jsonrpc":"2.0","id":1,"method":"ping"}'), { binary: true });
    assert.equal(JSON.parse(await answer).error.code, -32600);
  });

  it('[RL-16] closes on a message over the limit, and serves the others', async () => {
    const client = await daemon.connect();
    const closed = new Promise<number>(resolve => client.socket.once('close', resolve));
    client.socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping', params: { x: 'x'.repeat(LIMIT) } }));
    assert.equal(await closed, 1009);
    await servesOthers();
  });

  it('[RL-16] forgets half a message when its client leaves', async () => {
    const client = await daemon.connect();
    client.socket.send('{"jsonrpc":"2.0","id":1,', { fin: false });
    const closed = new Promise(resolve => client.socket.once('close', resolve));
    client.socket.terminate();
    await closed;
    await servesOthers();
  });

  it('[RL-16] survives a reconnect storm', async function () {
    this.timeout(60_000);
    for (let round = 0; round < 10; round++) {
      const sockets = await Promise.all(Array.from({ length: 20 }, () => SocketClient.open(daemon.url)));
      for (const [at, { socket }] of sockets.entries()) {
        socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'session.create', params: {} }));
        if (at % 2 === 0) socket.terminate();
        else socket.close();
      }
    }
    await servesOthers();
  });

  it('[RPC-3] answers 10,000 requests sent at once, each exactly once', async function () {
    this.timeout(60_000);
    const client = await daemon.connect();
    const answers = new Map<number, number>();
    const done = new Promise<void>(resolve => {
      client.socket.on('message', data => {
        const { id } = JSON.parse(String(data)) as { id?: number };
        if (id === undefined) return;
        answers.set(id, (answers.get(id) ?? 0) + 1);
        if (answers.size === 10_000) resolve();
      });
    });
    for (let id = 1; id <= 10_000; id++) client.socket.send(JSON.stringify({ jsonrpc: '2.0', id, method: 'ping' }));
    await done;
    assert.deepEqual(await raw(client, { jsonrpc: '2.0', id: 'last', method: 'ping' }), {
      jsonrpc: '2.0',
      id: 'last',
      result: {},
    });
    assert.ok([...answers.values()].every(count => count === 1));
  });

  it('[RL-16] gives up a client that does not read, and serves the others meanwhile', async function () {
    this.timeout(120_000);
    const lazy = await daemon.connect();
    await lazy.call('op.edit', { target: 'known:///big.md', content: 'big '.repeat(50_000) });
    (lazy.socket as unknown as { _socket: Socket })._socket.pause();
    let gone = false;
    lazy.socket.once('close', () => {
      gone = true;
    });
    const params = { target: 'known:///big.md' };
    for (let id = 100_000; id < 100_300; id++) {
      lazy.socket.send(JSON.stringify({ jsonrpc: '2.0', id, method: 'entry.read', params }));
    }
    // What is sent to a socket that the other side has closed fails: that is how a client that reads nothing learns it.
    while (!gone) {
      lazy.socket.send(JSON.stringify({ jsonrpc: '2.0', id: 'more', method: 'ping' }), () => undefined);
      await servesOthers();
    }
    await servesOthers();
  });

  it('[RL-16] lets browsers in only from allowed origins', async () => {
    const { headers, status } = await handshake(daemon.url, ['Origin: https://evil.example']);
    assert.equal(status, 403, headers);
    assert.equal((await handshake(daemon.url, ['Origin: null'])).status, 403);
    assert.equal((await handshake(daemon.url, ['Origin: https://good.example'])).status, 101);
    assert.equal((await handshake(daemon.url, [])).status, 101);
  });

  it('[RL-16] refuses a name that a page made resolve to this machine', async () => {
    assert.equal((await handshake(daemon.url, [], 'rebound.example')).status, 403);
    assert.equal((await handshake(daemon.url, [], 'localhost')).status, 101);
  });

  it('[RL-16] says to plain HTTP that it is a WebSocket', async () => {
    const answer = await fetch(daemon.url.replace('ws:', 'http:'));
    assert.equal(answer.status, 426);
  });
});

describe('the door itself', () => {
  it('[RL-16] asks for the token when there is one', async function () {
    this.timeout(60_000);
    const place = new Place();
    const daemon = await DaemonProcess.start(place, { env: { PLURNK_TOKEN: 'open-sesame' } });
    try {
      await assert.rejects(daemon.connect(), /401/);
      await assert.rejects(daemon.connect({ authorization: 'Bearer open-sesam' }), /401/);
      const client = await daemon.connect({ authorization: 'Bearer open-sesame' });
      assert.deepEqual(await client.call('ping', {}), {});
      const byQuery = await SocketClient.open(`${daemon.url}/?token=open-sesame`);
      assert.deepEqual(await byQuery.call('ping', {}), {});
      await byQuery.close();
    } finally {
      await daemon.stop();
      place.remove();
    }
  });

  it('[RL-16] refuses to listen on anything but loopback', async function () {
    this.timeout(60_000);
    const place = new Place();
    try {
      await assert.rejects(DaemonProcess.start(place, { env: { PLURNK_HOST: '0.0.0.0' } }), /loopback/);
    } finally {
      place.remove();
    }
  });

  it('[RPC-3] stops also while clients keep coming', async function () {
    this.timeout(60_000);
    const place = new Place();
    const daemon = await DaemonProcess.start(place);
    const storm = Array.from({ length: 30 }, async (_, at) => {
      await new Promise<void>(resolve => setTimeout(resolve, at));
      const client = await SocketClient.open(daemon.url).catch(() => null);
      // Each is served or told that the server stops; none is left without an answer.
      const answer = client?.call('session.create', {});
      return answer?.then(
        () => 'served',
        (error: Error) => (/stopping|closed/.test(error.message) ? 'refused' : error.message),
      );
    });
    const code = await daemon.stop();
    assert.equal(code, 0);
    for (const outcome of await Promise.all(storm)) {
      assert.ok(outcome === undefined || outcome === 'served' || outcome === 'refused', outcome);
    }
    place.remove();
  });

  it('[RPC-3] answers what is open when it is stopped, says goodbye and exits with 0', async function () {
    this.timeout(60_000);
    const place = new Place();
    const daemon = await DaemonProcess.start(place, { scripts: WORLD_SCRIPTS });
    const client = await daemon.connect();
    await client.call('session.create', { projectRoot: place.folder });
    const waiting = client.send('op.exec', { command: 'echo never' }).answer.then(
      () => 'result',
      (error: { code?: number }) => error.code,
    );
    await client.until('loop/proposal');
    const closed = new Promise<number>(resolve => client.socket.once('close', resolve));
    const code = await daemon.stop();
    assert.equal(await waiting, -32603);
    assert.equal(await closed, 1001);
    assert.equal(code, 0);
    place.remove();
  });
});

/** Sends a message as it is; resolves with the next answer (not a notification). */
function raw(client: SocketClient, message: unknown): Promise<unknown> {
  const answer = new Promise<unknown>(resolve => {
    const listen = (data: WebSocket.RawData): void => {
      const parsed = JSON.parse(String(data)) as { method?: string };
      if (parsed.method !== undefined) return;
      client.socket.off('message', listen);
      resolve(parsed);
    };
    client.socket.on('message', listen);
  });
  client.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  return answer;
}

/** A WebSocket handshake by hand: the status that it is answered with. */
function handshake(url: string, lines: readonly string[], host?: string): Promise<{ status: number; headers: string }> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      const request = [
        'GET / HTTP/1.1',
        `Host: ${host ?? hostname}:${port}`,
        'Upgrade: websocket',
        'Connection: Upgrade',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
        ...lines,
      ];
      socket.write(`${request.join('\r\n')}\r\n\r\n`);
    });
    socket.once('error', reject);
    socket.once('data', data => {
      const headers = String(data);
      socket.destroy();
      resolve({ status: Number(headers.split(' ')[1]), headers });
    });
  });
}
