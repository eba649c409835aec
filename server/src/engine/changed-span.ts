const CONTEXT = 2;
const MOST_LINES = 200;

/** The lines that differ, numbered as in the new text, with two lines of context (RES-12, ENG-50). */
export function changedSpan(before: string | null, after: string): string {
  const now = after.split('\n');
  const then = before === null ? [] : before.split('\n');
  let start = 0;
  while (start < now.length && start < then.length && now[start] === then[start]) start += 1;
  let tail = 0;
  while (tail < now.length - start && tail < then.length - start && now.at(-1 - tail) === then.at(-1 - tail)) tail += 1;
  const from = Math.max(0, start - CONTEXT);
  const to = Math.min(now.length, now.length - tail + CONTEXT);
  const shown = now.slice(from, Math.min(to, from + MOST_LINES)).map((line, index) => `${from + index + 1}:\t${line}`);
  const left = to - from - shown.length;
  return left > 0 ? [...shown, `… ${left} more lines`].join('\n') : shown.join('\n');
}
