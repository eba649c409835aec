import type { SqlBlobStore } from './blob-store.ts';
import type { SessionId } from './contract.ts';
import type { Database } from './database.ts';
import type { Ids, IdTable } from './ids.ts';
import type { SqlValue } from './journal-format.ts';
import { decodeIds, encodeIds } from './part-list.ts';
import { AWAITS_INDEX, INDEXED } from './search-indexer.ts';
import type { Row } from './sql-engine.ts';
import { StoreError } from './store-error.ts';
import { textOf } from './values.ts';

/** One line of an exported session. Bytes are `{"$bytes": base64}`. */
type Line =
  | { readonly kind: 'plurnk-session'; readonly version: 1; readonly name: string }
  | { readonly kind: 'blob'; readonly id: number; readonly pinned: boolean; readonly content: string }
  | { readonly kind: 'row'; readonly table: string; readonly row: Readonly<Record<string, unknown>> };

interface TransferTable {
  readonly name: string;
  /** Rows of one session. */
  readonly where: string;
  /** Column with this row's own id, when others refer to it. */
  readonly id?: IdTable;
  readonly order: string;
  /** Columns that hold another row's id. */
  readonly refs: Readonly<Record<string, IdTable>>;
}

const RUNS = '(SELECT id FROM run WHERE session_id = ?)';
const TABLES: readonly TransferTable[] = [
  { name: 'session', where: 'id = ?', id: 'session', order: 'id', refs: {} },
  {
    name: 'run',
    where: 'session_id = ?',
    id: 'run',
    order: 'id',
    refs: { session_id: 'session', parent_run_id: 'run', forked_from_turn_id: 'turn' },
  },
  { name: 'loop', where: `run_id IN ${RUNS}`, id: 'loop', order: 'id', refs: { run_id: 'run' } },
  { name: 'turn', where: `run_id IN ${RUNS}`, id: 'turn', order: 'id', refs: { run_id: 'run', loop_id: 'loop' } },
  {
    name: 'section',
    where: `turn_id IN (SELECT id FROM turn WHERE run_id IN ${RUNS})`,
    order: 'turn_id, position',
    refs: { turn_id: 'turn' },
  },
  {
    name: 'log_row',
    where: `run_id IN ${RUNS}`,
    id: 'log_row',
    order: 'id',
    refs: { session_id: 'session', run_id: 'run', loop_id: 'loop', turn_id: 'turn' },
  },
  {
    name: 'entry',
    where: 'session_id = ?',
    id: 'entry',
    order: 'id',
    refs: { session_id: 'session', run_id: 'run', owner: 'run' },
  },
  {
    name: 'channel',
    where: 'entry_id IN (SELECT id FROM entry WHERE session_id = ?)',
    id: 'channel',
    order: 'id',
    refs: { entry_id: 'entry' },
  },
  {
    name: 'chunk',
    where:
      'channel_id IN (SELECT channel.id FROM entry JOIN channel ON channel.entry_id = entry.id WHERE session_id = ?)',
    order: 'channel_id, start',
    refs: { channel_id: 'channel' },
  },
  {
    name: 'proposal',
    where: 'session_id = ?',
    order: 'log_entry_id',
    refs: { log_entry_id: 'log_row', session_id: 'session', run_id: 'run' },
  },
  {
    name: 'subscription',
    where: `run_id IN ${RUNS}`,
    id: 'subscription',
    order: 'id',
    refs: { run_id: 'run', entry_id: 'entry' },
  },
  {
    name: 'membership_rule',
    where: 'session_id = ?',
    id: 'membership_rule',
    order: 'id',
    refs: { session_id: 'session' },
  },
];
const BLOB_COLUMNS = ['emission_blob', 'reasoning_blob', 'meta_blob', 'tx_blob', 'rx_blob', 'blob_id'];
const HASH = /\b[0-9a-f]{64}\b/g;

/** A session as JSON lines: its texts once each, then its rows. */
export function* exportSession(database: Database, id: SessionId): Generator<string> {
  const session = database.get('SELECT name FROM session WHERE id = ?', [id]);
  if (session === null) throw new StoreError('absent', `There is no session ${id}.`);
  yield line({ kind: 'plurnk-session', version: 1, name: textOf(session.name) });
  for (const blobId of blobsOf(database, id)) {
    const blob = database.get('SELECT pinned, content FROM blob WHERE id = ?', [blobId]);
    if (blob !== null)
      yield line({ kind: 'blob', id: blobId, pinned: blob.pinned === 1, content: textOf(blob.content) });
  }
  for (const table of TABLES) {
    for (const row of rowsOf(database, table, id)) yield line({ kind: 'row', table: table.name, row: toJson(row) });
  }
}

function line(value: Line): string {
  return JSON.stringify(value);
}

function rowsOf(database: Database, table: TransferTable, id: SessionId): readonly Row[] {
  // `chunk` and `section` have no id of their own that anybody knows.
  return database.all(`SELECT * FROM ${table.name} WHERE ${table.where} ORDER BY ${table.order}`, [id]);
}

function blobsOf(database: Database, id: SessionId): readonly number[] {
  const ids = new Set<number>();
  const hashes = new Set<string>();
  for (const table of TABLES) {
    for (const row of rowsOf(database, table, id)) {
      for (const column of BLOB_COLUMNS) if (typeof row[column] === 'number') ids.add(row[column]);
      for (const part of decodeIds(row.parts)) ids.add(part);
      for (const value of Object.values(row)) {
        if (typeof value === 'string') for (const found of value.matchAll(HASH)) hashes.add(found[0]);
      }
    }
  }
  for (const hash of hashes) {
    const blob = database.get('SELECT id FROM blob WHERE hash = ?', [Buffer.from(hash, 'hex')]);
    if (blob !== null) ids.add(Number(blob.id));
  }
  return [...ids].sort((a, b) => a - b);
}

function toJson(row: Row): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      value instanceof Uint8Array
        ? name === 'parts'
          ? decodeIds(value)
          : { $bytes: Buffer.from(value).toString('base64') }
        : value,
    ]),
  );
}

export interface ImportOptions {
  /** Name of the new session; must be free. */
  readonly name: string;
  readonly at: number;
}

/** Makes a new session from exported lines. All or nothing; throws StoreError `misuse` for what is no export. */
export function importSession(
  database: Database,
  ids: Ids,
  blobs: SqlBlobStore,
  lines: Iterable<string>,
  options: ImportOptions,
): SessionId {
  return database.transaction(() => new SessionImport(database, ids, blobs).run(parse(lines), options));
}

function parse(lines: Iterable<string>): readonly Line[] {
  const parsed: Line[] = [];
  for (const text of lines) {
    if (text.trim() === '') continue;
    try {
      parsed.push(JSON.parse(text) as Line);
    } catch (cause) {
      throw new StoreError('misuse', `Line ${parsed.length + 1} is not JSON.`, { cause });
    }
  }
  const head = parsed[0];
  if (head?.kind !== 'plurnk-session' || head.version !== 1) {
    throw new StoreError('misuse', 'This is not an exported Plurnk session.');
  }
  return parsed;
}

class SessionImport {
  readonly #database: Database;
  readonly #ids: Ids;
  readonly #blobs: SqlBlobStore;
  readonly #blobIds = new Map<number, number>();
  readonly #newIds = new Map<string, number>();

  constructor(database: Database, ids: Ids, blobs: SqlBlobStore) {
    this.#database = database;
    this.#ids = ids;
    this.#blobs = blobs;
  }

  run(lines: readonly Line[], options: ImportOptions): SessionId {
    for (const entry of lines) if (entry.kind === 'blob') this.#blob(entry);
    const rows = lines.filter(entry => entry.kind === 'row');
    for (const { table, row } of rows) {
      const own = TABLES.find(known => known.name === table)?.id;
      if (own !== undefined) this.#newIds.set(`${own}/${String(row.id)}`, this.#ids.next(own));
    }
    for (const table of TABLES) {
      for (const entry of rows) if (entry.table === table.name) this.#insert(table, entry.row, options);
    }
    const sessionId = [...this.#newIds].find(([key]) => key.startsWith('session/'))?.[1];
    if (sessionId === undefined) throw new StoreError('misuse', 'The export holds no session.');
    this.#settle(sessionId, options.at);
    return sessionId as SessionId;
  }

  #blob(entry: Extract<Line, { kind: 'blob' }>): void {
    if (entry.pinned) this.#blobs.put(entry.content);
    this.#blobIds.set(entry.id, this.#blobs.id(entry.content));
  }

  #insert(table: TransferTable, row: Readonly<Record<string, unknown>>, options: ImportOptions): void {
    const columns = this.#database
      .all(`SELECT name FROM pragma_table_info('${table.name}')`)
      .map(column => textOf(column.name))
      .filter(column => column in row && !(column === 'id' && table.id === undefined));
    const values = columns.map(column => this.#value(table, column, row[column], options));
    this.#database.run(
      `INSERT INTO ${table.name} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
      values,
    );
  }

  #value(table: TransferTable, column: string, value: unknown, options: ImportOptions): SqlValue {
    if (table.name === 'session' && column === 'name') return options.name;
    if (column === 'indexed') return value === INDEXED ? AWAITS_INDEX : Number(value);
    if (column === 'parts') return encodeIds((value as number[]).map(id => this.#mapped(this.#blobIds, id, 'text')));
    if (value === null) return null;
    const target = column === 'id' ? table.id : table.refs[column];
    if (target !== undefined) return value === 0 ? 0 : this.#mapped(this.#newIds, `${target}/${String(value)}`, target);
    if (BLOB_COLUMNS.includes(column)) return this.#mapped(this.#blobIds, Number(value), 'text');
    if (typeof value === 'object' && '$bytes' in value) return Buffer.from(String(value.$bytes), 'base64');
    if (typeof value === 'string' || typeof value === 'number') return value;
    throw new StoreError('misuse', `${table.name}.${column} is neither text nor number.`);
  }

  #mapped<Key>(map: ReadonlyMap<Key, number>, key: Key, what: string): number {
    const found = map.get(key);
    if (found === undefined)
      throw new StoreError('misuse', `The export refers to a ${what} (${String(key)}) that it lacks.`);
    return found;
  }

  /** Nothing of an imported session runs or waits. */
  #settle(sessionId: number, at: number): void {
    const runs = '(SELECT id FROM run WHERE session_id = ?)';
    this.#database.run(
      `UPDATE loop SET status = 499, reason = 'imported', ended_at = ? WHERE status IN (100, 102, 202) AND run_id IN ${runs}`,
      [at, sessionId],
    );
    this.#database.run(
      `UPDATE subscription SET state = 'errored', close_status = 499, ended_at = ? WHERE state = 'active' AND run_id IN ${runs}`,
      [at, sessionId],
    );
    this.#database.run(
      "UPDATE proposal SET decision = 'cancel', decided_by = 'import', decided_at = ? WHERE decision IS NULL AND session_id = ?",
      [at, sessionId],
    );
    this.#database.run(
      `UPDATE log_row SET state = 'cancelled', status_rx = 499, outcome = 'imported' WHERE state = 'proposed' AND run_id IN ${runs}`,
      [sessionId],
    );
  }
}
