import type { Op, Position, Statement } from './ast.ts';
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

/** A statement that could not be read: its op, the offset of its `<<`, and where parsing went on. */
export interface BrokenStatement {
  readonly op: Op;
  readonly start: number;
  readonly end: number;
}

export interface ErrorItem {
  readonly kind: 'error';
  readonly error: PlurnkParseError;
  /** The broken statement that the error is about; absent if it is about prose or the whole turn. */
  readonly broken?: BrokenStatement;
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
