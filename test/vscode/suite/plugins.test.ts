import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { PlurnkApi } from '../../../client/src/extension.ts';
import { emission, freshSession, startLoop } from '../support/extension.ts';

describe('plugins of other extensions', () => {
  const api = async (): Promise<PlurnkApi> => {
    const found = vscode.extensions.getExtension<PlurnkApi>('plurnk.plurnk');
    assert.ok(found, 'the extension is there');
    const exported = await found.activate();
    await exported.ready;
    return exported;
  };

  it('[RES-70] a scheme registered through the API is read by the server, and gone when it is disposed', async () => {
    const { plugins, services } = await api();
    assert.equal(plugins.version, 1);
    const registration = await plugins.registerScheme('test.shelf', {
      name: 'shelf',
      example: '<<READ(shelf:///a.md)::READ  a book',
      doc: '# shelf',
      read: async path => (path === '/a.md' ? { text: 'a book of the shelf' } : null),
      list: async () => ['/a.md'],
    });
    const read = await services.server.request('op.read', { target: 'shelf:///a.md' });
    assert.equal(read.status, 200);
    assert.match(String(read.entries[0]?.rx), /a book of the shelf/);
    const found = await services.server.request('op.find', { scope: 'shelf:///**' });
    assert.match(JSON.stringify(found.entries[0]?.rx), /a\.md/);
    await assert.rejects(
      plugins.registerScheme('test.rival', { name: 'shelf', example: '', doc: '', read: async () => null }),
      /test\.shelf and test\.rival/,
    );
    registration.dispose();
    const gone = await services.server.request('op.read', { target: 'shelf:///a.md' });
    assert.equal(gone.status, 501);
  });

  it('[RES-70] [PKT-2] a packet plugin changes what the model gets; one that fails is left out and told', async () => {
    const { plugins } = await api();
    const { server, chat, notices } = await freshSession();
    let seen: readonly string[] = [];
    const house = await plugins.registerPacket('test.house', {
      name: 'house',
      transform: async sections => {
        seen = sections.map(section => section.name);
        return [...sections, { name: 'house', slot: 'system', header: 'House Rules', content: 'Be brief.' }];
      },
    });
    const broken = await plugins.registerPacket('test.broken', {
      name: 'broken',
      transform: async () => Promise.reject(new Error('out of ink')),
    });
    const told: string[] = [];
    const listener = server.onNotification('telemetry/event', ({ event }) => {
      if (event.source === 'plugin') told.push(event.message ?? '');
    });
    try {
      const loop = await startLoop([emission([])]);
      assert.equal(await loop.ended, 200);
      assert.match(told.join('\n'), /"broken" was left out: .*out of ink/);
      const notice = notices.shown.find(({ key }) => key === 'telemetry:plugin');
      assert.deepEqual([notice?.level, notice?.text], ['warning', told[0]]);
      assert.ok(seen.includes('definition') && seen.includes('prompt'), seen.join(' '));
      const { turns } = await server.request('run.turns', { runId: loop.runId });
      const { sections, turn } = await server.request('packet.read', { turnId: turns[0]?.id ?? 0 });
      assert.equal(sections.find(section => section.name === 'house')?.content, 'Be brief.');
      assert.deepEqual((turn.meta.packetPlugins as { applied: string[] }).applied, ['house']);
    } finally {
      for (const each of [house, broken, listener]) each.dispose();
      notices.clear('telemetry:plugin');
      await chat.stop();
    }
  });
});
