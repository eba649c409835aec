import type { SqlBlobStore } from './blob-store.ts';
import type {
  LogEntryId,
  LogPatch,
  LogQuery,
  LogRow,
  LogStore,
  NewLogRow,
  RunId,
  SessionId,
  TurnId,
} from './contract.ts';
import type { Database } from './database.ts';
import type { Ids } from './ids.ts';
import type { SqlValue } from './journal-format.ts';
import { type LogChange, LogChanges } from './log-changes.ts';
import { bodyColumns, isInline, LOG_COLUMNS, toColumns, toLogRow, txText } from './log-row-mapper.ts';
import { RunLogCache } from './run-log-cache.ts';
import type { SearchIndexer } from './search-indexer.ts';
import { assignments, flag, json, present, textOf } from './values.ts';

const COLUMNS = LOG_COLUMNS.join(', ');
const INSERT = `INSERT INTO log_row (${COLUMNS}) VALUES (${LOG_COLUMNS.map(() => '?').join(', ')})`;
const SELECT = `SELECT ${COLUMNS} FROM log_row`;

export class SqlLogStore implements LogStore {
  readonly #database: Database;
  readonly #ids: Ids;
  readonly #blobs: SqlBlobStore;
  readonly #cache = new RunLogCache();
  readonly #sessions = new Map<RunId, number>();
  readonly #changes: LogChanges;
  readonly #indexer: SearchIndexer;

  constructor(database: Database, ids: Ids, blobs: SqlBlobStore, indexer: SearchIndexer) {
    this.#database = database;
    this.#ids = ids;
    this.#blobs = blobs;
    this.#indexer = indexer;
    database.onUndone(() => this.forget());
    this.#changes = new LogChanges(database);
  }

  onChange(listener: (change: LogChange) => void): { dispose(): void } {
    return this.#changes.listen(listener);
  }

  /** Before a session is removed with all its rows. */
  removing(sessionId: SessionId): void {
    const runs = this.#database.all('SELECT id FROM run WHERE session_id = ?', [sessionId]);
    for (const run of runs) {
      const runId = Number(run.id) as RunId;
      const rows = this.#database.all('SELECT id FROM log_row WHERE run_id = ?', [runId]);
      this.#changes.report({ runId, ids: rows.map(row => Number(row.id) as LogEntryId), kind: 'delete' });
    }
    this.forget();
  }

  /** Forgets what is remembered of the rows. */
  forget(): void {
    this.#cache.clear();
    this.#sessions.clear();
  }

  append(row: NewLogRow): LogRow {
    const id = this.#ids.next('log_row') as LogEntryId;
    const write = (): number => this.#database.run(INSERT, toColumns(id, this.#sessionOf(row.runId), row, this.#blobs));
    // Only a body that becomes a text of its own makes it more than one statement.
    if (isInline(row)) write();
    else this.#database.together(write);
    this.#indexer.schedule();
    const stored = { ...row, id };
    this.#cache.put(stored);
    return stored;
  }

  update(id: LogEntryId, patch: LogPatch): LogRow {
    return this.#database.together(() => {
      const set = assignments([
        ['status_rx', patch.statusRx],
        ['mimetype_rx', patch.mimetypeRx],
        ['tokens', patch.tokens],
        ['state', patch.state],
        ['outcome', patch.outcome],
        ['attrs', patch.attrs === undefined ? undefined : json(patch.attrs)],
        ['expanded', patch.expanded === undefined ? undefined : flag(patch.expanded)],
        ['tags', patch.tags === undefined ? undefined : json(patch.tags)],
        ...this.#body('rx', patch.rx),
        ...this.#body('tx', patch.tx === undefined ? undefined : txText(patch.tx)),
      ]);
      if (patch.rx !== undefined || patch.tx !== undefined) this.#indexer.logRowChanges(id);
      if (set.values.length > 0) this.#database.run(`UPDATE log_row SET ${set.sql} WHERE id = ?`, [...set.values, id]);
      const row = toLogRow(present(this.#database.get(`${SELECT} WHERE id = ?`, [id]), 'log row', id), this.#blobs);
      this.#cache.put(row);
      this.#changes.report({ runId: row.runId, ids: [id], kind: 'update' });
      return row;
    });
  }

  get(id: LogEntryId): LogRow | null {
    const row = this.#database.get(`${SELECT} WHERE id = ?`, [id]);
    return row === null ? null : toLogRow(row, this.#blobs);
  }

  byCoordinate(runId: RunId, loopSeq: number, turnSeq: number, sequence: number): LogRow | null {
    const row = this.#database.get(`${SELECT} WHERE run_id = ? AND loop_seq = ? AND turn_seq = ? AND sequence = ?`, [
      runId,
      loopSeq,
      turnSeq,
      sequence,
    ]);
    return row === null ? null : toLogRow(row, this.#blobs);
  }

  list(runId: RunId, query: LogQuery = {}): readonly LogRow[] {
    const { sinceId, limit: _, ...place } = query;
    const wholeRun = Object.values(place).every(value => value === undefined);
    if (wholeRun && sinceId === undefined && query.limit === undefined) return this.#whole(runId);
    if (wholeRun && sinceId !== undefined) return this.#since(runId, sinceId, query.limit);
    return this.#select(runId, query);
  }

  lastSequence(turnId: TurnId): number {
    const { runId, loopSeq, turnSeq } = this.#placeOf(turnId);
    const row = this.#database.get(
      'SELECT max(sequence) AS sequence FROM log_row WHERE run_id = ? AND loop_seq = ? AND turn_seq = ?',
      [runId, loopSeq, turnSeq],
    );
    return Number(row?.sequence ?? 0);
  }

  lastId(): LogEntryId {
    return this.#ids.last('log_row') as LogEntryId;
  }

  setExpanded(ids: readonly LogEntryId[], expanded: boolean): void {
    this.#database.together(() => {
      const changes = new Map<RunId, LogEntryId[]>();
      for (const id of ids) {
        const changed = this.#database.run('UPDATE log_row SET expanded = ? WHERE id = ? AND expanded <> ?', [
          flag(expanded),
          id,
          flag(expanded),
        ]);
        const row = changed > 0 ? this.get(id) : null;
        if (row === null) continue;
        this.#cache.put(row);
        changes.set(row.runId, [...(changes.get(row.runId) ?? []), id]);
      }
      for (const [runId, changed] of changes) this.#changes.report({ runId, ids: changed, kind: 'update' });
    });
  }

  delete(ids: readonly LogEntryId[]): void {
    this.#database.together(() => {
      this.#ids.keep('log_row');
      for (const id of ids) {
        const row = this.#database.get('SELECT run_id FROM log_row WHERE id = ?', [id]);
        if (row === null) continue;
        this.#indexer.logRowChanges(id);
        this.#database.run('DELETE FROM log_row WHERE id = ?', [id]);
        const runId = Number(row.run_id) as RunId;
        this.#cache.drop(runId);
        this.#changes.report({ runId, ids: [id], kind: 'delete' });
      }
    });
  }

  changesByOthers(sessionId: SessionId, runId: RunId, afterId: LogEntryId): readonly LogRow[] {
    const rows = this.#database.all(
      `${SELECT} INDEXED BY log_changes WHERE session_id = ? AND id > ? AND run_id <> ?
        AND op IN ('EDIT', 'COPY', 'MOVE', 'KILL') AND status_rx IN (200, 201) AND state = 'resolved'
        AND (scheme IS NULL OR scheme NOT IN ('run', 'log')) ORDER BY id`,
      [sessionId, afterId, runId],
    );
    return rows.map(row => toLogRow(row, this.#blobs));
  }

  prompts(sessionId: SessionId, limit: number): readonly string[] {
    const rows = this.#database.all(
      `SELECT loop.prompt AS prompt FROM run JOIN loop ON loop.run_id = run.id
        WHERE run.session_id = ? AND run.origin = 'model' AND run.parent_run_id IS NULL
        ORDER BY loop.id DESC LIMIT ?`,
      [sessionId, limit],
    );
    return rows.map(row => textOf(row.prompt));
  }

  /** Rows behind an id, by id: a caller that pages that way must get them in this order, or it would miss some. */
  #since(runId: RunId, sinceId: LogEntryId, limit: number | undefined): readonly LogRow[] {
    if (sinceId === 0) this.#whole(runId);
    const rows = this.#cache.since(runId, sinceId) ?? this.#select(runId, { sinceId });
    return limit === undefined ? rows : rows.slice(0, limit);
  }

  #select(runId: RunId, query: LogQuery): readonly LogRow[] {
    const filters: [string, SqlValue][] = [['run_id = ?', runId]];
    if (query.loopId !== undefined) filters.push(['loop_seq = (SELECT seq FROM loop WHERE id = ?)', query.loopId]);
    if (query.turnId !== undefined) {
      const { loopSeq, turnSeq } = this.#placeOf(query.turnId);
      filters.push(['loop_seq = ?', loopSeq], ['turn_seq = ?', turnSeq], ['turn_id = ?', query.turnId]);
    }
    if (query.loopSeq !== undefined) filters.push(['loop_seq = ?', query.loopSeq]);
    if (query.turnSeq !== undefined) filters.push(['turn_seq = ?', query.turnSeq]);
    if (query.sequence !== undefined) filters.push(['sequence = ?', query.sequence]);
    if (query.sinceId !== undefined) filters.push(['id > ?', query.sinceId]);
    const order = query.sinceId === undefined ? 'loop_seq, turn_seq, sequence' : 'id';
    const limit = query.limit ?? -1;
    const sql = `${SELECT} WHERE ${filters.map(([text]) => text).join(' AND ')} ORDER BY ${order} LIMIT ?`;
    const rows = this.#database.all(sql, [...filters.map(([, value]) => value), limit]);
    return rows.map(row => toLogRow(row, this.#blobs));
  }

  #whole(runId: RunId): readonly LogRow[] {
    const cached = this.#cache.get(runId);
    if (cached !== null) return cached;
    const rows = this.#database
      .all(`${SELECT} WHERE run_id = ? ORDER BY loop_seq, turn_seq, sequence`, [runId])
      .map(row => toLogRow(row, this.#blobs));
    this.#cache.set(runId, rows);
    return rows;
  }

  /** Where a turn's rows lie: the index has them by coordinate. */
  #placeOf(turnId: TurnId): { readonly runId: number; readonly loopSeq: number; readonly turnSeq: number } {
    const row = this.#database.get(
      `SELECT turn.run_id AS run_id, loop.seq AS loop_seq, turn.seq AS turn_seq
        FROM turn JOIN loop ON loop.id = turn.loop_id WHERE turn.id = ?`,
      [turnId],
    );
    return {
      runId: Number(row?.run_id ?? 0),
      loopSeq: Number(row?.loop_seq ?? 0),
      turnSeq: Number(row?.turn_seq ?? 0),
    };
  }

  #sessionOf(runId: RunId): number {
    const known = this.#sessions.get(runId);
    if (known !== undefined) return known;
    const row = present(this.#database.get('SELECT session_id FROM run WHERE id = ?', [runId]), 'run', runId);
    const sessionId = Number(row.session_id);
    this.#sessions.set(runId, sessionId);
    return sessionId;
  }

  #body(column: 'rx' | 'tx', text: string | null | undefined): readonly (readonly [string, SqlValue])[] {
    if (text === undefined) return [];
    const [inline, blobId] = bodyColumns(text, this.#blobs);
    return [
      [column, inline],
      [`${column}_blob`, blobId],
    ];
  }
}
