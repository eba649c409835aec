import type { SqlBlobStore } from './blob-store.ts';
import type { SessionId } from './contract.ts';
import type { Database } from './database.ts';
import type { Ids, IdTable } from './ids.ts';
import type { SqlValue } from './journal-format.ts';
import { decodeIds, encodeIds } from './part-list.ts';
import { appliedSchema } from './recovery.ts';
import { AWAITS_INDEX, INDEXED } from './search-indexer.ts';
import { type Line, readLines, TRANSFER_VERSION } from './session-lines.ts';
import type { Row } from './sql-engine.ts';
import { StoreError } from './store-error.ts';
import { textOf } from './values.ts';

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
/** Columns that are read as JSON; what is not would fail much later. */
const JSON_COLUMNS: Readonly<Record<string, readonly string[]>> = {
  session: ['settings'],
  loop: ['flags', 'attrs'],
  turn: ['meta'],
  log_row: ['signal', 'line_marker', 'params', 'tags', 'attrs', 'tx'],
  entry: ['tags', 'attrs'],
  proposal: ['attrs'],
  subscription: ['attrs', 'seen'],
};
const HASH = /\b[0-9a-f]{64}\b/g;

/**
 * A session as JSON lines: its texts once each, then its rows. `clean` may replace characters of any text, for instance
 * of a secret, but never their number: other rows count them.
 */
export function* exportSession(
  database: Database,
  id: SessionId,
  clean: (text: string) => string = text => text,
): Generator<string> {
  const session = database.get('SELECT name FROM session WHERE id = ?', [id]);
  if (session === null) throw new StoreError('absent', `There is no session ${id}.`);
  const schema = appliedSchema(database);
  yield line({ kind: 'plurnk-session', version: TRANSFER_VERSION, schema, name: textOf(session.name) });
  for (const blobId of blobsOf(database, id)) {
    const blob = database.get('SELECT pinned, hash, content FROM blob WHERE id = ?', [blobId]);
    if (blob === null) continue;
    const hash = Buffer.from(blob.hash as Uint8Array).toString('hex');
    yield line({ kind: 'blob', id: blobId, pinned: blob.pinned === 1, hash, content: clean(textOf(blob.content)) });
  }
  for (const table of TABLES) {
    for (const row of rowsOf(database, table, id)) {
      yield line({ kind: 'row', table: table.name, row: toJson(row, clean) });
    }
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

function toJson(row: Row, clean: (text: string) => string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, toJsonValue(name, value, clean)]));
}

function toJsonValue(name: string, value: SqlValue, clean: (text: string) => string): unknown {
  if (typeof value === 'string') return clean(value);
  if (!(value instanceof Uint8Array)) return value;
  if (name === 'parts') return decodeIds(value);
  // Texts with a NUL in them travel as bytes; they are texts all the same.
  return { $bytes: Buffer.from(clean(textOf(value))).toString('base64') };
}

export interface ImportOptions {
  /** Name of the new session, from the one in the file; must be free. */
  readonly name: string | ((exported: string) => string);
  /** Its workspace root; null: headless. Without it, the one in the file. */
  readonly projectRoot?: string | null;
  readonly at: number;
}

/**
 * Makes a new session from exported lines. All or nothing; throws StoreError `misuse` for what is no export or a damaged
 * one, `schema-too-new` for one of a newer version.
 */
export function importSession(
  database: Database,
  ids: Ids,
  blobs: SqlBlobStore,
  lines: Iterable<string>,
  options: ImportOptions,
): SessionId {
  const { head, texts, rows } = readLines(lines, appliedSchema(database));
  try {
    return database.transaction(() => new SessionImport(database, ids, blobs).run({ head, texts, rows }, options));
  } catch (error) {
    if (error instanceof StoreError) throw error;
    const said = error instanceof Error ? error.message : String(error);
    throw new StoreError('misuse', `The file is damaged: ${said}.`, { cause: error });
  }
}

class SessionImport {
  readonly #database: Database;
  readonly #ids: Ids;
  readonly #blobs: SqlBlobStore;
  readonly #blobIds = new Map<number, number>();
  readonly #newIds = new Map<string, number>();
  readonly #newHashes = new Map<string, string>();
  /** What this import says of the session itself, by column. */
  #session: Readonly<Record<string, string | number | null>> = {};

  constructor(database: Database, ids: Ids, blobs: SqlBlobStore) {
    this.#database = database;
    this.#ids = ids;
    this.#blobs = blobs;
  }

  run({ head, texts, rows }: ReturnType<typeof readLines>, options: ImportOptions): SessionId {
    this.#session = {
      name: typeof options.name === 'string' ? options.name : options.name(head.name),
      updated_at: options.at,
      ...(options.projectRoot === undefined ? {} : { project_root: options.projectRoot }),
    };
    for (const text of texts) this.#blob(text);
    if (rows.filter(({ table }) => table === 'session').length !== 1) {
      throw new StoreError('misuse', 'The file holds no session, or more than one.');
    }
    for (const { table, row } of rows) {
      const own = TABLES.find(known => known.name === table)?.id;
      if (own !== undefined) this.#newIds.set(`${own}/${String(row.id)}`, this.#ids.next(own));
    }
    for (const table of TABLES) {
      for (const entry of rows) if (entry.table === table.name) this.#insert(table, entry.row);
    }
    const sessionId = [...this.#newIds].find(([key]) => key.startsWith('session/'))?.[1];
    if (sessionId === undefined) throw new StoreError('misuse', 'The file holds no session.');
    this.#settle(sessionId, options.at);
    return sessionId as SessionId;
  }

  #blob(entry: Extract<Line, { kind: 'blob' }>): void {
    if (entry.pinned) {
      const hash = this.#blobs.put(entry.content);
      if (entry.hash !== undefined && entry.hash !== hash) this.#newHashes.set(entry.hash, hash);
    }
    this.#blobIds.set(entry.id, this.#blobs.id(entry.content));
  }

  #insert(table: TransferTable, row: Readonly<Record<string, unknown>>): void {
    const columns = this.#database
      .all(`SELECT name FROM pragma_table_info('${table.name}')`)
      .map(column => textOf(column.name))
      .filter(column => column in row && !(column === 'id' && table.id === undefined));
    const values = columns.map(column => this.#value(table, column, row[column]));
    this.#database.run(
      `INSERT INTO ${table.name} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
      values,
    );
  }

  #value(table: TransferTable, column: string, value: unknown): SqlValue {
    if (table.name === 'session' && column in this.#session) return this.#session[column] ?? null;
    if (column === 'indexed') return value === INDEXED ? AWAITS_INDEX : Number(value);
    if (column === 'parts') return encodeIds((value as number[]).map(id => this.#mapped(this.#blobIds, id, 'text')));
    if (value === null) return null;
    const target = column === 'id' ? table.id : table.refs[column];
    if (target !== undefined) return value === 0 ? 0 : this.#mapped(this.#newIds, `${target}/${String(value)}`, target);
    if (BLOB_COLUMNS.includes(column)) return this.#mapped(this.#blobIds, Number(value), 'text');
    return this.#plain(table, column, value);
  }

  #plain(table: TransferTable, column: string, value: unknown): SqlValue {
    const where = `${table.name}.${column}`;
    if (typeof value === 'number') return value;
    const bytes = typeof value === 'object' && value !== null && '$bytes' in value ? value.$bytes : null;
    if (typeof value !== 'string' && bytes === null) throw damaged(`${where} is neither text nor number`);
    const text = typeof value === 'string' ? value : Buffer.from(String(bytes), 'base64').toString();
    if (JSON_COLUMNS[table.name]?.includes(column) && !isJson(text)) throw damaged(`${where} is not JSON`);
    const renamed = this.#newHashes.size === 0 ? text : text.replace(HASH, hash => this.#newHashes.get(hash) ?? hash);
    // What is approved without a person is this person's to say, not a file's.
    return where === 'session.settings' ? withoutPolicies(renamed) : renamed;
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
      `UPDATE log_row SET state = CASE state WHEN 'proposed' THEN 'cancelled' ELSE state END, status_rx = 499, outcome = 'imported'
        WHERE (state = 'proposed' OR status_rx = 102) AND run_id IN ${runs}`,
      [sessionId],
    );
    this.#database.run(
      `UPDATE turn SET status = 499, ended_at = ? WHERE status = 102 AND ended_at IS NULL AND run_id IN ${runs}`,
      [at, sessionId],
    );
    this.#database.run(
      `UPDATE channel SET state = 'errored' WHERE state = 'active'
        AND entry_id IN (SELECT id FROM entry WHERE session_id = ?)`,
      [sessionId],
    );
    this.#database.run('UPDATE run SET pending_wake = 0 WHERE session_id = ?', [sessionId]);
  }
}

function damaged(what: string): StoreError {
  return new StoreError('misuse', `The file is damaged: ${what}.`);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function withoutPolicies(settings: string): string {
  const { policies: _, ...rest } = JSON.parse(settings) as Record<string, unknown>;
  return JSON.stringify(rest);
}
