import { StoreError } from './store-error.ts';

/** Version of the lines themselves; what is in the rows goes by the schema. */
export const TRANSFER_VERSION = 1;

export interface Head {
  readonly kind: 'plurnk-session';
  readonly version: number;
  /** Of the database that it was exported from. */
  readonly schema: number;
  readonly name: string;
}

/** One line of an exported session. Bytes are `{"$bytes": base64}`. */
export type Line =
  | Head
  | {
      readonly kind: 'blob';
      readonly id: number;
      readonly pinned: boolean;
      /** Under which other rows know the text. */
      readonly hash: string;
      readonly content: string;
    }
  | { readonly kind: 'row'; readonly table: string; readonly row: Readonly<Record<string, unknown>> };

export interface SessionLines {
  readonly head: Head;
  readonly texts: readonly Extract<Line, { kind: 'blob' }>[];
  readonly rows: readonly Extract<Line, { kind: 'row' }>[];
}

/** Throws StoreError: `misuse` with a sentence for what is no exported session, `schema-too-new` with both versions. */
export function readLines(lines: Iterable<string>, schema: number): SessionLines {
  let head: Head | null = null;
  const texts: Extract<Line, { kind: 'blob' }>[] = [];
  const rows: Extract<Line, { kind: 'row' }>[] = [];
  let number = 0;
  for (const text of lines) {
    number++;
    if (text.trim() === '') continue;
    if (head === null) {
      head = readHead(text, schema);
      continue;
    }
    const value = readObject(text);
    if (value?.kind === 'blob' && typeof value.id === 'number' && typeof value.content === 'string') {
      texts.push(value as unknown as Extract<Line, { kind: 'blob' }>);
    } else if (value?.kind === 'row' && typeof value.table === 'string' && isObject(value.row)) {
      rows.push(value as unknown as Extract<Line, { kind: 'row' }>);
    } else throw new StoreError('misuse', `The file is damaged: line ${number} is neither a text nor a row.`);
  }
  if (head === null) throw new StoreError('misuse', 'The file is empty.');
  return { head, texts, rows };
}

function readHead(text: string, schema: number): Head {
  if (text.trimStart().startsWith('<')) throw foreign('This is an export for reading (HTML).');
  const head = readObject(text);
  if (head?.type === 'session') throw foreign('This is an export for scripts (JSON Lines).');
  if (head?.kind !== 'plurnk-session' || typeof head.version !== 'number' || typeof head.name !== 'string') {
    throw new StoreError('misuse', 'This is not an exported Plurnk session.');
  }
  const written = typeof head.schema === 'number' ? head.schema : 1;
  if (head.version > TRANSFER_VERSION || written > schema) {
    throw new StoreError(
      'schema-too-new',
      `The file was written by a newer Plurnk (version ${head.version}, schema ${written}); this one reads up to version ${TRANSFER_VERSION}, schema ${schema}.`,
    );
  }
  return { kind: 'plurnk-session', version: head.version, schema: written, name: head.name };
}

function foreign(what: string): StoreError {
  return new StoreError('misuse', `${what} Export the session in the format "session" to import it.`);
}

function readObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
