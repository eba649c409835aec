import initSqlJs, { type Database as SqlJsDatabase, type Statement } from 'sql.js';
import type { SqlValue } from './journal-format.ts';

export type Row = Readonly<Record<string, SqlValue>>;

interface Prepared {
  readonly statement: Statement;
  columns: readonly string[] | null;
}

const MAX_PREPARED = 400;
const PRAGMAS = `
  PRAGMA journal_mode = MEMORY;
  PRAGMA synchronous = OFF;
  PRAGMA temp_store = MEMORY;
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA cache_size = -16384;
  PRAGMA foreign_keys = ON;
`;

/**
 * The bytes of a database file with spare room behind them. sql.js copies what it opens (`slice`) and would copy again
 * at the first page that is appended: here the copy is the array itself, spare room included, so that opening 256 MB
 * costs no second 256 MB and growing stalls nobody. Should sql.js stop calling `slice`, it falls back to copying.
 */
export function withHeadroom(bytes: Uint8Array, size: number): Uint8Array {
  const content = bytes.subarray(0, size);
  Object.defineProperty(content, 'slice', { value: () => bytes });
  return content;
}

/** One sql.js database: prepared statements are kept, rows come out as objects. No durability here. */
export class SqlEngine {
  readonly #database: SqlJsDatabase;
  readonly #prepared = new Map<string, Prepared>();

  private constructor(database: SqlJsDatabase) {
    this.#database = database;
    this.#database.exec(PRAGMAS);
  }

  /** Opens a database from its bytes, or an empty one. Throws when the bytes are no database. */
  static async open(wasm: Uint8Array, bytes?: Uint8Array): Promise<SqlEngine> {
    const sql = await initSqlJs({ wasmBinary: wasm.slice().buffer });
    const engine = new SqlEngine(new sql.Database(bytes));
    engine.all('SELECT count(*) AS tables FROM sqlite_schema');
    return engine;
  }

  /** Runs one writing statement; returns how many rows it changed. */
  run(sql: string, params: readonly SqlValue[]): number {
    const { statement } = this.#prepare(sql);
    try {
      statement.bind(params as SqlValue[]);
      statement.step();
    } finally {
      statement.reset();
    }
    return this.#database.getRowsModified();
  }

  all(sql: string, params: readonly SqlValue[] = []): Row[] {
    const prepared = this.#prepare(sql);
    const { statement } = prepared;
    const rows: Row[] = [];
    try {
      statement.bind(params as SqlValue[]);
      while (statement.step()) {
        prepared.columns ??= statement.getColumnNames();
        rows.push(toRow(prepared.columns, statement.get() as SqlValue[]));
      }
    } finally {
      statement.reset();
    }
    return rows;
  }

  get(sql: string, params: readonly SqlValue[] = []): Row | null {
    const prepared = this.#prepare(sql);
    const { statement } = prepared;
    try {
      statement.bind(params as SqlValue[]);
      if (!statement.step()) return null;
      prepared.columns ??= statement.getColumnNames();
      return toRow(prepared.columns, statement.get() as SqlValue[]);
    } finally {
      statement.reset();
    }
  }

  /** Several statements at once, without parameters. */
  exec(sql: string): void {
    this.#database.exec(sql);
  }

  /** Bytes of the database in memory. */
  size(): number {
    const pages = Number(this.get('PRAGMA page_count')?.page_count ?? 0);
    return pages * Number(this.get('PRAGMA page_size')?.page_size ?? 0);
  }

  /** A copy of the whole database file. Takes as long as copying it: never on a request's path. */
  export(): Uint8Array {
    this.#dropPrepared();
    const bytes = this.#database.export();
    this.#database.exec(PRAGMAS);
    return bytes;
  }

  close(): void {
    this.#dropPrepared();
    this.#database.close();
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    if (this.#prepared.size >= MAX_PREPARED) this.#dropPrepared();
    const prepared: Prepared = { statement: this.#database.prepare(withStablePlan(sql)), columns: null };
    this.#prepared.set(sql, prepared);
    return prepared;
  }

  #dropPrepared(): void {
    for (const { statement } of this.#prepared.values()) statement.free();
    this.#prepared.clear();
  }
}

const COMPARED_PARAMETER = /(?<=[=<>]\s*)\?/g;
const LIMITING_PARAMETER = /(?<=\bLIMIT\s+)\?\d*/gi;

/**
 * SQLite plans a query anew, at ten times its cost, whenever a parameter is bound that its planner looked at: most of
 * those that are compared, and limits. It does not look into `+?` and `?+0`, which are the same values and leave indexes
 * usable.
 */
export function withStablePlan(sql: string): string {
  if (!/^\s*SELECT\b/i.test(sql)) return sql;
  return sql.replace(COMPARED_PARAMETER, '+?').replace(LIMITING_PARAMETER, '$&+0');
}

function toRow(columns: readonly string[], values: readonly SqlValue[]): Row {
  const row: Record<string, SqlValue> = {};
  for (let index = 0; index < columns.length; index++) row[columns[index] as string] = values[index] ?? null;
  return row;
}
