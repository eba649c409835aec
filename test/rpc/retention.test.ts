import assert from 'node:assert/strict';
import { DaemonProcess, Place } from './support/server-process.ts';

const PARK = '<<PLAN:Wait.:PLAN\n<<SEND[202]:waiting:SEND';

describe('retention', () => {
  const place = new Place();
  after(() => place.remove());

  it('removes nothing unless it is set; then old idle sessions, and says which, also to who comes later', async function () {
    this.timeout(90_000);
    const first = await DaemonProcess.start(place, { scripts: { parks: [PARK] } });
    const client = await first.connect();
    const ids: Record<string, number> = {};
    for (const name of ['old', 'older', 'kept', 'parked', 'shown', 'newest']) {
      ids[name] = (await client.call('session.create', { name })).id;
      if (name === 'kept') await client.call('session.configure', { settings: { keep: true } });
      if (name !== 'parked') continue;
      await client.call('loop.run', { prompt: 'wait' });
      await client.until('log/entry', ({ entry }) => entry.op === 'SEND' && entry.signal === 202);
    }
    await first.stop();

    // A line that the server writes after its first look would be a longer wait: the second server's answer is the proof.
    const second = await DaemonProcess.start(place, { env: { PLURNK_RETENTION_SESSIONS: '1' } });
    const shows = await second.connect();
    await shows.call('session.attach', { id: ids.shown ?? 0 });
    const { event, sessionId } = await shows.until(
      'telemetry/event',
      ({ event: each }) => each.kind === 'sessions_removed',
    );
    assert.equal(sessionId, ids.shown);
    assert.match(
      event.message ?? '',
      /^2 old sessions were deleted, as your retention settings say \(older than the newest 1\)/,
    );
    assert.deepEqual(event.data?.sessions, [
      { id: ids.older, name: 'older' },
      { id: ids.old, name: 'old' },
    ]);
    const { sessions } = await shows.call('session.list', {});
    assert.deepEqual(sessions.map(({ name }) => name).sort(), ['kept', 'newest', 'parked', 'shown']);
    const later = await second.connect();
    await later.call('session.attach', { id: ids.newest ?? 0 });
    await later.until('telemetry/event', ({ event: each }) => each.kind === 'sessions_removed');
    await second.stop();
  });

  it('the storage says how large it is, and compacting makes it smaller', async function () {
    this.timeout(90_000);
    const daemon = await DaemonProcess.start(place);
    const client = await daemon.connect();
    const { id } = await client.call('session.create', { name: 'large' });
    for (let at = 0; at < 4; at++) {
      const content = Array.from({ length: 8000 }, (_, line) => `${at} ${line} ${Math.sin(at * 8000 + line)}`).join(
        '\n',
      );
      await client.call('op.edit', { target: `known:///large-${at}.md`, content });
    }
    await client.call('storage.compact', {});
    const large = await client.call('storage.status', {});
    const { token } = await client.call('session.delete', { id });
    await client.call('session.delete', token === undefined ? { id } : { id, token });
    // The generation before stays until a newer one has proven itself: the second compaction drops it.
    const { removed } = await client.call('storage.compact', {});
    const { after } = await client.call('storage.compact', {});
    assert.ok(removed >= 4, `${removed} texts`);
    assert.ok(after < large.disk / 2, `${large.disk} → ${after}`);
    const { disk, texts, memory } = await client.call('storage.status', {});
    assert.ok(disk === after && texts < large.texts && memory > 0);
    await daemon.stop();
  });
});
