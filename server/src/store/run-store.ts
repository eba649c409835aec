import type { RunOrigin } from '@plurnk/protocol';
import type { RunId, RunRow, RunStore, SessionId, TurnId } from './contract.ts';
import type { Database } from './database.ts';
import type { Ids } from './ids.ts';
import { forkHistory } from './run-fork.ts';
import type { Row } from './sql-engine.ts';
import { flag, numberOrNull, present, textOf } from './values.ts';

const COLUMNS =
  'id, session_id, name, origin, parent_run_id, forked_from_turn_id, pending_wake, created_at, updated_at';
const SELECT = `SELECT ${COLUMNS} FROM run`;

function toRun(row: Row): RunRow {
  return {
    id: Number(row.id) as RunId,
    sessionId: Number(row.session_id) as SessionId,
    name: textOf(row.name),
    origin: textOf(row.origin) as RunOrigin,
    parentRunId: numberOrNull(row.parent_run_id) as RunId | null,
    forkedFromTurnId: numberOrNull(row.forked_from_turn_id) as TurnId | null,
    pendingWake: row.pending_wake === 1,
    createdAt: Number(row.created_at),
    updatedAt: Number(row.updated_at),
  };
}

export class SqlRunStore implements RunStore {
  readonly #database: Database;
  readonly #ids: Ids;

  constructor(database: Database, ids: Ids) {
    this.#database = database;
    this.#ids = ids;
  }

  create(run: {
    sessionId: SessionId;
    name: string;
    origin: RunOrigin;
    parentRunId: RunId | null;
    at: number;
  }): RunRow {
    return this.#insert({ ...run, forkedFromTurnId: null });
  }

  get(id: RunId): RunRow | null {
    const row = this.#database.get(`${SELECT} WHERE id = ?`, [id]);
    return row === null ? null : toRun(row);
  }

  /** The newest of that name: an ended run's name may be used again (RES-30). */
  byName(sessionId: SessionId, name: string): RunRow | null {
    const row = this.#database.get(`${SELECT} WHERE session_id = ? AND name = ? ORDER BY id DESC LIMIT 1`, [
      sessionId,
      name,
    ]);
    return row === null ? null : toRun(row);
  }

  list(sessionId: SessionId): readonly RunRow[] {
    return this.#database.all(`${SELECT} WHERE session_id = ? ORDER BY id DESC`, [sessionId]).map(toRun);
  }

  children(runId: RunId): readonly RunRow[] {
    return this.#database.all(`${SELECT} WHERE parent_run_id = ? ORDER BY id`, [runId]).map(toRun);
  }

  setPendingWake(id: RunId, pending: boolean): void {
    this.#database.run('UPDATE run SET pending_wake = ? WHERE id = ? AND pending_wake <> ?', [
      flag(pending),
      id,
      flag(pending),
    ]);
  }

  fork(source: RunId, fork: { name: string; untilTurn: TurnId | null; at: number }): RunRow {
    return this.#database.together(() => {
      const from = toRun(present(this.#database.get(`${SELECT} WHERE id = ?`, [source]), 'run', source));
      const last = this.#database.get('SELECT max(id) AS id FROM turn WHERE run_id = ?', [source]);
      const untilTurn = fork.untilTurn ?? numberOrNull(last?.id);
      const run = this.#insert({
        sessionId: from.sessionId,
        name: fork.name,
        origin: from.origin,
        parentRunId: source,
        forkedFromTurnId: untilTurn as TurnId | null,
        at: fork.at,
      });
      forkHistory(this.#database, this.#ids, {
        source,
        target: run.id,
        untilTurn: fork.untilTurn,
        at: fork.at,
      });
      return run;
    });
  }

  #insert(run: {
    sessionId: SessionId;
    name: string;
    origin: RunOrigin;
    parentRunId: RunId | null;
    forkedFromTurnId: TurnId | null;
    at: number;
  }): RunRow {
    const id = this.#ids.next('run') as RunId;
    this.#database.run(`INSERT INTO run (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?)`, [
      id,
      run.sessionId,
      run.name,
      run.origin,
      run.parentRunId,
      run.forkedFromTurnId,
      run.at,
      run.at,
    ]);
    const { at, ...fields } = run;
    return { ...fields, id, pendingWake: false, createdAt: at, updatedAt: at };
  }
}
