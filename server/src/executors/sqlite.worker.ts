/**
 * Runs SQL from stdin and prints each result as CSV. Arguments: path of `sql-wasm.wasm`, then nothing (a database in
 * memory, which has no way to the machine's files), or `read` or `write` and the path of a database file.
 */
import { readFileSync } from 'node:fs';

type Cell = unknown;

function spell(value: Cell): string {
  if (value === null || value === undefined) return '';
  const text = value instanceof Uint8Array ? `x'${Buffer.from(value).toString('hex')}'` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function print(columns: readonly string[], rows: Iterable<readonly Cell[]>): void {
  process.stdout.write(`${columns.map(spell).join(',')}\n`);
  for (const row of rows) process.stdout.write(`${row.map(spell).join(',')}\n`);
}

async function inMemory(wasm: string, sql: string): Promise<void> {
  const { default: initSqlJs } = await import('sql.js');
  const engine = await initSqlJs({ locateFile: () => wasm });
  const database = new engine.Database();
  for (const statement of database.iterateStatements(sql)) {
    const rows: Cell[][] = [];
    while (statement.step()) rows.push(statement.get());
    const columns = statement.getColumnNames();
    if (columns.length > 0) print(columns, rows);
  }
}

async function onFile(file: string, readOnly: boolean, sql: string): Promise<void> {
  const { DatabaseSync } = await import('node:sqlite');
  const database = new DatabaseSync(file, { readOnly });
  try {
    let rest = sql;
    while (rest.trim() !== '') {
      const statement = database.prepare(rest);
      const source = statement.sourceSQL;
      const rows = statement.all();
      const columns = Object.keys(rows[0] ?? {});
      if (columns.length > 0)
        print(
          columns,
          rows.map(row => Object.values(row)),
        );
      const at = rest.indexOf(source);
      rest = at < 0 ? '' : rest.slice(at + source.length).replace(/^[\s;]+/, '');
    }
  } finally {
    database.close();
  }
}

const [wasm = '', access, file] = process.argv.slice(2);
const sql = readFileSync(0, 'utf8');
try {
  if (file === undefined) await inMemory(wasm, sql);
  else await onFile(file, access === 'read', sql);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
