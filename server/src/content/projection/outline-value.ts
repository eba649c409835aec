import type { LineSpan } from '../contract.ts';
import type { OutlineNode } from '../outline/outline.ts';
import type { ValueProjection } from './projection.ts';

interface OutlineValue {
  readonly kind: string;
  readonly name: string;
  readonly line: number;
  readonly endLine: number;
  readonly children: readonly OutlineValue[];
}

const outlineValue = (node: OutlineNode): OutlineValue => ({
  kind: node.kind,
  name: node.name,
  line: node.lineStart,
  endLine: node.lineEnd,
  children: node.children.map(outlineValue),
});

/** The outline as JSON: `$..[?@.kind=="function"]` selects the functions. */
export function projectOutline(outline: readonly OutlineNode[]): ValueProjection {
  const value = outline.map(outlineValue);
  return {
    value,
    spanOf: location => {
      let node: unknown = value;
      let span: LineSpan = { lineStart: 1, lineEnd: Math.max(1, value.at(-1)?.endLine ?? 1) };
      for (const step of location) {
        node = (node as Record<string | number, unknown>)[step];
        if (isOutlineValue(node)) span = { lineStart: node.line, lineEnd: node.endLine };
      }
      return span;
    },
  };
}

const isOutlineValue = (node: unknown): node is OutlineValue =>
  typeof node === 'object' && node !== null && 'endLine' in node;
