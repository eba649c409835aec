import assert from 'node:assert/strict';
import type { JsonValue } from '@plurnk/protocol';
import { isNewer, KnownVersions } from '../../../server/src/rpc/session/known-versions.ts';

describe('versions that a server knows of', () => {
  const facts = new Map<string, JsonValue>();
  const store = {
    get: (key: string) => facts.get(key),
    set: (key: string, value: JsonValue) => void facts.set(key, value),
    delete: (key: string) => void facts.delete(key),
  };
  const latest = (installed: string, editor: string | null = null): string =>
    new KnownVersions(store, installed, () => editor).latest;

  it('[RPC-6] the newest that has used the storage, or that the editor’s extension has', () => {
    assert.equal(latest('0.2.0'), '0.2.0');
    assert.equal(latest('0.1.9'), '0.2.0');
    assert.equal(latest('0.1.9', '0.10.0'), '0.10.0');
    assert.equal(latest('0.1.9', '0.1.0'), '0.2.0');
    assert.equal(latest('1.0.0'), '1.0.0');
  });

  it('[RPC-6] compares by number, a pre-release before its release', () => {
    const order = ['0.0.9', '0.1.0-beta.2', '0.1.0', '0.2.0', '0.10.0', '1.0.0'];
    for (const [at, version] of order.entries())
      for (const [other, than] of order.entries())
        assert.equal(isNewer(version, than), at > other, `${version} ${than}`);
  });
});
