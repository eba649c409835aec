import type { ErrorSource } from './error.ts';

/** The parts of a statement, as messages and editors name them. */
export type SlotKind = 'signal' | 'target' | 'marks';

/** A problem found while scanning, before it has a line and a column. */
export interface Failure {
  readonly at: number;
  readonly end: number;
  readonly source: ErrorSource;
  readonly message: string;
}

/** Collects the failures of one statement. */
export interface FailureSink {
  fail(slot: SlotKind, at: number, end: number, source: ErrorSource, what: string): void;
}

/**
 * A slot scanner gives the offset after the slot's closer, or one of these. After `BROKEN` the extent of the slot is
 * unknown and the statement must be recovered from; a failure whose extent is known is only reported to the sink.
 */
export const BROKEN = -1;
export const ENDS = -2;
