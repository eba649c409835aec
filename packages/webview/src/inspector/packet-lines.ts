import type { EmissionNode, PacketSection } from '@plurnk/protocol';
import type { Line } from './lines.ts';

/** A section's lines: rows of the log carry their weight, lines that the packet before did not have are marked. */
export function sectionLines(section: PacketSection, before: PacketSection | undefined): Line[] {
  const known = before && new Map<string, number>();
  for (const line of before?.content.split('\n') ?? []) known?.set(line, (known.get(line) ?? 0) + 1);
  return section.content.split('\n').map(text => {
    const weight = weightOf(text);
    return { text, ...(weight === null ? {} : { weight }), ...(isNew(text, known) ? { tone: 'add' } : {}) };
  });
}

function isNew(text: string, known: Map<string, number> | undefined): boolean {
  if (!known) return false;
  const left = known.get(text) ?? 0;
  known.set(text, left - 1);
  return left <= 0;
}

/** Tokens of a meta line (PKT-10); null for any other line. */
function weightOf(text: string): number | null {
  if (!/^[+\-*] \{/.test(text)) return null;
  const tokens = /"tokens":(\d+)/.exec(text)?.[1];
  return tokens === undefined ? null : Number(tokens);
}

export const heaviest = (lines: readonly Line[]): number =>
  lines.reduce((most, line) => Math.max(most, line.weight ?? 0), 0);

/** A unified diff as lines with their tone. */
export const diffLines = (diff: string): Line[] =>
  diff.split('\n').map(text => {
    if (text.startsWith('@@')) return { text, tone: 'hunk' };
    if (text.startsWith('+++') || text.startsWith('---')) return { text, tone: 'head' };
    const tone = text.startsWith('+') ? 'add' : text.startsWith('-') ? 'remove' : 'same';
    return { text: tone === 'same' ? text : text.slice(1), tone };
  });

/** The emission with tags and slots coloured as they were understood (UI-30). */
export function emissionLines(text: string, tree: readonly EmissionNode[]): Line[] {
  const marks = tree
    .flatMap(node => [
      ...node.parts.map(part => ({
        start: part.start,
        end: part.end,
        tone: part.name === 'close' ? 'tag' : part.name,
      })),
      ...(node.kind === 'error' ? [{ start: node.start, end: node.end, tone: 'error' }] : []),
    ])
    .filter(mark => mark.tone !== 'body')
    .sort((a, b) => a.start - b.start);
  const lines: Line[] = [];
  let next = 0;
  let start = 0;
  for (const line of text.split('\n')) {
    const end = start + line.length;
    const pieces: { text: string; tone: string }[] = [];
    let at = start;
    while (next < marks.length && (marks[next]?.end ?? 0) <= start) next++;
    for (let i = next; i < marks.length && (marks[i]?.start ?? 0) < end; i++) {
      const mark = marks[i] as { start: number; end: number; tone: string };
      const from = Math.max(at, mark.start);
      const to = Math.min(end, mark.end);
      if (to <= from) continue;
      if (from > at) pieces.push({ text: text.slice(at, from), tone: '' });
      pieces.push({ text: text.slice(from, to), tone: mark.tone });
      at = to;
    }
    if (at < end) pieces.push({ text: text.slice(at, end), tone: '' });
    lines.push({ text: line, pieces });
    start = end + 1;
  }
  return lines;
}
