import { parse } from 'smol-toml';
import type { LineSpan } from '../contract.ts';
import { attempt, type Location, type Projected, type ValueProjection } from './projection.ts';

interface Place extends LineSpan {
  readonly path: string;
}

/** TOML. The parser knows no lines, so keys and table headers are found again by a scan of the text. */
export function projectToml(text: string): Projected<ValueProjection> {
  return attempt('TOML', () => {
    const value: unknown = parse(text);
    const places = new Map(scan(text).map(place => [place.path, place]));
    const whole = { lineStart: 1, lineEnd: Math.max(1, text.replace(/\n$/, '').split('\n').length) };
    return { value, spanOf: location => deepest(places, location) ?? whole };
  });
}

function deepest(places: ReadonlyMap<string, Place>, location: Location): LineSpan | null {
  for (let length = location.length; length > 0; length--) {
    const place = places.get(keyOf(location.slice(0, length)));
    if (place) return { lineStart: place.lineStart, lineEnd: place.lineEnd };
  }
  return null;
}

const keyOf = (location: Location): string => JSON.stringify(location.map(String));

/** A table spans to the line before the next header; a key spans its value, over several lines if need be. */
function scan(text: string): Place[] {
  const lines = text.replace(/\n$/, '').split('\n');
  const places: Place[] = [];
  const counts = new Map<string, number>();
  let table: (string | number)[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] as string;
    const header = /^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?/.exec(line);
    if (header) {
      table = tablePath(header[2] as string, header[1] === '[[', counts);
      places.push({ path: keyOf(table), lineStart: i + 1, lineEnd: tableEnd(lines, i) });
      continue;
    }
    const key = /^\s*((?:"[^"]*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*=(.*)$/.exec(line);
    if (!key) continue;
    const end = valueEnd(lines, i, key[2] as string);
    places.push({ path: keyOf([...table, ...splitKey(key[1] as string)]), lineStart: i + 1, lineEnd: end + 1 });
    i = end;
  }
  return places;
}

function tablePath(name: string, array: boolean, counts: Map<string, number>): (string | number)[] {
  const path: (string | number)[] = [];
  const keys = splitKey(name);
  keys.forEach((key, i) => {
    path.push(key);
    const id = keyOf(path);
    const last = i === keys.length - 1;
    if (array && last) counts.set(id, (counts.get(id) ?? -1) + 1);
    const count = counts.get(id);
    if (count !== undefined) path.push(count);
  });
  return path;
}

const splitKey = (key: string): string[] =>
  [...key.matchAll(/"([^"]*)"|'([^']*)'|([\w-]+)/g)].map(match => match[1] ?? match[2] ?? match[3] ?? '');

function tableEnd(lines: readonly string[], from: number): number {
  let end = from;
  for (let i = from + 1; i < lines.length && !/^\s*\[/.test(lines[i] as string); i++) {
    if ((lines[i] as string).trim() !== '') end = i;
  }
  return end + 1;
}

/** Last line index of a value: closes of multi-line strings and of brackets outside strings. */
function valueEnd(lines: readonly string[], from: number, first: string): number {
  const quote = /^\s*("""|''')/.exec(first)?.[1];
  let depth = 0;
  for (let i = from; i < lines.length; i++) {
    const line = i === from ? first : (lines[i] as string);
    if (quote) {
      const closes = line.indexOf(quote, i === from ? line.indexOf(quote) + 3 : 0) !== -1;
      if (closes) return i;
      continue;
    }
    const bare = line.replace(/"(?:[^"\\]|\\.)*"|'[^']*'/g, '').replace(/#.*$/, '');
    depth += (bare.match(/[[{]/g) ?? []).length - (bare.match(/[\]}]/g) ?? []).length;
    if (depth <= 0) return i;
  }
  return from;
}
