import { createHash } from 'node:crypto';
import type { BlobStore } from './contract.ts';
import type { Database } from './database.ts';
import { textOf, textOrNull } from './values.ts';

/** Texts up to this many characters in total are remembered with their ids, so that a packet's parts are not hashed again. */
const MAX_KNOWN_CHARACTERS = 32 << 20;

/** Content-addressed texts: the same text is stored once, whoever refers to it. */
export class SqlBlobStore implements BlobStore {
  readonly #database: Database;
  readonly #known = new Map<string, number>();
  #knownCharacters = 0;
  #lastId: number | null = null;
  #touched: Set<number> | null = null;

  constructor(database: Database) {
    this.#database = database;
    database.onUndone(() => this.forget());
  }

  /** A text whose hash the caller keeps: it stays until no stored value names that hash any more. */
  put(text: string): string {
    const hash = hashOf(text);
    const id = this.#insert(text, hash);
    this.#database.run('UPDATE blob SET pinned = 1 WHERE id = ? AND pinned = 0', [id]);
    return hash.toString('hex');
  }

  get(hash: string): string | null {
    return textOrNull(
      this.#database.get('SELECT content FROM blob WHERE hash = ?', [Buffer.from(hash, 'hex')])?.content,
    );
  }

  /** Internal id of a text, stored when it is new. */
  id(text: string): number {
    const known = this.#known.get(text);
    if (known !== undefined) {
      this.#touched?.add(known);
      return known;
    }
    const id = this.#insert(text, hashOf(text));
    if (this.#knownCharacters > MAX_KNOWN_CHARACTERS) this.#drop();
    this.#known.set(text, id);
    this.#knownCharacters += text.length;
    return id;
  }

  text(id: number): string {
    return textOf(this.#database.get('SELECT content FROM blob WHERE id = ?', [id])?.content);
  }

  /** From now on, ids that are handed out are gathered: a sweep must leave them. */
  watch(): ReadonlySet<number> {
    this.#drop();
    this.#touched = new Set();
    return this.#touched;
  }

  unwatch(): void {
    this.#touched = null;
  }

  /** Called when blobs were removed or their insertion was undone. */
  forget(): void {
    this.#drop();
    this.#lastId = null;
  }

  #drop(): void {
    this.#known.clear();
    this.#knownCharacters = 0;
  }

  #insert(text: string, hash: Buffer): number {
    const found = this.#database.get('SELECT id FROM blob WHERE hash = ?', [hash]);
    if (found !== null) {
      this.#touched?.add(Number(found.id));
      return Number(found.id);
    }
    this.#lastId ??= Number(this.#database.get('SELECT coalesce(max(id), 0) AS id FROM blob')?.id ?? 0);
    const id = ++this.#lastId;
    this.#touched?.add(id);
    this.#database.run('INSERT INTO blob (id, hash, pinned, content) VALUES (?, ?, 0, ?)', [id, hash, text]);
    return id;
  }
}

export function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
