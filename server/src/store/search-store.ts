import type { EntryId, LogEntryId, RunId, SearchHit, SearchStore, SessionId } from './contract.ts';
import type { Database } from './database.ts';
import type { SqlValue } from './journal-format.ts';
import type { SearchIndexer } from './search-indexer.ts';
import { scoreOf } from './search-score.ts';
import type { Row } from './sql-engine.ts';
import { numberOrNull, textOf } from './values.ts';

const WORD = /"([^"]*)"|[\p{L}\p{N}]+/gu;
/** Rows that are scored for one query; beyond that the newest win. */
const MAX_CANDIDATES = 20_000;

/** A person's words as a query for the index: nothing they type is an operator. Null when there is no word in it. */
export function toMatch(query: string, join: 'AND' | 'OR'): string | null {
  const terms: string[] = [];
  for (const found of query.matchAll(WORD)) {
    const words = (found[1] ?? found[0]).match(/[\p{L}\p{N}]+/gu);
    if (words !== null) terms.push(found[1] === undefined ? `"${words.join(' ')}*"` : `"${words.join(' ')}"`);
  }
  return terms.length === 0 ? null : terms.join(` ${join} `);
}

interface Scored {
  readonly row: Row;
  readonly score: number;
}

export class SqlSearchStore implements SearchStore {
  readonly #database: Database;
  readonly #indexer: SearchIndexer;

  constructor(database: Database, indexer: SearchIndexer) {
    this.#database = database;
    this.#indexer = indexer;
  }

  /** Rows with all the words; when there are none, rows with any of them. */
  log(query: string, limit: number, sessionId?: SessionId): readonly SearchHit[] {
    const sql = `SELECT log_row.id AS id, log_row.session_id AS session_id, log_row.run_id AS run_id,
        matchinfo(log_index, 'pcnalx') AS info
      FROM log_index CROSS JOIN log_row ON log_row.id = log_index.docid
      WHERE log_index MATCH ? ${sessionId === undefined ? '' : 'AND log_row.session_id = ?'}
      ORDER BY log_index.docid DESC LIMIT ${MAX_CANDIDATES}`;
    const rest = sessionId === undefined ? [] : [sessionId];
    return this.#ranked(query, limit, sql, rest).map(({ hit: { row, score }, match }) => ({
      sessionId: Number(row.session_id) as SessionId,
      runId: Number(row.run_id) as RunId,
      logEntryId: Number(row.id) as LogEntryId,
      entryId: null,
      snippet: this.#snippet('log_index', Number(row.id), match),
      score,
    }));
  }

  /** Session entries with all the words first, then with any of them. */
  entries(sessionId: SessionId, query: string, limit: number): readonly SearchHit[] {
    const sql = `SELECT entry_index.docid AS id, entry.id AS entry_id, entry.run_id AS run_id,
        matchinfo(entry_index, 'pcnalx') AS info
      FROM entry_index CROSS JOIN channel ON channel.id = entry_index.docid JOIN entry ON entry.id = channel.entry_id
      WHERE entry_index MATCH ? AND entry.session_id = ? AND entry.owner = 0
      ORDER BY entry_index.docid DESC LIMIT ${MAX_CANDIDATES}`;
    return this.#ranked(query, limit, sql, [sessionId]).map(({ hit: { row, score }, match }) => ({
      sessionId,
      runId: numberOrNull(row.run_id) as RunId | null,
      logEntryId: null,
      entryId: Number(row.entry_id) as EntryId,
      snippet: this.#snippet('entry_index', Number(row.id), match),
      score,
    }));
  }

  #ranked(
    query: string,
    limit: number,
    sql: string,
    params: readonly SqlValue[],
  ): readonly { readonly hit: Scored; readonly match: string }[] {
    this.#indexer.catchUp();
    const all = this.#candidates(toMatch(query, 'AND'), sql, params);
    const hits = all.map(hit => ({ hit, match: toMatch(query, 'AND') ?? '' }));
    if (hits.length < limit) {
      const known = new Set(all.map(({ row }) => row.id));
      const match = toMatch(query, 'OR');
      for (const hit of this.#candidates(match, sql, params)) {
        if (!known.has(hit.row.id)) hits.push({ hit, match: match ?? '' });
      }
    }
    return hits.slice(0, limit);
  }

  #candidates(match: string | null, sql: string, params: readonly SqlValue[]): readonly Scored[] {
    if (match === null) return [];
    return this.#database
      .all(sql, [match, ...params])
      .map(row => ({ row, score: scoreOf(row.info) }))
      .sort((a, b) => b.score - a.score || Number(b.row.id) - Number(a.row.id));
  }

  #snippet(index: 'log_index' | 'entry_index', docid: number, match: string): string {
    const row = this.#database.get(
      `SELECT snippet(${index}, '', '', '…', -1, 24) AS snippet FROM ${index} WHERE docid = ? AND ${index} MATCH ?`,
      [docid, match],
    );
    return textOf(row?.snippet);
  }
}
