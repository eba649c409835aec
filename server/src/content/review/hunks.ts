/** The parts of a change that a person decides one by one (UI-21), and the text that their decisions make. */

/** Half-open ranges of lines, counted from 0: first and end in the baseline, first and end in the proposed text. */
export type Hunk = readonly [baseStart: number, baseEnd: number, start: number, end: number];

interface PatchHunk {
  readonly oldStart: number;
  readonly newStart: number;
  readonly lines: readonly string[];
}

/** Lines with their ends; together they are the text again. */
export function linesWithEnds(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** The runs of changed lines in a patch with context; `oldStart` and `newStart` name the first line, context included. */
export function hunksOfPatch(patch: readonly PatchHunk[]): Hunk[] {
  const hunks: Hunk[] = [];
  for (const { oldStart, newStart, lines } of patch) {
    let [base, fresh] = [oldStart - 1, newStart - 1];
    let open: [number, number] | null = null;
    const close = (): void => {
      if (open !== null) hunks.push([open[0], base, open[1], fresh]);
      open = null;
    };
    for (const line of lines) {
      if (line.startsWith('\\')) continue;
      if (line.startsWith(' ')) close();
      else open ??= [base, fresh];
      if (!line.startsWith('+')) base++;
      if (!line.startsWith('-')) fresh++;
    }
    close();
  }
  return hunks;
}

/** The baseline with the accepted hunks of the proposal. All accepted is the proposal itself, none the baseline. */
export function compose(
  baseline: string,
  proposed: string,
  hunks: readonly Hunk[],
  accepted: ReadonlySet<number>,
): string {
  const [before, after] = [linesWithEnds(baseline), linesWithEnds(proposed)];
  const parts: string[] = [];
  let at = 0;
  for (const [index, [baseStart, baseEnd, start, end]] of hunks.entries()) {
    parts.push(...before.slice(at, baseStart));
    parts.push(...(accepted.has(index) ? after.slice(start, end) : before.slice(baseStart, baseEnd)));
    at = baseEnd;
  }
  parts.push(...before.slice(at));
  return parts.join('');
}
