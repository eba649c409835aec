import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DEFAULT_FLAGS } from '@plurnk/protocol';
import { sourceStoreAssets } from '../../server/src/store/assets.ts';
import type { NewLogRow, TurnRow } from '../../server/src/store/contract.ts';
import { nodeFileSystem } from '../../server/src/store/file-system.ts';
import { readSnapshot, writeSnapshot } from '../../server/src/store/snapshot.ts';
import { openStore, type SqlStore } from '../../server/src/store/store.ts';

const AT = 1_700_000_000_000;
const ROW_TEXT = 'A row as a turn writes it: some prose, a path src/engine/loop.ts and a number 42. '.repeat(4);

export function openBench(folder: string, limits: { bytes?: number; closeBytes?: number } = {}): Promise<SqlStore> {
  return openStore({ folder, assets: sourceStoreAssets(), now: () => AT, limits: { idleMs: 3_600_000, ...limits } });
}

/** The turn that the benchmark writes rows into; made when it is not there yet. */
export function benchTurn(store: SqlStore): TurnRow {
  const known = store.sessions.byName('bench');
  const run = known === null ? null : store.runs.byName(known.id, 'main');
  if (run !== null) return store.turns.listRun(run.id).at(-1) as TurnRow;
  return store.transaction(() => {
    const session = store.sessions.create({ name: 'bench', projectRoot: null, settings: {}, at: AT });
    const made = store.runs.create({ sessionId: session.id, name: 'main', origin: 'model', parentRunId: null, at: AT });
    const work = { runId: made.id, prompt: 'p', flags: DEFAULT_FLAGS, alias: null, maxTurns: -1, attrs: {}, at: AT };
    return store.turns.open({ loopId: store.loops.enqueue(work).id, runId: made.id, at: AT });
  });
}

export function benchRow(turn: TurnRow, sequence: number): NewLogRow {
  return {
    runId: turn.runId,
    loopId: turn.loopId,
    loopSeq: 1,
    turnId: turn.id,
    turnSeq: 1,
    sequence,
    at: AT,
    origin: 'model',
    source: null,
    op: 'READ',
    suffix: '',
    signal: null,
    lineMarker: null,
    scheme: 'known',
    username: null,
    password: null,
    hostname: null,
    port: null,
    pathname: `/note-${sequence}.md`,
    params: {},
    fragment: null,
    tx: { body: '' },
    mimetypeTx: null,
    rx: ROW_TEXT,
    mimetypeRx: 'text/markdown',
    statusRx: 200,
    tokens: 80,
    state: 'resolved',
    outcome: null,
    attrs: {},
    tags: [],
    expanded: true,
  };
}

/** A storage folder whose database has about `bytes`, and the same database as a plain file for `node:sqlite`. */
export async function makeDatabase(folder: string, bytes: number): Promise<{ storage: string; file: string }> {
  const storage = join(folder, `storage-${bytes}`);
  const store = await openBench(storage);
  const turn = benchTurn(store);
  store.transaction(() => {
    for (let sequence = 1; sequence <= 500; sequence++) store.log.append(benchRow(turn, sequence));
  });
  store.search.log('row', 1);
  await store.database.snapshot();
  await store.close();
  const name = readdirSync(storage).find(each => each.startsWith('snapshot')) ?? '';
  const snapshot = readSnapshot(nodeFileSystem, join(storage, name), 0);
  if (snapshot === null) throw new Error('The snapshot cannot be read.');
  const file = join(folder, `plain-${bytes}.db`);
  writeFileSync(file, snapshot.bytes.subarray(0, snapshot.size));
  fill(file, bytes);
  mkdirSync(storage, { recursive: true });
  const meta = { ...snapshot.meta, generation: snapshot.meta.generation + 1, seq: snapshot.meta.seq };
  await writeSnapshot(nodeFileSystem, storage, meta, readFileSync(file));
  return { storage, file };
}

function fill(file: string, bytes: number): void {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN');
  const insert = database.prepare('INSERT INTO blob (id, hash, pinned, content) VALUES (?, ?, 0, ?)');
  const pages = database.prepare('PRAGMA page_count');
  for (let id = 1_000_000; Number(pages.get()?.page_count) * 4096 < bytes; id++) {
    insert.run(id, Buffer.from(`hash ${id}`.padEnd(32)), `text ${id} `.repeat(1000 + (id % 3000)));
  }
  database.exec('COMMIT');
  database.close();
}
