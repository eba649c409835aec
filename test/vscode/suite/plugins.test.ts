import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { PlurnkApi } from '../../../client/src/extension.ts';

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
});
