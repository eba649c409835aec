import type { ChannelState, JsonObject } from '@plurnk/protocol';
import type { ChannelStore } from './channel-store.ts';
import type { ChannelRow, EntryId, EntryKey, EntryRow, EntryStore, RunId, SessionId } from './contract.ts';
import type { Database } from './database.ts';
import type { Ids } from './ids.ts';
import type { SqlValue } from './journal-format.ts';
import type { Row } from './sql-engine.ts';
import { json, jsonObject, stringList, textOf } from './values.ts';

const COLUMNS = 'id, session_id, run_id, owner, scheme, pathname, created_at, updated_at, tags, attrs';
const SELECT = `SELECT ${COLUMNS} FROM entry`;
/** Behind every pathname that starts with a prefix. */
const LAST_CHARACTER = '\u{10FFFF}';

function toEntry(row: Row): EntryRow {
  const runId = Number(row.owner);
  return {
    id: Number(row.id) as EntryId,
    sessionId: Number(row.session_id) as SessionId,
    scope: runId === 0 ? 'session' : 'run',
    runId: runId === 0 ? null : (runId as RunId),
    scheme: toScheme(row.scheme),
    pathname: textOf(row.pathname),
    tags: stringList(row.tags),
    attrs: jsonObject(row.attrs),
    createdAt: Number(row.created_at),
    updatedAt: Number(row.updated_at),
  };
}

/** Project files have no scheme; the column says '' so that the unique index sees them. */
function toScheme(value: SqlValue | undefined): string | null {
  return value === '' ? null : textOf(value);
}

function ownerOf(key: { scope: EntryKey['scope']; runId: RunId | null }): number {
  return key.scope === 'run' ? (key.runId ?? 0) : 0;
}

export class SqlEntryStore implements EntryStore {
  readonly #database: Database;
  readonly #ids: Ids;
  readonly #channels: ChannelStore;

  constructor(database: Database, ids: Ids, channels: ChannelStore) {
    this.#database = database;
    this.#ids = ids;
    this.#channels = channels;
  }

  find(key: EntryKey): EntryRow | null {
    const row = this.#database.get(`${SELECT} WHERE session_id = ? AND owner = ? AND scheme = ? AND pathname = ?`, [
      key.sessionId,
      ownerOf(key),
      key.scheme ?? '',
      key.pathname,
    ]);
    return row === null ? null : toEntry(row);
  }

  get(id: EntryId): EntryRow | null {
    const row = this.#database.get(`${SELECT} WHERE id = ?`, [id]);
    return row === null ? null : toEntry(row);
  }

  ensure(key: EntryKey, at: number): { entry: EntryRow; created: boolean } {
    const found = this.find(key);
    if (found !== null) return { entry: found, created: false };
    const id = this.#ids.next('entry') as EntryId;
    const owner = ownerOf(key);
    this.#database.run(`INSERT INTO entry (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, '[]', '{}')`, [
      id,
      key.sessionId,
      owner === 0 ? null : owner,
      owner,
      key.scheme ?? '',
      key.pathname,
      at,
      at,
    ]);
    const entry = {
      ...key,
      runId: owner === 0 ? null : key.runId,
      id,
      tags: [],
      attrs: {},
      createdAt: at,
      updatedAt: at,
    };
    return { entry, created: true };
  }

  list(scope: {
    sessionId: SessionId;
    scheme: string | null;
    runId?: RunId | null;
    prefix?: string;
  }): readonly EntryRow[] {
    const prefix = scope.prefix ?? '';
    const rows = this.#database.all(
      `${SELECT} WHERE session_id = ? AND owner = ? AND scheme = ? AND pathname >= ? AND pathname < ? ORDER BY pathname`,
      [scope.sessionId, scope.runId ?? 0, scope.scheme ?? '', prefix, prefix + LAST_CHARACTER],
    );
    return rows.map(toEntry);
  }

  schemes(sessionId: SessionId): readonly (string | null)[] {
    // One seek per scheme instead of a walk over every entry.
    const rows = this.#database.all(
      `WITH RECURSIVE found(scheme) AS (
        SELECT min(scheme) FROM entry WHERE session_id = ?1 AND owner = 0
        UNION ALL
        SELECT (SELECT min(scheme) FROM entry WHERE session_id = ?1 AND owner = 0 AND scheme > found.scheme)
          FROM found WHERE found.scheme IS NOT NULL
      ) SELECT scheme FROM found WHERE scheme IS NOT NULL`,
      [sessionId],
    );
    return rows.map(row => toScheme(row.scheme));
  }

  setTags(id: EntryId, tags: readonly string[], at: number): void {
    this.#database.run('UPDATE entry SET tags = ?, updated_at = ? WHERE id = ?', [json(tags), at, id]);
  }

  setAttrs(id: EntryId, attrs: JsonObject, at: number): void {
    this.#database.run('UPDATE entry SET attrs = ?, updated_at = ? WHERE id = ?', [json(attrs), at, id]);
  }

  remove(id: EntryId): void {
    this.#database.together(() => {
      this.#channels.unindexAll(id);
      this.#ids.keep('entry', 'channel', 'subscription');
      this.#database.run('DELETE FROM entry WHERE id = ?', [id]);
    });
  }

  channels(id: EntryId): readonly ChannelRow[] {
    return this.#channels.list(id);
  }

  channel(id: EntryId, name: string): ChannelRow | null {
    return this.#channels.get(id, name);
  }

  content(id: EntryId, channel: string): string | null {
    return this.#channels.content(id, channel);
  }

  slice(id: EntryId, channel: string, from: number, to?: number): string {
    return this.#channels.slice(id, channel, from, to);
  }

  write(
    id: EntryId,
    channel: { name: string; mimetype: string; content: string; tokens: number; state?: ChannelState; at: number },
  ): ChannelRow {
    return this.#database.together(() => {
      this.#touch(id, channel.at);
      return this.#channels.write(id, channel);
    });
  }

  append(id: EntryId, channel: string, chunk: { text: string; tokens: number; at: number }): ChannelRow {
    return this.#database.together(() => {
      this.#touch(id, chunk.at);
      return this.#channels.append(id, channel, chunk);
    });
  }

  setChannelState(id: EntryId, channel: string, state: ChannelState): void {
    this.#channels.setState(id, channel, state);
  }

  #touch(id: EntryId, at: number): void {
    this.#database.run('UPDATE entry SET updated_at = ? WHERE id = ?', [at, id]);
  }
}
