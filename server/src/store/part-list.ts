import type { SqlValue } from './journal-format.ts';

/** A list of blob ids as zigzag varints of the differences: neighbours in a packet mostly have neighbouring ids. */
export function encodeIds(ids: readonly number[]): Uint8Array {
  const bytes = Buffer.allocUnsafe(ids.length * 8);
  let at = 0;
  let previous = 0;
  for (const id of ids) {
    const difference = id - previous;
    previous = id;
    let rest = difference < 0 ? -difference * 2 - 1 : difference * 2;
    while (rest >= 128) {
      bytes[at++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    bytes[at++] = rest;
  }
  return new Uint8Array(bytes.subarray(0, at));
}

export function decodeIds(value: SqlValue | undefined): number[] {
  if (!(value instanceof Uint8Array)) return [];
  const ids: number[] = [];
  let previous = 0;
  let at = 0;
  while (at < value.length) {
    let factor = 1;
    let rest = 0;
    for (;;) {
      const byte = value[at++] ?? 0;
      rest += (byte & 127) * factor;
      if (byte < 128) break;
      factor *= 128;
    }
    previous += rest % 2 === 1 ? -(rest + 1) / 2 : rest / 2;
    ids.push(previous);
  }
  return ids;
}
