import type { JsonObject, LoopFlags } from '@plurnk/protocol';
import type { LoopId, LoopRow, LoopStore, RunId } from './contract.ts';
import type { Database } from './database.ts';
import type { Ids } from './ids.ts';
import type { Row } from './sql-engine.ts';
import { json, jsonObject, numberOrNull, present, textOf, textOrNull } from './values.ts';

const COLUMNS =
  'id, run_id, seq, status, flags, alias, max_turns, created_at, started_at, ended_at, attrs, reason, prompt';
const SELECT = `SELECT ${COLUMNS} FROM loop`;
const QUEUED = 100;
const RUNNING = 102;
const PARKED = 202;

function toLoop(row: Row): LoopRow {
  return {
    id: Number(row.id) as LoopId,
    runId: Number(row.run_id) as RunId,
    seq: Number(row.seq),
    status: Number(row.status),
    prompt: textOf(row.prompt),
    flags: JSON.parse(textOf(row.flags)) as LoopFlags,
    alias: textOrNull(row.alias),
    maxTurns: Number(row.max_turns),
    reason: textOrNull(row.reason),
    attrs: jsonObject(row.attrs),
    createdAt: Number(row.created_at),
    startedAt: numberOrNull(row.started_at),
    endedAt: numberOrNull(row.ended_at),
  };
}

export class SqlLoopStore implements LoopStore {
  readonly #database: Database;
  readonly #ids: Ids;

  constructor(database: Database, ids: Ids) {
    this.#database = database;
    this.#ids = ids;
  }

  enqueue(loop: {
    runId: RunId;
    prompt: string;
    flags: LoopFlags;
    alias: string | null;
    maxTurns: number;
    attrs: JsonObject;
    at: number;
  }): LoopRow {
    const id = this.#ids.next('loop') as LoopId;
    this.#database.together(() => {
      const last = this.#database.get('SELECT max(seq) AS seq FROM loop WHERE run_id = ?', [loop.runId]);
      this.#database.run(`INSERT INTO loop (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, ?, NULL, ?)`, [
        id,
        loop.runId,
        Number(last?.seq ?? 0) + 1,
        QUEUED,
        json(loop.flags),
        loop.alias,
        loop.maxTurns,
        loop.at,
        json(loop.attrs),
        loop.prompt,
      ]);
      this.#touch(loop.runId, loop.at);
    });
    return this.#present(id);
  }

  get(id: LoopId): LoopRow | null {
    return this.#one('WHERE id = ?', id);
  }

  list(runId: RunId): readonly LoopRow[] {
    return this.#database.all(`${SELECT} WHERE run_id = ? ORDER BY seq`, [runId]).map(toLoop);
  }

  latest(runId: RunId): LoopRow | null {
    return this.#one('WHERE run_id = ? ORDER BY seq DESC LIMIT 1', runId);
  }

  claim(runId: RunId, at: number): LoopRow | null {
    return this.#database.together(() => {
      const next = this.#one(`WHERE run_id = ? AND status = ${QUEUED} ORDER BY seq LIMIT 1`, runId);
      if (next === null) return null;
      this.#database.run(
        `UPDATE loop SET status = ${RUNNING}, started_at = coalesce(started_at, ?) WHERE id = ? AND status = ${QUEUED}`,
        [at, next.id],
      );
      return this.#present(next.id);
    });
  }

  active(runId: RunId): LoopRow | null {
    return this.#one(`WHERE run_id = ? AND status = ${RUNNING} ORDER BY seq LIMIT 1`, runId);
  }

  parked(runId: RunId): LoopRow | null {
    return this.#one(`WHERE run_id = ? AND status = ${PARKED} ORDER BY seq DESC LIMIT 1`, runId);
  }

  setStatus(id: LoopId, status: number, patch: { reason?: string | null; at: number; attrs?: JsonObject }): LoopRow {
    const loop = this.#present(id);
    const reason = patch.reason === undefined ? loop.reason : patch.reason;
    const open = status === QUEUED || status === RUNNING || status === PARKED;
    const startedAt = status === RUNNING ? (loop.startedAt ?? patch.at) : loop.startedAt;
    const attrs = json(patch.attrs ?? loop.attrs);
    this.#database.together(() => {
      this.#database.run(
        'UPDATE loop SET status = ?, reason = ?, attrs = ?, started_at = ?, ended_at = ? WHERE id = ?',
        [status, reason, attrs, startedAt, open ? null : patch.at, id],
      );
      this.#touch(loop.runId, patch.at);
    });
    return this.#present(id);
  }

  unfinished(): readonly LoopRow[] {
    return this.#database.all(`${SELECT} WHERE status IN (100, 102) ORDER BY id`).map(toLoop);
  }

  #one(where: string, id: number): LoopRow | null {
    const row = this.#database.get(`${SELECT} ${where}`, [id]);
    return row === null ? null : toLoop(row);
  }

  #present(id: LoopId): LoopRow {
    return toLoop(present(this.#database.get(`${SELECT} WHERE id = ?`, [id]), 'loop', id));
  }

  #touch(runId: RunId, at: number): void {
    this.#database.run('UPDATE run SET updated_at = ? WHERE id = ?', [at, runId]);
    this.#database.run('UPDATE session SET updated_at = ? WHERE id = (SELECT session_id FROM run WHERE id = ?)', [
      at,
      runId,
    ]);
  }
}
