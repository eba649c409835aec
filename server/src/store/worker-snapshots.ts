import { Worker } from 'node:worker_threads';
import type { StoreAssets } from './assets.ts';
import type { SnapshotBuilder, SnapshotResult } from './snapshot-build.ts';

type Answer = { readonly result: SnapshotResult } | { readonly failure: string };

/** Builds snapshots in a worker thread that lives for one snapshot, so that its memory goes back to the system. */
export function workerSnapshots(assets: StoreAssets): SnapshotBuilder {
  return (request, signal) =>
    new Promise((resolve, reject) => {
      const worker = new Worker(assets.snapshotWorker, { workerData: { wasm: assets.wasm, request } });
      let outcome: Answer = { failure: 'the snapshot worker ended without an answer' };
      const stop = () => void worker.terminate();
      signal.addEventListener('abort', stop, { once: true });
      worker.once('message', (answer: Answer) => {
        outcome = answer;
      });
      worker.once('error', error => {
        outcome = { failure: error.message };
      });
      worker.once('exit', () => {
        signal.removeEventListener('abort', stop);
        if ('result' in outcome) resolve(outcome.result);
        else reject(new Error(outcome.failure));
      });
    });
}
