import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundledStoreAssets, type StoreAssets, sourceStoreAssets } from './store/assets.ts';

/** Files that lie elsewhere in a bundle (`dist/`) than in a checkout. */
const isBundled = import.meta.filename.endsWith('.js');

export function storeAssets(): StoreAssets {
  return isBundled ? bundledStoreAssets(import.meta.dirname) : sourceStoreAssets();
}

/** `plurnk.gbnf`, beside the bundle or in its package. */
export function grammarText(): { grammar?: string } {
  const folder = isBundled ? import.meta.dirname : join(import.meta.dirname, '../../packages/plurnk-grammar');
  const path = join(folder, 'plurnk.gbnf');
  return existsSync(path) ? { grammar: readFileSync(path, 'utf8') } : {};
}

export function serviceVersion(): string {
  const manifest = join(import.meta.dirname, isBundled ? '../package.json' : '../../package.json');
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}
