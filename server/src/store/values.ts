import type { JsonObject, JsonValue } from '@plurnk/protocol';
import type { SqlValue } from './journal-format.ts';
import type { Row } from './sql-engine.ts';
import { StoreError } from './store-error.ts';

const decoder = new TextDecoder();
const EMPTY_OBJECT: JsonObject = Object.freeze({});
const EMPTY_LIST: readonly string[] = Object.freeze([]);

/** A nullable text column; bytes where the text has a NUL in it. */
export function textOrNull(value: SqlValue | undefined): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : decoder.decode(value);
}

export function textOf(value: SqlValue | undefined): string {
  return textOrNull(value) ?? '';
}

export function numberOrNull(value: SqlValue | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}

export function jsonObject(value: SqlValue | undefined): JsonObject {
  return value === '{}' || value === null || value === undefined ? EMPTY_OBJECT : JSON.parse(textOf(value));
}

export function jsonValue(value: SqlValue | undefined): JsonValue {
  return value === null || value === undefined ? null : JSON.parse(textOf(value));
}

export function stringList(value: SqlValue | undefined): readonly string[] {
  return value === '[]' || value === null || value === undefined ? EMPTY_LIST : JSON.parse(textOf(value));
}

/** Keys keep their order, so that the same object is the same text. */
export function json(value: unknown): string {
  return JSON.stringify(value);
}

export function flag(value: boolean): number {
  return value ? 1 : 0;
}

/** A row that must be there. Throws StoreError `absent`. */
export function present(row: Row | null, what: string, id: number): Row {
  if (row === null) throw new StoreError('absent', `There is no ${what} ${id}.`);
  return row;
}

/** `column = ?` for every key of a patch that is set, and the values in the same order. */
export function assignments(columns: readonly (readonly [string, SqlValue | undefined])[]): {
  readonly sql: string;
  readonly values: readonly SqlValue[];
} {
  const set = columns.filter((column): column is readonly [string, SqlValue] => column[1] !== undefined);
  return { sql: set.map(([name]) => `${name} = ?`).join(', '), values: set.map(([, value]) => value) };
}
