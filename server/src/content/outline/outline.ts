import type { LineSpan } from '../contract.ts';

/** One named part of a document: a heading, a class, a function. The same tree serves XPath, JSONPath and the graph. */
export interface OutlineNode extends LineSpan {
  /** `h1` … `h6` for Markdown; `class`, `function`, `method`, `interface`, … for source code. */
  readonly kind: string;
  readonly name: string;
  /** Line on which the name stands. */
  readonly nameLine: number;
  readonly children: readonly OutlineNode[];
}

/** A use of a name in source code, outside the place that defines it. */
export interface Reference {
  readonly name: string;
  readonly line: number;
}

/** What the code graph knows of one text (RES-44). */
export interface SourceIndex {
  readonly outline: readonly OutlineNode[];
  readonly references: readonly Reference[];
}

export const EMPTY_INDEX: SourceIndex = { outline: [], references: [] };

/** Every node of the tree, parents before children. */
export function* flatten(nodes: readonly OutlineNode[]): Generator<OutlineNode> {
  const stack = [...nodes].reverse();
  for (let node = stack.pop(); node; node = stack.pop()) {
    yield node;
    for (let i = node.children.length - 1; i >= 0; i--) stack.push(node.children[i] as OutlineNode);
  }
}
