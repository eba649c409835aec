import type { JournalStatement, SqlValue } from './journal-format.ts';
import type { SqlEngine } from './sql-engine.ts';
import { StoreError } from './store-error.ts';

const ROW_STATEMENT = /^\s*(INSERT|UPDATE|DELETE)\b/i;
const READING_STATEMENT = /^\s*(SELECT|WITH|PRAGMA|EXPLAIN)\b/i;

/** Runs transactions on the engine and keeps the statements that changed something, in order, for the journal. */
export class WriteRecorder {
  readonly #engine: SqlEngine;
  readonly #kinds = new Map<string, 'row' | 'other'>();
  readonly #undone: (() => void)[] = [];
  #statements: JournalStatement[] = [];
  #depth = 0;
  #serial = 0;

  constructor(engine: SqlEngine) {
    this.#engine = engine;
  }

  /** Called after writes were undone: what was remembered of them is wrong now. */
  onUndone(listener: () => void): void {
    this.#undone.push(listener);
  }

  /** Counts outermost transactions. */
  get serial(): number {
    return this.#serial;
  }

  get inTransaction(): boolean {
    return this.#depth > 0;
  }

  run(sql: string, given: readonly SqlValue[]): number {
    const params = given.some(hasNul) ? given.map(withoutNul) : given;
    const changed = this.#engine.run(sql, params);
    // A row statement that met no row leaves nothing to replay.
    if (changed > 0 || this.#kind(sql) === 'other') this.#statements.push({ sql, params });
    return changed;
  }

  /** All or nothing in memory. Returns the result and what was written; nested calls are savepoints and return null. */
  transaction<T>(work: () => T): { readonly result: T; readonly written: readonly JournalStatement[] | null } {
    return this.#depth === 0 ? this.#outer(work) : { result: this.#inner(work), written: null };
  }

  /** One statement that is a transaction by itself: SQLite undoes it whole when it fails. */
  single(
    sql: string,
    params: readonly SqlValue[],
  ): { readonly result: number; readonly written: readonly JournalStatement[] } {
    this.#statements = [];
    this.#serial++;
    try {
      return { result: this.run(sql, params), written: this.#statements };
    } catch (error) {
      for (const listener of this.#undone) listener();
      throw error;
    } finally {
      this.#statements = [];
    }
  }

  #outer<T>(work: () => T): { readonly result: T; readonly written: readonly JournalStatement[] } {
    this.#statements = [];
    this.#engine.run('BEGIN', []);
    this.#depth = 1;
    this.#serial++;
    try {
      const result = synchronous(work());
      this.#engine.run('COMMIT', []);
      return { result, written: this.#statements };
    } catch (error) {
      this.#rollback();
      throw error;
    } finally {
      this.#depth = 0;
      this.#statements = [];
    }
  }

  #rollback(): void {
    try {
      this.#engine.run('ROLLBACK', []);
    } catch {
      // SQLite has already rolled back by itself; the first error is the one to report.
    }
    for (const listener of this.#undone) listener();
  }

  #inner<T>(work: () => T): T {
    const name = `level_${this.#depth}`;
    const kept = this.#statements.length;
    this.#engine.run(`SAVEPOINT ${name}`, []);
    this.#depth++;
    try {
      const result = synchronous(work());
      this.#engine.run(`RELEASE ${name}`, []);
      return result;
    } catch (error) {
      this.#engine.run(`ROLLBACK TO ${name}`, []);
      this.#engine.run(`RELEASE ${name}`, []);
      this.#statements.length = kept;
      for (const listener of this.#undone) listener();
      throw error;
    } finally {
      this.#depth--;
    }
  }

  #kind(sql: string): 'row' | 'other' {
    const known = this.#kinds.get(sql);
    if (known !== undefined) return known;
    const kind = ROW_STATEMENT.test(sql) ? 'row' : 'other';
    this.#kinds.set(sql, kind);
    return kind;
  }
}

function hasNul(value: SqlValue): boolean {
  return typeof value === 'string' && value.includes('\0');
}

/** sql.js reads a text back only up to its first NUL, so such a text travels as bytes (`textOf` reads both). */
function withoutNul(value: SqlValue): SqlValue {
  return typeof value === 'string' && value.includes('\0') ? Buffer.from(value) : value;
}

function synchronous<T>(result: T): T {
  if (result instanceof Promise)
    throw new StoreError('misuse', 'A transaction cannot wait: its work must be synchronous.');
  return result;
}

export function assertReading(sql: string): void {
  if (READING_STATEMENT.test(sql)) return;
  throw new StoreError('misuse', `A statement that writes must go through run(): ${sql.slice(0, 80)}`);
}
