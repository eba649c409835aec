import type { LogEntryId, RunId } from './contract.ts';
import type { Database } from './database.ts';

export interface LogChange {
  readonly runId: RunId;
  readonly ids: readonly LogEntryId[];
  readonly kind: 'update' | 'delete';
}

/** Tells who caches rows that a row is not what it was; after an undone transaction, that it is again what it was. */
export class LogChanges {
  readonly #database: Database;
  readonly #listeners = new Set<(change: LogChange) => void>();
  #touched: LogChange[] = [];
  #serial = 0;

  constructor(database: Database) {
    this.#database = database;
    database.onUndone(() => this.#undo());
  }

  listen(listener: (change: LogChange) => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  report(change: LogChange): void {
    if (this.#serial !== this.#database.serial) this.#touched = [];
    this.#serial = this.#database.serial;
    this.#touched.push(change);
    this.#tell(change);
  }

  #undo(): void {
    if (this.#serial !== this.#database.serial) return;
    const touched = this.#touched;
    this.#touched = [];
    for (const { runId, ids } of touched) this.#tell({ runId, ids, kind: 'update' });
  }

  #tell(change: LogChange): void {
    for (const listener of [...this.#listeners]) listener(change);
  }
}
