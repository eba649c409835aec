import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Files that the store loads at run time. They lie elsewhere in a checkout than in a bundle, so they are injected. */
export interface StoreAssets {
  /** Absolute path of `sql-wasm.wasm`. */
  readonly wasm: string;
  /** Absolute path of the snapshot worker's entry. */
  readonly snapshotWorker: string;
}

/** In a checkout: the wasm of the package, the worker as TypeScript. */
export function sourceStoreAssets(): StoreAssets {
  const require = createRequire(import.meta.url);
  return {
    wasm: require.resolve('sql.js/dist/sql-wasm.wasm'),
    snapshotWorker: fileURLToPath(new URL('./snapshot.worker.ts', import.meta.url)),
  };
}

/** In a bundle: both beside the server (`dist/sql-wasm.wasm`, `dist/snapshot.worker.js`). `join` is `path.join` with the folder. */
export function bundledStoreAssets(folder: string): StoreAssets {
  const base = folder.endsWith('/') || folder.endsWith('\\') ? folder : `${folder}/`;
  return { wasm: `${base}sql-wasm.wasm`, snapshotWorker: `${base}snapshot.worker.js` };
}
