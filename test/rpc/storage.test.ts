import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DaemonProcess, Place, startLanguageServer } from './support/server-process.ts';
import { SocketClient } from './support/socket-client.ts';
import type { TestClient } from './support/test-client.ts';

describe('storage of a running server', () => {
  const place = new Place();
  after(() => place.remove());

  it('[RL-3] its folder is removed: every client is told at once, work goes on, saving resumes by itself', async function () {
    this.timeout(90_000);
    const daemon = await DaemonProcess.start(place);
    const client = await daemon.connect();
    const session = await client.call('session.create', { name: 'kept' });
    await client.call('op.edit', { target: 'known:///before.md', content: 'before' });
    rmSync(place.storage, { recursive: true });
    const { status } = await client.call('op.edit', { target: 'known:///during.md', content: 'during' });
    assert.equal(status, 201);
    const told = await client.until('telemetry/event', ({ event }) => event.source === 'store');
    assert.deepEqual([told.event.kind, told.event.level, told.sessionId], ['saving_failed', 'error', session.id]);
    assert.match(told.event.message ?? '', /was removed/);
    await client.until('telemetry/event', ({ event }) => event.kind === 'saving_resumed');
    await client.call('op.edit', { target: 'known:///after.md', content: 'after' });
    await daemon.stop();
    const again = await DaemonProcess.start(place);
    const later = await again.connect();
    await later.call('session.attach', { id: session.id });
    for (const name of ['before', 'during', 'after']) {
      const { entry } = await later.call('entry.read', { target: `known:///${name}.md` });
      assert.equal(entry?.channels.body?.content, name);
    }
    await again.stop();
  });

  it('[RL-3] who attaches while nothing can be saved is told so after the answer, and once', async function () {
    this.timeout(90_000);
    const elsewhere = new Place();
    const daemon = await DaemonProcess.start(elsewhere);
    const editor = await startLanguageServer(elsewhere);
    try {
      for (const [client, storage] of [
        [await daemon.connect(), elsewhere.storage],
        [editor, join(elsewhere.folder, 'editor-storage')],
      ] as const) {
        const order: string[] = [];
        client.on('telemetry/event', ({ sessionId, event }) => order.push(`${event.kind} ${sessionId}`));
        const { id } = await client.call('session.create', {});
        rmSync(storage, { recursive: true });
        // A file in its place: it cannot be made again.
        writeFileSync(storage, '');
        await client.call('op.edit', { target: 'known:///a.md', content: 'a' });
        await client.until('telemetry/event', ({ sessionId }) => sessionId === id);
        const other = await answered(client, 'session.create', {}, order);
        await client.until('telemetry/event', ({ sessionId }) => sessionId === other);
        await answered(client, 'session.attach', { id: other }, order);
        await client.call('ping', {});
        const failed = `saving_failed ${id}`;
        assert.deepEqual(order, [failed, `answer ${other}`, `saving_failed ${other}`, `answer ${other}`]);
      }
    } finally {
      await editor.close().catch(() => editor.process.kill('SIGKILL'));
      await daemon.stop();
      elsewhere.remove();
    }
  });

  it('[RL-4] a second server on the same storage says who has it and where', async function () {
    this.timeout(90_000);
    const daemon = await DaemonProcess.start(place);
    await assert.rejects(
      DaemonProcess.start(place),
      new RegExp(`in use by process ${daemon.child.pid}.*${daemon.url}`),
    );
    await daemon.stop();
    await (await DaemonProcess.start(place)).stop();
  });

  it('[RL-4] a server that was killed does not block the next one', async function () {
    this.timeout(90_000);
    const daemon = await DaemonProcess.start(place);
    const client = await daemon.connect();
    await client.call('session.create', { name: 'killed' });
    const ended = new Promise(resolve => daemon.child.once('exit', resolve));
    daemon.child.kill('SIGKILL');
    await ended;
    const again = await DaemonProcess.start(place);
    const { sessions } = await (await again.connect()).call('session.list', {});
    assert.ok(sessions.some(({ name }) => name === 'killed'));
    await again.stop();
  });
});

/** Calls a method that answers with a session, and notes where among the notices its answer came. */
async function answered(client: TestClient, method: string, params: object, order: string[]): Promise<number> {
  const note = (id: number): void => void order.push(`answer ${id}`);
  if (client instanceof SocketClient) {
    // By message: frames that come together are all read before a promise goes on.
    const listen = (data: unknown): void => {
      const { result } = JSON.parse(String(data)) as { result?: { id: number } };
      if (result === undefined) return;
      client.socket.off('message', listen);
      note(result.id);
    };
    client.socket.prependListener('message', listen);
    return ((await client.send(method, params).answer) as { id: number }).id;
  }
  const { id } = (await client.send(method, params).answer) as { id: number };
  note(id);
  return id;
}
