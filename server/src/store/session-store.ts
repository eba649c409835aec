import type { SessionId, SessionRow, SessionSettings, SessionStore } from './contract.ts';
import type { Database } from './database.ts';
import { ID_TABLES, type Ids } from './ids.ts';
import type { Row } from './sql-engine.ts';
import { assignments, json, jsonObject, numberOrNull, present, textOf, textOrNull } from './values.ts';

const COLUMNS = 'id, name, project_root, settings, created_at, updated_at';

function toSession(row: Row): SessionRow {
  return {
    id: Number(row.id) as SessionId,
    name: textOf(row.name),
    projectRoot: textOrNull(row.project_root),
    settings: jsonObject(row.settings),
    createdAt: Number(row.created_at),
    updatedAt: Number(row.updated_at),
  };
}

export class SqlSessionStore implements SessionStore {
  readonly #database: Database;
  readonly #ids: Ids;
  readonly #removing: (id: SessionId) => void;

  /** `removing` is told, within the transaction, before a session's rows go that others may remember. */
  constructor(database: Database, ids: Ids, removing: (id: SessionId) => void) {
    this.#database = database;
    this.#ids = ids;
    this.#removing = removing;
  }

  create(session: { name: string; projectRoot: string | null; settings: SessionSettings; at: number }): SessionRow {
    const id = this.#ids.next('session') as SessionId;
    const { name, projectRoot, settings, at } = session;
    this.#database.run(`INSERT INTO session (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)`, [
      id,
      name,
      projectRoot,
      json(settings),
      at,
      at,
    ]);
    return { id, name, projectRoot, settings, createdAt: at, updatedAt: at };
  }

  get(id: SessionId): SessionRow | null {
    const row = this.#database.get(`SELECT ${COLUMNS} FROM session WHERE id = ?`, [id]);
    return row === null ? null : toSession(row);
  }

  byName(name: string): SessionRow | null {
    const row = this.#database.get(`SELECT ${COLUMNS} FROM session WHERE name = ?`, [name]);
    return row === null ? null : toSession(row);
  }

  list(): readonly (SessionRow & {
    readonly costPico: number | null;
    readonly turns: number;
    readonly prompts: number;
  })[] {
    const turns = new Map<number, Row>();
    const usage = `SELECT run.session_id AS session_id, count(*) AS turns, coalesce(sum(turn.cost_pico), 0) AS cost,
        coalesce(sum(turn.model IS NOT NULL AND turn.cost_pico IS NULL), 0) AS unknown
      FROM run JOIN turn ON turn.run_id = run.id WHERE run.origin = 'model' AND turn.copied = 0 GROUP BY run.session_id`;
    for (const row of this.#database.all(usage)) turns.set(Number(row.session_id), row);
    const prompts = new Map<number, number>();
    const counted = `SELECT run.session_id AS session_id, count(*) AS prompts
      FROM run JOIN loop ON loop.run_id = run.id WHERE run.origin = 'model' AND run.parent_run_id IS NULL GROUP BY run.session_id`;
    for (const row of this.#database.all(counted)) prompts.set(Number(row.session_id), Number(row.prompts));
    return this.#database.all(`SELECT ${COLUMNS} FROM session ORDER BY id DESC`).map(row => {
      const session = toSession(row);
      const sums = turns.get(session.id);
      return {
        ...session,
        costPico: Number(sums?.unknown ?? 0) > 0 ? null : (numberOrNull(sums?.cost) ?? 0),
        turns: Number(sums?.turns ?? 0),
        prompts: prompts.get(session.id) ?? 0,
      };
    });
  }

  update(id: SessionId, patch: Partial<Pick<SessionRow, 'name' | 'projectRoot' | 'settings'>>, at: number): SessionRow {
    const set = assignments([
      ['name', patch.name],
      ['project_root', patch.projectRoot],
      ['settings', patch.settings === undefined ? undefined : json(patch.settings)],
      ['updated_at', at],
    ]);
    this.#database.run(`UPDATE session SET ${set.sql} WHERE id = ?`, [...set.values, id]);
    return toSession(present(this.#database.get(`SELECT ${COLUMNS} FROM session WHERE id = ?`, [id]), 'session', id));
  }

  delete(id: SessionId): void {
    this.#database.together(() => {
      this.#removing(id);
      this.#ids.keep(...ID_TABLES);
      this.#database.run(
        `DELETE FROM log_index WHERE docid IN (SELECT log_row.id FROM run
          JOIN log_row ON log_row.run_id = run.id WHERE run.session_id = ? AND log_row.indexed = 1)`,
        [id],
      );
      this.#database.run(
        `DELETE FROM entry_index WHERE docid IN (SELECT channel.id FROM entry
          JOIN channel ON channel.entry_id = entry.id WHERE entry.session_id = ? AND channel.indexed = 1)`,
        [id],
      );
      this.#database.run('DELETE FROM session WHERE id = ?', [id]);
    });
  }
}
