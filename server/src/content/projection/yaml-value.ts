import { isCollection, isMap, isPair, isScalar, type Node, type Pair, parseAllDocuments } from 'yaml';
import type { LineSpan } from '../contract.ts';
import { LineIndex } from './line-index.ts';
import { attempt, type Location, type Projected, type ValueProjection } from './projection.ts';

type Range = { readonly start: number; readonly end: number };

/** YAML; several documents in one file are an array of their values. Aliases are bounded by the library. */
export function projectYaml(text: string): Projected<ValueProjection> {
  return attempt('YAML', () => {
    const documents = parseAllDocuments(text, { logLevel: 'silent' });
    const lines = new LineIndex(text);
    for (const document of documents) {
      const error = document.errors[0];
      if (error) throw new SyntaxError(error.message.split('\n')[0]);
    }
    const roots = documents.map(document => document.contents as Node | null);
    const values = documents.map(document => document.toJS({ maxAliasCount: 100 }) as unknown);
    const whole = lines.span(0, text.length);
    if (roots.length <= 1) {
      return { value: values[0] ?? null, spanOf: location => find(roots[0] ?? null, location, lines) ?? whole };
    }
    return {
      value: values,
      spanOf: ([index, ...rest]) =>
        typeof index === 'number' ? (find(roots[index] ?? null, rest, lines) ?? whole) : whole,
    };
  });
}

/** Lines of the deepest node that the location reaches. */
function find(root: Node | null, location: Location, lines: LineIndex): LineSpan | null {
  let node: unknown = root;
  let range = rangeOf(root);
  for (const step of location) {
    const next: unknown = childOf(node, step);
    const found = isPair(next) ? pairRange(next) : rangeOf(next);
    if (!found) break;
    range = found;
    node = isPair(next) ? next.value : next;
  }
  return range ? lines.span(range.start, range.end) : null;
}

function childOf(node: unknown, step: string | number): unknown {
  if (isMap(node)) return node.items.find(pair => isScalar(pair.key) && String(pair.key.value) === String(step));
  return isCollection(node) && typeof step === 'number' ? node.items[step] : undefined;
}

function rangeOf(node: unknown): Range | null {
  const range = (node as Node | null | undefined)?.range;
  return range ? { start: range[0], end: range[1] } : null;
}

function pairRange(pair: Pair): Range | null {
  const key = rangeOf(pair.key);
  const value = rangeOf(pair.value);
  return key ? { start: key.start, end: Math.max(key.end, value?.end ?? key.end) } : value;
}
