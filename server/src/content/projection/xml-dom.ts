import { parseXml, XmlElement, type XmlNode, XmlText } from '@rgrove/parse-xml';
import type { Element } from '@xmldom/xmldom';
import { DomBuilder } from './dom-builder.ts';
import { LineIndex } from './line-index.ts';
import { attempt, type DomProjection, type Projected } from './projection.ts';

/** XML. The parser resolves no external entities and expands no declared ones, so no entity can grow (RL-13). */
export function projectXml(text: string): Projected<DomProjection> {
  return attempt('XML', () => {
    const source = parseXml(text, { includeOffsets: true });
    if (!source.root) throw new SyntaxError('no root element');
    const lines = new LineIndex(text);
    const builder = new DomBuilder();
    const spanOf = (node: XmlNode) => (node.start < 0 ? null : lines.span(node.start, node.end));
    const open = (element: XmlElement): Element => {
      const made = builder.element(element.name, spanOf(element));
      for (const [name, value] of Object.entries(element.attributes)) builder.attribute(made, name, value);
      return made;
    };
    const root = open(source.root);
    const queue: [XmlElement, Element][] = [[source.root, root]];
    for (let next = queue.pop(); next; next = queue.pop()) {
      const [from, to] = next;
      for (const child of from.children) {
        if (child instanceof XmlText) builder.text(to, child.text, spanOf(child));
        if (!(child instanceof XmlElement)) continue;
        const made = open(child);
        to.appendChild(made);
        queue.push([child, made]);
      }
    }
    return builder.finish(root);
  });
}
