export type ErrorSource = 'lexer' | 'parser' | 'visitor';
export type ErrorSeverity = 'error' | 'warning';

/** The JSON form of a `PlurnkParseError` (LNG-13). */
export interface ParseProblem {
  /** 1-based; only LF ends a line. */
  readonly line: number;
  /** 0-based, in code points. */
  readonly column: number;
  /** UTF-16 offset of the problem in the source. */
  readonly offset: number;
  /** End of the text that an editor should underline, exclusive. */
  readonly endOffset: number;
  readonly source: ErrorSource;
  readonly severity: ErrorSeverity;
  readonly message: string;
}

/** A problem in the text. The parser lists it and never throws it; `parsePath` throws it for a URL it must refuse. */
export class PlurnkParseError extends Error implements ParseProblem {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
  readonly endOffset: number;
  readonly source: ErrorSource;
  readonly severity: ErrorSeverity;

  constructor(problem: ParseProblem) {
    // The place that matters is in the text; a stack trace per problem would cost more than the parse.
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super(problem.message);
    Error.stackTraceLimit = limit;
    this.name = 'PlurnkParseError';
    this.line = problem.line;
    this.column = problem.column;
    this.offset = problem.offset;
    this.endOffset = problem.endOffset;
    this.source = problem.source;
    this.severity = problem.severity;
  }

  toJSON(): ParseProblem {
    const { line, column, offset, endOffset, source, severity, message } = this;
    return { line, column, offset, endOffset, source, severity, message };
  }
}
