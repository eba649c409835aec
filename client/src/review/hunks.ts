import { structuredPatch } from 'diff';

/** One contiguous change between what was and what is proposed. Lines are 0-based, ends exclusive. */
export interface Hunk {
  readonly baseStart: number;
  readonly baseEnd: number;
  readonly start: number;
  readonly end: number;
  /** Names the hunk by its texts, so that it is known again after the lines before it moved. */
  readonly key: string;
}

/** Changes in order, without context lines. */
export function hunksOf(baseline: string, text: string): readonly Hunk[] {
  const patch = structuredPatch('a', 'b', baseline, text, '', '', { context: 0 });
  return patch.hunks.map(({ oldStart, oldLines, newStart, newLines, lines }) => {
    // An empty side is counted from the line before it.
    const baseStart = oldLines === 0 ? oldStart : oldStart - 1;
    const start = newLines === 0 ? newStart : newStart - 1;
    return {
      baseStart,
      baseEnd: baseStart + oldLines,
      start,
      end: start + newLines,
      key: `${baseStart}\n${lines.join('\n')}`,
    };
  });
}

/** The text with one hunk taken back to what it was. */
export function withoutHunk(baseline: string, text: string, hunk: Hunk): string {
  const lines = splitLines(text);
  const before = splitLines(baseline).slice(hunk.baseStart, hunk.baseEnd);
  return [...lines.slice(0, hunk.start), ...before, ...lines.slice(hunk.end)].join('');
}

/** Lines with their ends. */
function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
