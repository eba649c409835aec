import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { nodeFileSystem } from './file-system.ts';
import { buildSnapshot, type SnapshotRequest } from './snapshot-build.ts';
import { errorCode } from './store-error.ts';

interface WorkerInput {
  readonly wasm: string;
  readonly request: SnapshotRequest;
}

const { wasm, request } = workerData as WorkerInput;
buildSnapshot(nodeFileSystem, readFileSync(wasm), request).then(
  result => parentPort?.postMessage({ result }),
  (error: unknown) => parentPort?.postMessage({ failure: errorCode(error) }),
);
