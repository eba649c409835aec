import type { LineSpan } from '../contract.ts';

export type Location = readonly (string | number)[];

/** A text as a JSON value whose parts know their lines; what JSONPath looks at. */
export interface ValueProjection {
  readonly value: unknown;
  /** Lines of the value at a location that JSONPath returned. */
  spanOf(location: Location): LineSpan;
}

/** A text as a DOM whose nodes know their lines; what XPath looks at. */
export interface DomProjection {
  readonly document: Node;
  spanOf(node: Node): LineSpan | null;
}

export type Projected<Projection> =
  | { readonly ok: true; readonly projection: Projection }
  /** The content does not parse as its mimetype: it is matched as text, with this reason (RES-41). */
  | { readonly ok: false; readonly reason: string };

/** Runs a parser that throws on bad input; a call stack that runs out counts as bad input (RL-13). */
export function attempt<T>(what: string, parse: () => T): Projected<T> {
  try {
    return { ok: true, projection: parse() };
  } catch (error) {
    const deep = error instanceof RangeError;
    const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return { ok: false, reason: deep ? `${what} is nested too deeply` : `not valid ${what}: ${message}` };
  }
}

/** The minimum of the DOM that XPath needs, so that this folder does not need the browser's types. */
export interface Node {
  readonly nodeType: number;
  readonly parentNode: Node | null;
  readonly ownerElement?: Node | null;
}
