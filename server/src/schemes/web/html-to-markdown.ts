/** HTML as Markdown: headings, lists, code, tables; links made absolute. */
import TurndownService from 'turndown';
import { cleanHtml } from './html-tree.ts';

function absolute(reference: string | null, base: string): string {
  return reference !== null && URL.canParse(reference, base) ? new URL(reference, base).href : '';
}

const cell = (content: string): string =>
  ` ${content
    .trim()
    .replace(/\s*\n\s*/g, ' ')
    .replaceAll('|', '\\|')} |`;

/** A table row; after the first one comes the line that makes it a table. */
function row(content: string, node: TurndownService.Node): string {
  const element = node as unknown as {
    previousElementSibling: object | null;
    parentNode: { nodeName: string; previousElementSibling: object | null };
  };
  const first = element.previousElementSibling === null && element.parentNode.previousElementSibling === null;
  const cells = content.match(/(?<!\\)\|/g)?.length ?? 0;
  return `\n|${content}${first ? `\n|${' --- |'.repeat(cells)}` : ''}`;
}

function converter(base: string): TurndownService {
  const service = new TurndownService({
    headingStyle: 'atx',
    codeBlockStyle: 'fenced',
    bulletListMarker: '-',
    hr: '---',
  });
  const attribute = (node: TurndownService.Node, name: string): string | null =>
    (node as unknown as { getAttribute(name: string): string | null }).getAttribute(name);
  service.addRule('link', {
    filter: node => node.nodeName === 'A' && node.getAttribute('href') !== null,
    replacement(content, node) {
      const target = absolute(attribute(node, 'href'), base);
      const text = content.trim().replace(/\s+/g, ' ');
      return target === '' || text === '' ? text : `[${text}](${target})`;
    },
  });
  service.addRule('image', {
    filter: 'img',
    replacement(_content, node) {
      const alt = (attribute(node, 'alt') ?? '').trim();
      const source = attribute(node, 'src');
      return alt === '' || source === null || source.startsWith('data:') ? alt : `![${alt}](${absolute(source, base)})`;
    },
  });
  service.addRule('cell', { filter: ['td', 'th'], replacement: cell });
  service.addRule('row', { filter: 'tr', replacement: row });
  service.addRule('table', { filter: 'table', replacement: content => `\n\n${content.trim()}\n\n` });
  service.addRule('tableParts', { filter: ['thead', 'tbody', 'tfoot'], replacement: content => content });
  return service;
}

export function htmlToMarkdown(html: string, base: string): string {
  const { html: clean, title } = cleanHtml(html);
  const body = converter(base).turndown(clean).trim();
  const heading = title === '' || body.startsWith(`# ${title}`) ? '' : `# ${title}\n\n`;
  return `${heading}${body}\n`;
}
