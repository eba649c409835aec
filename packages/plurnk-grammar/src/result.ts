import type { Position, Statement } from './ast.ts';
import type { PlurnkParseError } from './error.ts';

export interface StatementItem {
  readonly kind: 'statement';
  readonly statement: Statement;
}

/** One contiguous run of prose, verbatim. A run of nothing but white space is not reported. */
export interface TextItem {
  readonly kind: 'text';
  readonly text: string;
  readonly position: Position;
}

export interface ErrorItem {
  readonly kind: 'error';
  readonly error: PlurnkParseError;
}

export type ParseItem = StatementItem | TextItem | ErrorItem;

/** The statement in which the input ends (LNG-15). */
export interface UnparsedTail {
  /** Offset of its `<<`. */
  readonly from: number;
  /** Which slot is open, the open tag in backquotes, and what to add. */
  readonly reason: string;
}

/** What `parse` and `parseStatements` give: items in source order (LNG-13). */
export interface ParseResult {
  readonly items: readonly ParseItem[];
  readonly unparsedTail?: UnparsedTail;
}
