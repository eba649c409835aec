import type { Element } from '@xmldom/xmldom';
import type { OutlineNode } from '../outline/outline.ts';
import { DomBuilder } from './dom-builder.ts';
import type { DomProjection } from './projection.ts';

/**
 * The outline as elements named by kind: `//h2[.="Setup"]`, `//class[@name="A"]/method`. The name is an attribute and
 * the element's own first text.
 */
export function outlineDom(outline: readonly OutlineNode[]): DomProjection {
  const builder = new DomBuilder();
  const root = builder.element('outline', null);
  const queue: [readonly OutlineNode[], Element][] = [[outline, root]];
  for (let next = queue.pop(); next; next = queue.pop()) {
    const [nodes, parent] = next;
    for (const node of nodes) {
      const element = builder.element(node.kind, { lineStart: node.lineStart, lineEnd: node.lineEnd });
      builder.attribute(element, 'name', node.name);
      builder.text(element, node.name, { lineStart: node.nameLine, lineEnd: node.nameLine });
      parent.appendChild(element);
      queue.push([node.children, element]);
    }
  }
  return builder.finish(root);
}
