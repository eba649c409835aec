import type { ChannelState } from '@plurnk/protocol';
import { hashOf, type SqlBlobStore } from './blob-store.ts';
import type { ChannelRow, EntryId } from './contract.ts';
import type { Database } from './database.ts';
import type { Ids } from './ids.ts';
import { NEVER_INDEXED, type SearchIndexer } from './search-indexer.ts';
import type { Row } from './sql-engine.ts';
import { StoreError } from './store-error.ts';
import { textOf } from './values.ts';

const COLUMNS = 'id, entry_id, name, mimetype, length, newlines, open_line, tokens, hash, state, indexed';
const SELECT = `SELECT ${COLUMNS} FROM channel`;
/** Characters. A chunk smaller than this takes the next text in, so that a chatty process does not make a million rows. */
const MERGE_BELOW = 4096;
/** Characters. A finished stream up to this size becomes one blob. */
const CONSOLIDATE_UP_TO = 256 << 10;

function toChannel(row: Row): ChannelRow {
  return {
    entryId: Number(row.entry_id) as EntryId,
    name: textOf(row.name),
    mimetype: textOf(row.mimetype),
    length: Number(row.length),
    lines: Number(row.newlines) + Number(row.open_line),
    tokens: Number(row.tokens),
    contentHash: textOf(row.hash),
    state: textOf(row.state) as ChannelState,
  };
}

function newlinesIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

function openLine(text: string): number {
  return text.length > 0 && !text.endsWith('\n') ? 1 : 0;
}

/**
 * Named texts of an entry, in chunks. A written channel is one content-addressed chunk; an appended one grows by
 * chunks, whatever its size, and its hash is then a chain over what was appended.
 */
export class ChannelStore {
  readonly #database: Database;
  readonly #ids: Ids;
  readonly #blobs: SqlBlobStore;
  readonly #indexer: SearchIndexer;

  constructor(database: Database, ids: Ids, blobs: SqlBlobStore, indexer: SearchIndexer) {
    this.#database = database;
    this.#ids = ids;
    this.#blobs = blobs;
    this.#indexer = indexer;
  }

  list(entryId: EntryId): readonly ChannelRow[] {
    return this.#database.all(`${SELECT} WHERE entry_id = ? ORDER BY name`, [entryId]).map(toChannel);
  }

  get(entryId: EntryId, name: string): ChannelRow | null {
    const row = this.#find(entryId, name);
    return row === null ? null : toChannel(row);
  }

  content(entryId: EntryId, name: string): string | null {
    const row = this.#find(entryId, name);
    return row === null ? null : this.#read(Number(row.id), 0, Number(row.length));
  }

  slice(entryId: EntryId, name: string, from: number, to?: number): string {
    const row = this.#find(entryId, name);
    if (row === null) return '';
    const length = Number(row.length);
    return this.#read(Number(row.id), Math.max(0, from), Math.min(to ?? length, length));
  }

  write(
    entryId: EntryId,
    channel: { name: string; mimetype: string; content: string; tokens: number; state?: ChannelState },
  ): ChannelRow {
    const { name, mimetype, content, tokens } = channel;
    const state = channel.state ?? 'static';
    const hash = hashOf(content).toString('hex');
    const before = this.#find(entryId, name);
    if (before?.hash === hash) {
      this.#database.run('UPDATE channel SET mimetype = ?, tokens = ?, state = ? WHERE id = ?', [
        mimetype,
        tokens,
        state,
        Number(before.id),
      ]);
      return this.#present(entryId, name);
    }
    const id = before === null ? this.#create(entryId, name, mimetype, state) : Number(before.id);
    if (before !== null) this.#clear(before);
    if (content.length > 0) this.#addBlob(id, content);
    this.#database.run(
      `UPDATE channel SET mimetype = ?, length = ?, newlines = ?, open_line = ?, tokens = ?, hash = ?, state = ?
        WHERE id = ?`,
      [mimetype, content.length, newlinesIn(content), openLine(content), tokens, hash, state, id],
    );
    this.#indexer.channelChanged(id, state !== 'active');
    return this.#present(entryId, name);
  }

  append(entryId: EntryId, name: string, chunk: { text: string; tokens: number }): ChannelRow {
    const row = this.#find(entryId, name);
    if (row === null) throw new StoreError('absent', `Entry ${entryId} has no channel ${name}.`);
    if (chunk.text.length === 0) return toChannel(row);
    const id = Number(row.id);
    const length = Number(row.length);
    this.#indexer.channelChanges(id);
    this.#addText(id, length, chunk.text);
    this.#database.run(
      `UPDATE channel SET length = ?, newlines = newlines + ?, open_line = ?, tokens = tokens + ?, hash = ? WHERE id = ?`,
      [
        length + chunk.text.length,
        newlinesIn(chunk.text),
        openLine(chunk.text),
        chunk.tokens,
        hashOf(`${textOf(row.hash)}\n${chunk.text}`).toString('hex'),
        id,
      ],
    );
    this.#indexer.channelChanged(id, row.state !== 'active');
    return this.#present(entryId, name);
  }

  setState(entryId: EntryId, name: string, state: ChannelState): void {
    this.#database.together(() => {
      const row = this.#find(entryId, name);
      if (row === null || row.state === state) return;
      const id = Number(row.id);
      this.#database.run('UPDATE channel SET state = ? WHERE id = ?', [state, id]);
      if (state === 'active' || row.state !== 'active') return;
      this.#consolidate(id, Number(row.length));
      this.#indexer.channelChanged(id, true);
    });
  }

  /** Before an entry is removed: its texts leave the search index while they can still be read. */
  unindexAll(entryId: EntryId): void {
    const rows = this.#database.all('SELECT id FROM channel WHERE entry_id = ?', [entryId]);
    for (const row of rows) this.#indexer.channelChanges(Number(row.id));
  }

  #find(entryId: EntryId, name: string): Row | null {
    return this.#database.get(`${SELECT} WHERE entry_id = ? AND name = ?`, [entryId, name]);
  }

  #present(entryId: EntryId, name: string): ChannelRow {
    const channel = this.get(entryId, name);
    if (channel === null) throw new StoreError('absent', `Entry ${entryId} has no channel ${name}.`);
    return channel;
  }

  #create(entryId: EntryId, name: string, mimetype: string, state: ChannelState): number {
    const id = this.#ids.next('channel');
    this.#database.run(`INSERT INTO channel (${COLUMNS}) VALUES (?, ?, ?, ?, 0, 0, 0, 0, '', ?, ${NEVER_INDEXED})`, [
      id,
      entryId,
      name,
      mimetype,
      state,
    ]);
    return id;
  }

  #clear(channel: Row): void {
    const id = Number(channel.id);
    this.#indexer.channelChanges(id);
    this.#database.run('DELETE FROM chunk WHERE channel_id = ?', [id]);
  }

  #addBlob(channelId: number, content: string): void {
    this.#database.run('INSERT INTO chunk (channel_id, start, length, blob_id) VALUES (?, 0, ?, ?)', [
      channelId,
      content.length,
      this.#blobs.id(content),
    ]);
  }

  #addText(channelId: number, start: number, text: string): void {
    const last = this.#database.get(
      `SELECT id, length, typeof(text) AS kind FROM chunk WHERE channel_id = ? ORDER BY start DESC LIMIT 1`,
      [channelId],
    );
    const joins = last?.kind === 'text' && Number(last.length) < MERGE_BELOW && !text.includes('\0');
    if (joins) {
      this.#database.run('UPDATE chunk SET text = text || ?, length = length + ? WHERE id = ?', [
        text,
        text.length,
        Number(last?.id),
      ]);
      return;
    }
    this.#database.run('INSERT INTO chunk (channel_id, start, length, text) VALUES (?, ?, ?, ?)', [
      channelId,
      start,
      text.length,
      text,
    ]);
  }

  #consolidate(channelId: number, length: number): void {
    if (length === 0 || length > CONSOLIDATE_UP_TO) return;
    const content = this.#read(channelId, 0, length);
    this.#database.run('DELETE FROM chunk WHERE channel_id = ?', [channelId]);
    this.#addBlob(channelId, content);
    this.#database.run('UPDATE channel SET hash = ? WHERE id = ?', [hashOf(content).toString('hex'), channelId]);
  }

  #read(channelId: number, from: number, to: number): string {
    if (from >= to) return '';
    const first = this.#database.get(
      'SELECT start FROM chunk WHERE channel_id = ? AND start <= ? ORDER BY start DESC LIMIT 1',
      [channelId, from],
    );
    const base = Number(first?.start ?? 0);
    const chunks = this.#database.all(
      `SELECT coalesce(chunk.text, blob.content) AS text FROM chunk LEFT JOIN blob ON blob.id = chunk.blob_id
        WHERE channel_id = ? AND start >= ? AND start < ? ORDER BY start`,
      [channelId, base, to],
    );
    const text = chunks.length === 1 ? textOf(chunks[0]?.text) : chunks.map(chunk => textOf(chunk.text)).join('');
    return from === base && text.length === to - base ? text : text.slice(from - base, to - base);
  }
}
