import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SecretMask } from '../../server/src/engine/secret-mask.ts';
import { done, openWorld, turn, type World } from './support/world.ts';

const KEY = 'sk-zirconium-4711-teapot';

describe('the key of a model', () => {
  let world: World | null = null;
  afterEach(async () => {
    await world?.close();
    world = null;
  });

  it('[UI-3] that a model repeats is in no row, no packet, no notification and no file of the storage', async () => {
    world = await openWorld({
      secrets: [KEY],
      files: { 'leak.md': `The key is ${KEY}.\n`, 'plain.md': 'zirconium\n' },
      replies: [
        {
          text: turn(`<<READ(leak.md)::READ\n<<READ(plain.md)::READ\n<<EDIT(known:///key.md):${KEY}:EDIT`),
          reasoning: `zirconium: it is ${KEY}`,
        },
        `<<PLAN:${KEY}:PLAN\n<<SEND(${KEY}:EDIT\nprose ${KEY}`,
        done(`your key is ${KEY}, in base64 ${Buffer.from(KEY).toString('base64')}`),
      ],
    });
    const { runId } = await world.run('What is in leak.md?');
    const packets = world.store.turns.listRun(runId).map(({ id }) => world?.store.turns.readPacket(id));
    for (const [where, what] of Object.entries({
      rows: world.rows(runId),
      turns: world.store.turns.listRun(runId),
      packets,
      requests: world.mock.requests.map(({ messages }) => messages),
      events: world.events.all,
    })) {
      const text = JSON.stringify(what);
      assert.ok(text.includes('zirconium') || where === 'turns', `${where}: the search would find nothing`);
      assert.equal(text.includes(KEY), false, where);
      assert.equal(text.includes(Buffer.from(KEY).toString('base64')), false, where);
    }
    await world.store.durable();
    const folder = join(world.folder, 'storage');
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(file => file.isFile());
    const stored = files.map(file => readFileSync(join(file.parentPath, file.name), 'latin1'));
    assert.ok(stored.some(text => text.includes('[redacted]')));
    // The file itself is the person's: its text is kept as the baseline of edits, and nowhere else.
    const baseline = stored.join('').split(KEY).length - 1;
    assert.ok(baseline <= 1, `the key is stored ${baseline} times`);
  });

  it('[UI-3] is found in a stream whose pieces cut it anywhere, and what only begins like it is told at last', () => {
    const mask = new SecretMask(() => [KEY]);
    for (let at = 1; at < KEY.length; at += 1) {
      const stream = mask.stream();
      const told = stream.push(`a ${KEY.slice(0, at)}`) + stream.push(`${KEY.slice(at)} b sk-zir`) + stream.rest();
      assert.equal(told, 'a [redacted] b sk-zir');
    }
  });
});
