import { PlurnkParser, type StatementSpans, statementSpans, TagFinder } from '@plurnk/plurnk-grammar';
import type { EmissionNode } from '@plurnk/protocol';

/** How an emission was understood: statements with their parts, prose, errors, in source order (UI-30). */
export function emissionTree(text: string): EmissionNode[] {
  if (text === '') return [];
  const finder = new TagFinder(text);
  return PlurnkParser.parse(text).items.map((item): EmissionNode => {
    if (item.kind === 'error') {
      const { message, offset, endOffset } = item.error;
      return { kind: 'error', label: message, start: offset, end: Math.max(offset, endOffset), parts: [] };
    }
    const { position } = item.kind === 'text' ? item : item.statement;
    const place = { start: position.offset, end: position.endOffset };
    if (item.kind === 'text') return { kind: 'text', label: firstWords(item.text), ...place, parts: [] };
    const { op, suffix, target } = item.statement;
    const spans = statementSpans(text, place.start, finder);
    return {
      kind: 'statement',
      label: `${op}${suffix} ${target?.raw ?? ''}`.trim(),
      ...place,
      parts: spans ? partsOf(spans) : [],
    };
  });
}

function partsOf({ open, slots, body, close }: StatementSpans): EmissionNode['parts'] {
  const parts: EmissionNode['parts'] = [{ name: 'tag', ...open }];
  for (const { kind, start, end } of slots) parts.push({ name: kind, start, end });
  if (body) parts.push({ name: 'body', ...body });
  if (close) parts.push({ name: 'close', ...close });
  return parts;
}

const firstWords = (text: string): string => text.trim().split('\n')[0]?.slice(0, 80) ?? '';
