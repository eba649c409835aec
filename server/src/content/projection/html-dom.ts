import type { Element } from '@xmldom/xmldom';
import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import type { LineSpan } from '../contract.ts';
import { DomBuilder } from './dom-builder.ts';
import { attempt, type DomProjection, type Projected } from './projection.ts';

type Parent = DefaultTreeAdapterTypes.ParentNode;
type Tag = DefaultTreeAdapterTypes.Element;

/** HTML as a browser reads it: never malformed, element names in lower case. */
export function projectHtml(text: string): Projected<DomProjection> {
  return attempt('HTML', () => {
    const source = parse(text, { sourceCodeLocationInfo: true });
    const builder = new DomBuilder();
    const top = source.childNodes.find((node): node is Tag => 'tagName' in node);
    if (!top) throw new SyntaxError('empty');
    const root = open(builder, top);
    const queue: [Parent, Element][] = [[top, root]];
    for (let next = queue.pop(); next; next = queue.pop()) {
      const [from, to] = next;
      for (const child of 'content' in from ? from.content.childNodes : from.childNodes) {
        if (child.nodeName === '#text' && 'value' in child) builder.text(to, child.value, spanOf(child));
        if (!('tagName' in child)) continue;
        const made = open(builder, child);
        to.appendChild(made);
        queue.push([child, made]);
      }
    }
    return builder.finish(root);
  });
}

function open(builder: DomBuilder, tag: Tag): Element {
  const element = builder.element(tag.tagName, spanOf(tag));
  for (const { name, value } of tag.attrs) builder.attribute(element, name, value);
  return element;
}

function spanOf(node: {
  sourceCodeLocation?: { startLine: number; endLine: number } | null | undefined;
}): LineSpan | null {
  const at = node.sourceCodeLocation;
  return at ? { lineStart: at.startLine, lineEnd: at.endLine } : null;
}
