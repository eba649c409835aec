/** HTML made harmless for a converter: without what is not text, and never deeper than a limit. Linear, no recursion. */
import { type DefaultTreeAdapterTypes, parse, serialize } from 'parse5';

type Node = DefaultTreeAdapterTypes.Node;
type Parent = DefaultTreeAdapterTypes.ParentNode;
type Child = DefaultTreeAdapterTypes.ChildNode;

const DROPPED = new Set([
  'script',
  'style',
  'noscript',
  'template',
  'iframe',
  'object',
  'embed',
  'svg',
  'canvas',
  'head',
  'link',
  'meta',
]);
const MAX_DEPTH = 100;

const isParent = (node: Node): node is Node & Parent => 'childNodes' in node;

/** Text of everything below, in order. */
function textOf(node: Parent): string {
  const parts: string[] = [];
  const open: Node[] = [...node.childNodes].reverse();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.nodeName === '#text' && 'value' in next) parts.push(next.value);
    else if (isParent(next) && !DROPPED.has(next.nodeName))
      for (let at = next.childNodes.length - 1; at >= 0; at--) open.push(next.childNodes[at] as Child);
  }
  return parts.join('');
}

function prune(root: Parent): void {
  const open: { node: Parent; depth: number }[] = [{ node: root, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, depth } = next;
    if (depth > MAX_DEPTH) {
      const value = textOf(node);
      node.childNodes = value === '' ? [] : [{ nodeName: '#text', value, parentNode: node }];
      continue;
    }
    node.childNodes = node.childNodes.filter(child => !DROPPED.has(child.nodeName) && child.nodeName !== '#comment');
    for (const child of node.childNodes) if (isParent(child)) open.push({ node: child, depth: depth + 1 });
  }
}

function titleOf(root: Parent): string {
  const open: Node[] = [root];
  for (let next = open.shift(); next !== undefined && open.length < 10_000; next = open.shift()) {
    if (next.nodeName === 'title' && isParent(next)) return textOf(next).trim();
    if (isParent(next)) open.push(...next.childNodes);
  }
  return '';
}

export function cleanHtml(html: string): { readonly html: string; readonly title: string } {
  const document = parse(html);
  const title = titleOf(document);
  prune(document);
  return { html: serialize(document), title };
}
