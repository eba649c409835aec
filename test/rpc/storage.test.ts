import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { DaemonProcess, Place } from './support/server-process.ts';

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
