import type { RunId, TurnId } from './contract.ts';
import type { Database } from './database.ts';
import type { Ids, IdTable } from './ids.ts';
import { LOG_COLUMNS } from './log-row-mapper.ts';
import { NEVER_INDEXED } from './search-indexer.ts';

export interface ForkOptions {
  readonly source: RunId;
  readonly target: RunId;
  /** Last turn to copy; null for the whole history. */
  readonly untilTurn: TurnId | null;
  readonly at: number;
}

const LAST = Number.MAX_SAFE_INTEGER;

/**
 * Copies a run's history and scratch (ENG-5): one statement per table, new ids in the order of the old ones. Bodies
 * are blobs and are shared; copied rows are not searched a second time.
 */
export function forkHistory(database: Database, ids: Ids, options: ForkOptions): void {
  const copy = new Copy(database, ids, options);
  copy.loops();
  copy.turns();
  copy.rows();
  copy.scratch();
}

class Copy {
  readonly #database: Database;
  readonly #ids: Ids;
  readonly #options: ForkOptions;
  readonly #until: number;

  constructor(database: Database, ids: Ids, options: ForkOptions) {
    this.#database = database;
    this.#ids = ids;
    this.#options = options;
    this.#until = options.untilTurn ?? LAST;
  }

  loops(): void {
    const { source, target, at, untilTurn } = this.#options;
    const last =
      untilTurn === null
        ? LAST
        : Number(this.#database.get('SELECT loop_id AS id FROM turn WHERE id = ?', [untilTurn])?.id ?? LAST);
    const base = this.#reserve('loop', 'SELECT count(*) AS count FROM loop WHERE run_id = ? AND id <= ?', [
      source,
      last,
    ]);
    this.#database.run(
      `INSERT INTO loop (id, run_id, seq, status, flags, alias, max_turns, created_at, started_at, ended_at, attrs, reason, prompt)
        SELECT ? + row_number() OVER (ORDER BY id), ?, seq,
          CASE WHEN status IN (100, 102, 202) THEN 499 ELSE status END, flags, alias, max_turns, created_at, started_at,
          CASE WHEN status IN (100, 102, 202) THEN ? ELSE ended_at END, attrs,
          CASE WHEN status IN (100, 102, 202) THEN 'forked' ELSE reason END, prompt
        FROM loop WHERE run_id = ? AND id <= ? ORDER BY id`,
      [base, target, at, source, last],
    );
  }

  turns(): void {
    const { source, target } = this.#options;
    const base = this.#reserve('turn', 'SELECT count(*) AS count FROM turn WHERE run_id = ? AND id <= ?', [
      source,
      this.#until,
    ]);
    this.#database.run(
      `INSERT INTO turn (id, loop_id, run_id, seq, copied, status, finish_reason, model, prompt_tokens, completion_tokens,
          cached_tokens, cost_pico, price_version, created_at, ended_at, emission_blob, reasoning_blob, meta, meta_blob)
        SELECT ?1 + row_number() OVER (ORDER BY turn.id), copied.id, ?2, turn.seq, 1,
          CASE WHEN turn.ended_at IS NULL THEN 499 ELSE turn.status END, finish_reason, model, prompt_tokens, completion_tokens, cached_tokens, cost_pico, price_version,
          turn.created_at, coalesce(turn.ended_at, ?3), emission_blob, reasoning_blob, meta, meta_blob
        FROM turn JOIN loop ON loop.id = turn.loop_id JOIN loop AS copied ON copied.run_id = ?2 AND copied.seq = loop.seq
        WHERE turn.run_id = ?4 AND turn.id <= ?5 ORDER BY turn.id`,
      [base, target, this.#options.at, source, this.#until],
    );
    this.#database.run(
      `INSERT INTO section (turn_id, position, name, slot, header, tokens, divided, parts)
        SELECT copied_turn.id, position, section.name, slot, header, section.tokens, divided, parts
        FROM turn JOIN section ON section.turn_id = turn.id JOIN loop ON loop.id = turn.loop_id
          JOIN loop AS copied_loop ON copied_loop.run_id = ?1 AND copied_loop.seq = loop.seq
          JOIN turn AS copied_turn ON copied_turn.loop_id = copied_loop.id AND copied_turn.seq = turn.seq
        WHERE turn.run_id = ?2 AND turn.id <= ?3 ORDER BY turn.id, position`,
      [target, source, this.#until],
    );
  }

  rows(): void {
    const { source, target } = this.#options;
    const base = this.#reserve('log_row', 'SELECT count(*) AS count FROM log_row WHERE run_id = ? AND turn_id <= ?', [
      source,
      this.#until,
    ]);
    const values: Partial<Record<(typeof LOG_COLUMNS)[number], string>> = {
      id: '?1 + row_number() OVER (ORDER BY log_row.id)',
      run_id: '?2',
      loop_id: 'copied_loop.id',
      turn_id: 'copied_turn.id',
      indexed: String(NEVER_INDEXED),
      // Whoever decides decides the original; the copy's history ends undecided.
      state: "CASE WHEN log_row.state = 'proposed' THEN 'cancelled' ELSE log_row.state END",
      status_rx: "CASE WHEN log_row.state = 'proposed' THEN 499 ELSE log_row.status_rx END",
      outcome: "CASE WHEN log_row.state = 'proposed' THEN 'forked' ELSE log_row.outcome END",
    };
    this.#database.run(
      `INSERT INTO log_row (${LOG_COLUMNS.join(', ')})
        SELECT ${LOG_COLUMNS.map(column => values[column] ?? `log_row.${column}`).join(', ')}
        FROM log_row
          JOIN loop AS copied_loop ON copied_loop.run_id = ?2 AND copied_loop.seq = log_row.loop_seq
          JOIN turn AS copied_turn ON copied_turn.loop_id = copied_loop.id AND copied_turn.seq = log_row.turn_seq
        WHERE log_row.run_id = ?3 AND log_row.turn_id <= ?4 ORDER BY log_row.id`,
      [base, target, source, this.#until],
    );
  }

  scratch(): void {
    const { source, target } = this.#options;
    const entries = this.#reserve('entry', 'SELECT count(*) AS count FROM entry WHERE run_id = ?', [source]);
    this.#database.run(
      `INSERT INTO entry (id, session_id, run_id, owner, scheme, pathname, created_at, updated_at, tags, attrs)
        SELECT ?1 + row_number() OVER (ORDER BY id), session_id, ?2, ?2, scheme, pathname, created_at, updated_at, tags, attrs
        FROM entry WHERE run_id = ?3 ORDER BY id`,
      [entries, target, source],
    );
    const channels = this.#reserve(
      'channel',
      'SELECT count(*) AS count FROM entry JOIN channel ON channel.entry_id = entry.id WHERE entry.run_id = ?',
      [source],
    );
    const pairs = `entry JOIN entry AS copied ON copied.session_id = entry.session_id AND copied.owner = ?1
      AND copied.scheme = entry.scheme AND copied.pathname = entry.pathname JOIN channel ON channel.entry_id = entry.id`;
    this.#database.run(
      `INSERT INTO channel (id, entry_id, name, mimetype, length, newlines, open_line, tokens, hash, state, indexed)
        SELECT ?2 + row_number() OVER (ORDER BY channel.id), copied.id, name, mimetype, length, newlines, open_line,
          tokens, hash, CASE WHEN state = 'active' THEN 'closed' ELSE state END, ${NEVER_INDEXED}
        FROM ${pairs} WHERE entry.run_id = ?3 ORDER BY channel.id`,
      [target, channels, source],
    );
    this.#database.run(
      `INSERT INTO chunk (channel_id, start, length, blob_id, text)
        SELECT copied_channel.id, chunk.start, chunk.length, chunk.blob_id, chunk.text
        FROM ${pairs} JOIN channel AS copied_channel
            ON copied_channel.entry_id = copied.id AND copied_channel.name = channel.name
          JOIN chunk ON chunk.channel_id = channel.id
        WHERE entry.run_id = ?2 ORDER BY chunk.id`,
      [target, source],
    );
  }

  /** Sets ids aside for all rows of a copy; returns the one before the first. */
  #reserve(table: IdTable, sql: string, params: readonly number[]): number {
    const count = Number(this.#database.get(sql, params)?.count ?? 0);
    return this.#ids.next(table, count) - 1;
  }
}
