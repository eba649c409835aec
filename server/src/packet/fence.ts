/**
 * Puts `body` between `<<:::<address>` and `:::<address>` (PKT-10). A body that contains the closing line gets a
 * suffix that does not occur in it, so nothing inside can end the fence (PKT-12).
 */
export function fence(address: string, body: string): string {
  const [open, close] = fenceLines(address, body);
  return open + body + close;
}

/** What stands before and behind a body. */
export function fenceLines(address: string, body: string): readonly [open: string, close: string] {
  const tag = freeTag(address, body);
  return [`<<:::${tag}\n`, `${body.endsWith('\n') ? '' : '\n'}:::${tag}\n`];
}

function freeTag(address: string, body: string): string {
  let tag = address;
  for (let n = 1; body.includes(`:::${tag}`); n += 1) tag = `${address}_${n}`;
  return tag;
}

/** `N:⇥line` for every line (PKT-13). A final line feed ends the last line, it does not begin another. */
export function numberLines(text: string, first = 1): string {
  const lines = text.split('\n');
  if (lines.length > 1 && lines.at(-1) === '') lines.pop();
  return lines.map((line, index) => `${first + index}:\t${line}`).join('\n');
}
