import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FAULTS, FORMS, KEY } from '../../../packages/plurnk-providers/test/support/canary-faults.ts';
import { DIALECTS, type Dialect } from '../../../packages/plurnk-providers/test/support/dialects.ts';
import {
  type ModelServer,
  sendJson,
  startModelServer,
} from '../../../packages/plurnk-providers/test/support/model-server.ts';
import { sourceStoreAssets } from '../../../server/src/store/assets.ts';
import { openStore } from '../../../server/src/store/store.ts';

export { KEY };

/** One way to fail of one vendor, behind a path of its own. */
export interface Trap {
  readonly alias: string;
  readonly dialect: Dialect;
  readonly fault: string;
  readonly path: string;
}

const VENDORS = ['openai', 'anthropic', 'google', 'azure'];
/** The others differ in the number alone. */
const SKIPPED = new Set(['status 402', 'status 413', 'status 422', 'status 502', 'status 503']);

/** Every vendor with every fault that `chosen` lets through. */
export function makeTraps(chosen: (fault: string) => boolean = () => true): readonly Trap[] {
  const faults = Object.keys(FAULTS).filter(fault => !SKIPPED.has(fault) && chosen(fault));
  return DIALECTS.filter(({ provider }) => VENDORS.includes(provider)).flatMap(dialect =>
    faults.map((fault, at) => ({
      alias: `${dialect.provider}${at}`,
      dialect,
      fault,
      path: `/${dialect.provider}${at}`,
    })),
  );
}

/** A server that falls into the trap of the asked path, with the key in all it says. */
export async function startTraps(traps: readonly Trap[]): Promise<ModelServer> {
  const server = await startModelServer();
  server.answer(({ path }, response) => {
    const trap = traps.find(each => path.startsWith(`${each.path}/`));
    if (trap === undefined) sendJson(response, 500, { error: { message: `no, ${KEY}` } }, { 'x-key': KEY });
    else FAULTS[trap.fault]?.(response, trap.dialect);
  });
  return server;
}

/** Where the key shows up in a text; null: nowhere. */
export function leakIn(text: string): string | null {
  const at = FORMS.map(form => text.indexOf(form)).find(found => found >= 0);
  return at === undefined ? null : text.slice(Math.max(0, at - 120), at + 80);
}

export function leaksInFiles(folder: string): string[] {
  return readdirSync(folder).flatMap(name => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return leaksInFiles(path);
    const leak = leakIn(readFileSync(path, 'latin1'));
    return leak === null ? [] : [`${path}: ${leak}`];
  });
}

/** Every column of every row of a storage as text: what is packed on disk is plain here. */
export async function rowsOf(folder: string): Promise<string> {
  const store = await openStore({ folder, assets: sourceStoreAssets(), now: () => Date.now() });
  try {
    const tables = store.database.all("SELECT name FROM sqlite_master WHERE type = 'table'");
    return tables
      .flatMap(({ name }) => store.database.all(`SELECT * FROM "${String(name)}"`))
      .map(row => Object.values(row).map(textOf).join('\t'))
      .join('\n');
  } finally {
    await store.close();
  }
}

function textOf(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value);
}
