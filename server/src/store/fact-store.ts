import type { JsonValue } from '@plurnk/protocol';
import type { FactStore } from './contract.ts';
import type { Database } from './database.ts';
import { json, jsonValue } from './values.ts';

export class SqlFactStore implements FactStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  get(key: string): JsonValue | undefined {
    const row = this.#database.get('SELECT value FROM fact WHERE key = ?', [key]);
    return row === null ? undefined : jsonValue(row.value);
  }

  set(key: string, value: JsonValue): void {
    this.#database.run(
      'INSERT INTO fact (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
      [key, json(value)],
    );
  }

  delete(key: string): void {
    this.#database.run('DELETE FROM fact WHERE key = ?', [key]);
  }
}
