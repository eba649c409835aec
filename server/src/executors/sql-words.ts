/** Whether SQL text can only read: every statement begins with a reading word, and no other database is attached. */

const READING = new Set(['select', 'values', 'with', 'explain']);

/** Statements without comments and without the inside of strings, lower case. */
function bareStatements(sql: string): string[] {
  const bare = sql.replace(/--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]/g, ' ');
  return bare
    .split(';')
    .map(statement => statement.trim().toLowerCase())
    .filter(statement => statement !== '');
}

export function sqlOnlyReads(sql: string): boolean {
  return bareStatements(sql).every(statement => READING.has(/^[a-z]+/.exec(statement)?.[0] ?? ''));
}
