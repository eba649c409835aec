import type { Heading, PhrasingContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import type { OutlineNode } from './outline.ts';

interface OpenHeading {
  readonly kind: string;
  readonly name: string;
  readonly nameLine: number;
  readonly lineStart: number;
  lineEnd: number;
  readonly children: OpenHeading[];
}

/** Headings as a tree; a heading's span is its section, down to the next heading of its level or above. */
export function outlineMarkdown(text: string): readonly OutlineNode[] {
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  const roots: OpenHeading[] = [];
  const open: { depth: number; node: OpenHeading }[] = [];
  for (const heading of headingsOf(text)) {
    const line = heading.position?.start.line ?? 1;
    closeDown(open, heading.depth, line - 1);
    const node = openHeading(heading, line);
    (open.at(-1)?.node.children ?? roots).push(node);
    open.push({ depth: heading.depth, node });
  }
  closeDown(open, 0, Math.max(lines, 1));
  return roots;
}

const headingsOf = (text: string): readonly Heading[] =>
  fromMarkdown(text).children.filter((node): node is Heading => node.type === 'heading');

function closeDown(open: { depth: number; node: OpenHeading }[], depth: number, line: number): void {
  for (let last = open.at(-1); last && last.depth >= depth; last = open.at(-1)) {
    last.node.lineEnd = Math.max(line, last.node.lineStart);
    open.pop();
  }
}

const openHeading = (heading: Heading, line: number): OpenHeading => ({
  kind: `h${heading.depth}`,
  name: heading.children.map(plain).join('').trim(),
  nameLine: line,
  lineStart: line,
  lineEnd: line,
  children: [],
});

function plain(node: PhrasingContent): string {
  if ('value' in node) return node.value;
  if ('children' in node) return node.children.map(plain).join('');
  return 'alt' in node ? (node.alt ?? '') : '';
}
