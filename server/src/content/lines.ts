/** Text as lines. Only LF ends a line; a final LF ends the last line and starts no further one. */

/** Empty text has no lines. */
export function splitLines(text: string): string[] {
  if (text === '') return [];
  const lines = text.split('\n');
  if (text.endsWith('\n')) lines.pop();
  return lines;
}

export function countLines(text: string): number {
  if (text === '') return 0;
  let count = text.endsWith('\n') ? 0 : 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/** `N:⇥line` with true source numbers (RES-13). */
export function numberLines(lines: readonly string[], first: number): string {
  return lines.map((line, index) => `${first + index}:\t${line}`).join('\n');
}

export function numberText(text: string, first = 1): string {
  return numberLines(splitLines(text), first);
}

/** Offsets at which lines start; the last one is the length when the text does not end inside a line. */
export function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
