import { setImmediate as breathe } from 'node:timers/promises';
import type { SqlBlobStore } from './blob-store.ts';
import type { Database } from './database.ts';
import { decodeIds } from './part-list.ts';
import { textOrNull } from './values.ts';

/** Columns that refer to a blob by its id. */
const ID_COLUMNS: readonly (readonly [table: string, key: string, columns: readonly string[]])[] = [
  ['turn', 'id', ['emission_blob', 'reasoning_blob', 'meta_blob']],
  ['log_row', 'id', ['tx_blob', 'rx_blob']],
  ['chunk', 'id', ['blob_id']],
];
/** Texts in which a pinned blob's hash may stand. */
const TEXT_COLUMNS: readonly (readonly [table: string, key: string, columns: readonly string[]])[] = [
  ['session', 'id', ['settings']],
  ['loop', 'id', ['attrs']],
  ['turn', 'id', ['meta']],
  ['log_row', 'id', ['attrs', 'tx']],
  ['entry', 'id', ['attrs']],
  ['channel', 'id', ['hash']],
  ['subscription', 'id', ['attrs']],
  ['proposal', 'log_entry_id', ['attrs', 'baseline_hash', 'proposed_hash', 'amended_hash']],
  ['fact', 'rowid', ['value']],
];
const HASH = /\b[0-9a-f]{64}\b/g;
const PAGE = 500;

interface Marks {
  readonly ids: Set<number>;
  readonly hashes: Set<string>;
}

/**
 * Removes texts that nothing refers to any more. Walks the tables in small pages and lets requests in between; a text
 * that is put again meanwhile stays. Returns how many were removed.
 */
export async function sweepBlobs(database: Database, blobs: SqlBlobStore): Promise<number> {
  const touched = blobs.watch();
  try {
    const marks: Marks = { ids: new Set(), hashes: new Set() };
    for (const source of ID_COLUMNS) await markIds(database, source, marks);
    await markParts(database, marks);
    for (const source of TEXT_COLUMNS) await markHashes(database, source, marks);
    return await removeUnmarked(database, blobs, marks, touched);
  } finally {
    blobs.unwatch();
  }
}

async function pages(
  database: Database,
  [table, key, columns]: readonly [string, string, readonly string[]],
  visit: (row: Readonly<Record<string, unknown>>) => void,
): Promise<void> {
  const sql = `SELECT ${key} AS page_key, ${columns.join(', ')} FROM ${table} WHERE ${key} > ? ORDER BY ${key} LIMIT ${PAGE}`;
  for (let last = -1; ; ) {
    const rows = database.all(sql, [last]);
    for (const row of rows) visit(row);
    if (rows.length < PAGE) return;
    last = Number(rows.at(-1)?.page_key);
    await breathe();
  }
}

async function markIds(database: Database, source: (typeof ID_COLUMNS)[number], marks: Marks): Promise<void> {
  await pages(database, source, row => {
    for (const column of source[2]) {
      const id = row[column];
      if (typeof id === 'number') marks.ids.add(id);
    }
  });
}

async function markParts(database: Database, marks: Marks): Promise<void> {
  const turns = database.all('SELECT DISTINCT turn_id FROM section ORDER BY turn_id');
  for (const [index, turn] of turns.entries()) {
    const rows = database.all('SELECT parts FROM section WHERE turn_id = ?', [Number(turn.turn_id)]);
    for (const row of rows) for (const id of decodeIds(row.parts)) marks.ids.add(id);
    if (index % PAGE === PAGE - 1) await breathe();
  }
}

async function markHashes(database: Database, source: (typeof TEXT_COLUMNS)[number], marks: Marks): Promise<void> {
  await pages(database, source, row => {
    for (const column of source[2]) {
      const value = row[column];
      const text = value instanceof Uint8Array ? textOrNull(value) : value;
      if (typeof text === 'string') for (const found of text.matchAll(HASH)) marks.hashes.add(found[0]);
    }
  });
}

async function removeUnmarked(
  database: Database,
  blobs: SqlBlobStore,
  marks: Marks,
  touched: ReadonlySet<number>,
): Promise<number> {
  const unmarked: number[] = [];
  await pages(database, ['blob', 'id', ['hash', 'pinned']], row => {
    const id = Number(row.page_key);
    const named = row.pinned === 1 && marks.hashes.has(Buffer.from(row.hash as Uint8Array).toString('hex'));
    if (!marks.ids.has(id) && !named) unmarked.push(id);
  });
  let removed = 0;
  for (let at = 0; at < unmarked.length; at += PAGE) {
    database.transaction(() => {
      for (const id of unmarked.slice(at, at + PAGE)) {
        if (!touched.has(id)) removed += database.run('DELETE FROM blob WHERE id = ?', [id]);
      }
    });
    await breathe();
  }
  blobs.forget();
  return removed;
}
