import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sourceStoreAssets } from '../../../server/src/store/assets.ts';
import type { Store } from '../../../server/src/store/contract.ts';
import { openStore } from '../../../server/src/store/store.ts';

/** A real store whose flushes take no simulated time: `durable()` is tested elsewhere, here it would be a coin toss. */
export async function openSimStore(): Promise<{ store: Store; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'plurnk-sim-'));
  const opened = await openStore({ folder, assets: sourceStoreAssets(), now: () => 1_800_000_000_000 });
  const store: Store = new Proxy(opened, {
    get(target, key) {
      if (key === 'durable') return async () => {};
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return {
    store,
    async close() {
      await opened.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
