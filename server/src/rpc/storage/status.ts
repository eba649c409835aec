import type { Handler } from '../services.ts';

export const storageStatus: Handler<'storage.status'> = async (_params, { store }) => {
  const { memory, journal, disk, sessions, runs, turns, logRows, entries, blobs } = store.maintenance.sizes();
  return { memory, journal, disk, sessions, runs, turns, rows: logRows, entries, texts: blobs };
};
