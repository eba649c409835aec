import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { LogEntryId, TurnRow } from '../../server/src/store/contract.ts';
import { LOG_COLUMNS, toColumns } from '../../server/src/store/log-row-mapper.ts';
import type { SqlStore } from '../../server/src/store/store.ts';
import { benchRow, benchTurn, openBench } from './databases.ts';

/** Milliseconds of one durable commit of one log row. */
export interface Committer {
  commit(): Promise<number> | number;
  close(): Promise<void> | void;
}

export async function ours(storage: string): Promise<Committer & { readonly store: SqlStore; readonly turn: TurnRow }> {
  const store = await openBench(storage);
  const turn = benchTurn(store);
  let sequence = store.log.lastSequence(turn.id);
  return {
    store,
    turn,
    async commit() {
      const row = benchRow(turn, ++sequence);
      const started = performance.now();
      store.log.append(row);
      await store.durable();
      return performance.now() - started;
    },
    close: () => store.close(),
  };
}

/**
 * The same row into the same schema, by native SQLite in WAL with `synchronous=FULL`. Like ours, it turns a row into
 * the values of its columns; unlike ours, it schedules no search indexing and keeps no cache.
 */
export function native(file: string, { store, turn }: { readonly store: SqlStore; readonly turn: TurnRow }): Committer {
  const sessionId = store.runs.get(turn.runId)?.sessionId;
  if (sessionId === undefined) throw new Error('There is no run to write into.');
  const database = new DatabaseSync(file);
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -16384',
  );
  const insert = database.prepare(
    `INSERT INTO log_row (${LOG_COLUMNS.join(', ')}) VALUES (${LOG_COLUMNS.map(() => '?').join(', ')})`,
  );
  let id = 1_000_000;
  return {
    commit() {
      const row = benchRow(turn, ++id);
      const started = performance.now();
      insert.run(...toColumns(id as LogEntryId, sessionId, row, store.blobs));
      return performance.now() - started;
    },
    close: () => database.close(),
  };
}

/** What nothing durable can do without: the bytes of one record at the end of a file that has the room, flushed. */
export function plain(file: string, bytes: number): Committer {
  const fd = openSync(file, 'w');
  const room = 4 << 20;
  writeSync(fd, new Uint8Array(room), 0, room, 0);
  fdatasyncSync(fd);
  const record = new Uint8Array(bytes).fill(1);
  let at = 0;
  return {
    commit() {
      const started = performance.now();
      writeSync(fd, record, 0, bytes, at);
      fdatasyncSync(fd);
      at = (at + bytes) % (room - bytes);
      return performance.now() - started;
    },
    close: () => closeSync(fd),
  };
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}
