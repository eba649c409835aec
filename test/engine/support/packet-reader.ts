/** A row as a reader of the packet sees it. */
export interface ReadRow {
  readonly mark: string;
  readonly meta: { readonly [key: string]: unknown };
  readonly body: string | null;
}

/** Reads a log section by the rules of PKT-10 and nothing else; throws at the first line that fits none of them. */
export function readLog(text: string): ReadRow[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const rows: ReadRow[] = [];
  let at = 0;
  while (at < lines.length) {
    const meta = /^([+*-]) (\{.*\})$/.exec(lines[at] ?? '');
    if (meta === null) throw new Error(`line ${at + 1} is no meta line: ${lines[at]}`);
    at += 1;
    const [, mark = '', json = ''] = meta;
    let body: string | null = null;
    if (mark === '+') [body, at] = readFence(lines, at);
    rows.push({ mark, meta: JSON.parse(json), body });
  }
  return rows;
}

function readFence(lines: readonly string[], start: number): [string, number] {
  const open = lines[start] ?? '';
  if (!open.startsWith('<<:::')) throw new Error(`line ${start + 1} opens no fence: ${open}`);
  const end = lines.indexOf(`:::${open.slice(5)}`, start + 1);
  if (end === -1) throw new Error(`the fence ${open} is not closed`);
  return [lines.slice(start + 1, end).join('\n'), end + 1];
}
