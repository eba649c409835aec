import type { Handler } from '../services.ts';

export const compactStorage: Handler<'storage.compact'> = async (_params, { store }) => {
  const before = store.maintenance.sizes().disk;
  const removed = await store.maintenance.compact();
  return { removed, before, after: store.maintenance.sizes().disk };
};
