/**
 * JSON by item (RES-11): the elements of an array, or the pairs of an object as one-key objects. Edits are spliced into
 * the source text, so that what is not touched keeps its spelling (spacing, number notation, key order).
 */
import type { LineSpan } from './contract.ts';
import { isFailure, type MarkerFailure, selectRead, selectSplice } from './line-marker.ts';

interface Item {
  readonly start: number;
  readonly end: number;
}

interface Document {
  readonly kind: 'array' | 'object' | 'scalar';
  readonly items: readonly Item[];
  /** Offsets of the brackets; for a scalar those of the value. */
  readonly open: number;
  readonly close: number;
}

const SPACE = /[ \t\r\n]/;

function skipSpace(text: string, at: number): number {
  let next = at;
  while (next < text.length && SPACE.test(text.charAt(next))) next++;
  return next;
}

function trimEnd(text: string, start: number, end: number): number {
  let last = end;
  while (last > start && SPACE.test(text.charAt(last - 1))) last--;
  return last;
}

/** Offset after the string that opens at `at`. */
function skipString(text: string, at: number): number {
  let next = at + 1;
  while (text.charAt(next) !== '"') next += text.charAt(next) === '\\' ? 2 : 1;
  return next + 1;
}

/** Items between the outer brackets; `text` is known to be valid JSON, and nesting costs no stack. */
function scanItems(text: string, open: number): { items: Item[]; close: number } {
  const items: Item[] = [];
  let depth = 0;
  let start = skipSpace(text, open + 1);
  let at = start;
  for (;;) {
    const char = text.charAt(at);
    if (char === '"') {
      at = skipString(text, at);
      continue;
    }
    const ends = depth === 0 && (char === ',' || char === ']' || char === '}');
    if (ends) {
      const end = trimEnd(text, start, at);
      if (end > start) items.push({ start, end });
      if (char !== ',') return { items, close: at };
      start = skipSpace(text, at + 1);
    } else if (char === '[' || char === '{') depth++;
    else if (char === ']' || char === '}') depth--;
    at++;
  }
}

/** null: the text is not JSON. */
function scan(text: string): Document | null {
  if (!isJsonText(text)) return null;
  const open = skipSpace(text, 0);
  const lead = text.charAt(open);
  if (lead !== '[' && lead !== '{') {
    const end = trimEnd(text, open, text.length);
    return { kind: 'scalar', items: [{ start: open, end }], open, close: end };
  }
  return { kind: lead === '[' ? 'array' : 'object', open, ...scanItems(text, open) };
}

export function isJsonText(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const asItem = (document: Document, source: string): string => (document.kind === 'object' ? `{${source}}` : source);

const lineAt = (text: string, offset: number): number => {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
};

/** How many items a marker can address; null when the text is not JSON. */
export function countItems(text: string): number | null {
  return scan(text)?.items.length ?? null;
}

/** The selected items as a JSON array (RES-13), or null when the text is not JSON. */
export function sliceItems(
  text: string,
  marks: readonly number[],
): { text: string; span: LineSpan } | MarkerFailure | null {
  const document = scan(text);
  if (document === null) return null;
  const span = selectRead(marks, document.items.length, 'item');
  if (isFailure(span)) return span;
  const chosen = document.items.slice(span.lineStart - 1, span.lineEnd);
  const sources = chosen.map(item => asItem(document, text.slice(item.start, item.end)));
  return { text: sources.length === 0 ? '[]' : `[\n${sources.join(',\n')}\n]`, span };
}

function parseBody(body: string | null): { values: readonly unknown[] } | MarkerFailure {
  if (body === null || body.trim() === '') return { values: [] };
  try {
    const value: unknown = JSON.parse(body);
    return { values: Array.isArray(value) ? value : [value] };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { status: 400, message: `The body is not JSON (${reason}). Give one item, or an array of items.` };
  }
}

const isPlainObject = (value: unknown): value is { [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Source text of the new items: pairs for an object, values for an array. */
function spell(document: Document, values: readonly unknown[], indent: string): string[] | MarkerFailure {
  const unit = indent === '' ? '' : indent.includes('\t') ? '\t' : '  ';
  const json = (value: unknown): string => JSON.stringify(value, null, unit).replaceAll('\n', `\n${indent}`);
  if (document.kind === 'array') return values.map(json);
  const pairs: string[] = [];
  for (const value of values) {
    if (!isPlainObject(value))
      return { status: 400, message: 'This is a JSON object: give pairs such as {"key": value}.' };
    for (const [key, member] of Object.entries(value)) {
      pairs.push(`${JSON.stringify(key)}:${unit === '' ? '' : ' '}${json(member)}`);
    }
  }
  return pairs;
}

/** White space before the first item, when it is on a line of its own. */
function indentOf(text: string, document: Document): string {
  const first = document.items[0];
  const before = first === undefined ? '' : text.slice(document.open + 1, first.start);
  if (first === undefined) return text.slice(document.open, document.close).includes('\n') ? '  ' : '';
  return before.includes('\n') ? before.slice(before.lastIndexOf('\n') + 1) : '';
}

interface ItemSplice {
  readonly text: string;
  /** Lines of the new text that hold the spliced items. */
  readonly span: LineSpan;
}

function rebuild(text: string, document: Document, from: number, to: number, pairs: readonly string[]): ItemSplice {
  const indent = indentOf(text, document);
  const spread = indent !== '' || text.slice(document.open, document.close).includes('\n');
  const gap = spread ? `\n${indent}` : '';
  const kept = (items: readonly Item[]): string[] => items.map(item => text.slice(item.start, item.end));
  const head = kept(document.items.slice(0, from));
  const all = [...head, ...pairs, ...kept(document.items.slice(to))];
  const outer = text.slice(text.lastIndexOf('\n', document.open) + 1, document.open).replace(/\S.*/s, '');
  const separator = spread ? `,${gap}` : ', ';
  const tail = spread && all.length > 0 ? `\n${outer}` : '';
  const before = text.slice(0, document.open + 1) + (all.length > 0 ? gap : '');
  const result = before + all.join(separator) + tail + text.slice(document.close);
  const start = before.length + head.join(separator).length + (head.length > 0 ? separator.length : 0);
  const end = start + pairs.join(separator).length;
  return { text: result, span: { lineStart: lineAt(result, start), lineEnd: lineAt(result, Math.max(start, end)) } };
}

/** Splices items into JSON text (RES-11); null when the text is not JSON, so that the caller edits lines. */
export function spliceItems(
  text: string,
  marks: readonly number[],
  body: string | null,
): ItemSplice | MarkerFailure | null {
  const document = scan(text);
  if (document === null) return null;
  const parsed = parseBody(body);
  if (isFailure(parsed)) return parsed;
  if (document.kind === 'scalar') return spliceScalar(text, document, marks, body, parsed.values);
  const place = selectSplice(marks, document.items.length, 'item');
  if (isFailure(place)) return place;
  const pairs = spell(document, parsed.values, indentOf(text, document));
  if (isFailure(pairs)) return pairs;
  return rebuild(text, document, place.from, place.to, pairs);
}

/** A scalar takes `<1>` only, and stays one value: nothing is promoted to an array. */
function spliceScalar(
  text: string,
  document: Document,
  marks: readonly number[],
  body: string | null,
  values: readonly unknown[],
): ItemSplice | MarkerFailure {
  if (marks.length !== 1 || marks[0] !== 1) {
    return { status: 416, message: `<${marks.join(',')}> is outside the content: a single JSON value takes <1> only.` };
  }
  const value = values.length === 0 ? '' : (body ?? '').trim();
  const result = text.slice(0, document.open) + value + text.slice(document.close);
  return { text: result, span: { lineStart: 1, lineEnd: lineAt(result, document.open + value.length) } };
}
