import {
  findNodeAtLocation,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import { LineIndex } from './line-index.ts';
import { attempt, type Location, type Projected, type ValueProjection } from './projection.ts';

/** JSON, also with comments and trailing commas, as configuration files have them. */
export function projectJson(text: string): Projected<ValueProjection> {
  return attempt('JSON', () => {
    const errors: ParseError[] = [];
    const root = parseTree(text, errors, { allowTrailingComma: true });
    const lines = new LineIndex(text);
    const first = errors[0];
    if (first) throw new SyntaxError(`${printParseErrorCode(first.error)} on line ${lines.lineAt(first.offset)}`);
    if (!root) throw new SyntaxError('empty');
    return {
      value: getNodeValue(root) as unknown,
      spanOf: location => spanOf(root, location, lines),
    };
  });
}

/** A property's span begins at its key. */
function spanOf(root: Node, location: Location, lines: LineIndex) {
  const node = findNodeAtLocation(root, [...location]) ?? root;
  const start = node.parent?.type === 'property' ? node.parent.offset : node.offset;
  return lines.span(start, node.offset + node.length);
}

/** One value a line; blank lines hold null. */
export function projectJsonLines(text: string): Projected<ValueProjection> {
  return attempt('JSON lines', () => {
    const lines = text.replace(/\n$/, '').split('\n');
    const value = lines.map((line, i) => (line.trim() === '' ? null : parseLine(line, i)));
    return {
      value,
      spanOf: location => {
        const line = typeof location[0] === 'number' ? location[0] + 1 : null;
        return line ? { lineStart: line, lineEnd: line } : { lineStart: 1, lineEnd: lines.length };
      },
    };
  });
}

function parseLine(line: string, i: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new SyntaxError(`line ${i + 1} is not a JSON value`);
  }
}
