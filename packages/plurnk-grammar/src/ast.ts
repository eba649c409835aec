/** The eleven ops, in the order in which the spec lists them (part 1). */
export const OPS = ['PLAN', 'FIND', 'READ', 'EDIT', 'COPY', 'MOVE', 'OPEN', 'FOLD', 'EXEC', 'KILL', 'SEND'] as const;

export type Op = (typeof OPS)[number];

/** Ops whose signal is a list of tags (LNG-5). */
export type TagOp = 'FIND' | 'READ' | 'EDIT' | 'COPY' | 'MOVE' | 'OPEN' | 'FOLD' | 'PLAN';

/**
 * Where something stands in the source. Lines are 1-based and ended by LF only; columns are 0-based and count code
 * points; offsets count UTF-16 code units, as JavaScript strings do. The end is exclusive.
 */
export interface Position {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly endOffset: number;
}

/** A half-open range of UTF-16 offsets. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A target without a scheme: a path, a glob or a name, untouched (LNG-8). */
export interface LocalTarget {
  readonly kind: 'local';
  readonly raw: string;
}

/** A target of the form `#pattern#flags` that compiles (LNG-8). */
export interface RegexTarget {
  readonly kind: 'regex';
  readonly raw: string;
  readonly pattern: string;
  readonly flags: string;
}

/** A target with a scheme, split by the WHATWG URL rules. Empty parts are null (LNG-8). */
export interface UrlTarget {
  readonly kind: 'url';
  readonly raw: string;
  /** Lower case, without the colon. */
  readonly scheme: string;
  readonly username: string | null;
  readonly password: string | null;
  readonly hostname: string | null;
  readonly port: number | null;
  /** Still percent-encoded. */
  readonly pathname: string | null;
  /** Decoded; a repeated key holds an array. */
  readonly params: { readonly [key: string]: string | readonly string[] };
  /** Still percent-encoded, without the `#`. */
  readonly fragment: string | null;
}

export type Target = LocalTarget | RegexTarget | UrlTarget;

/** A matcher of any dialect but regex; `raw` is the whole body, first character included (LNG-11). */
export interface PlainMatcher {
  readonly dialect: 'xpath' | 'jsonpath' | 'semantic' | 'graph' | 'glob';
  readonly raw: string;
}

export interface RegexMatcher {
  readonly dialect: 'regex';
  readonly raw: string;
  readonly pattern: string;
  readonly flags: string;
}

/** The body of FIND, READ, OPEN and FOLD (LNG-11). */
export type Matcher = PlainMatcher | RegexMatcher;
export type Dialect = Matcher['dialect'];

export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

/** The body of SEND: the text, and its value if the whole of it is JSON (LNG-10). */
export interface SendBody {
  readonly raw: string;
  readonly json: JsonValue;
}

/** The numbers of the marks slot as written; what they mean depends on the op (LNG-9). */
export interface LineMarker {
  readonly marks: readonly number[];
}

interface StatementShape<O extends Op, Signal, Marks, Body> {
  readonly op: O;
  /** What is glued to the op word; empty for none. */
  readonly suffix: string;
  readonly signal: Signal | null;
  readonly target: Target | null;
  readonly lineMarker: Marks | null;
  readonly body: Body | null;
  /** From `<<` to the end of the close tag. */
  readonly position: Position;
}

type Tags = readonly string[];

export type PlanStatement = StatementShape<'PLAN', Tags, LineMarker, string>;
export type FindStatement = StatementShape<'FIND', Tags, LineMarker, Matcher>;
export type ReadStatement = StatementShape<'READ', Tags, LineMarker, Matcher>;
export type EditStatement = StatementShape<'EDIT', Tags, LineMarker, string>;
export type CopyStatement = StatementShape<'COPY', Tags, LineMarker, string>;
export type MoveStatement = StatementShape<'MOVE', Tags, LineMarker, Target>;
export type OpenStatement = StatementShape<'OPEN', Tags, LineMarker, Matcher>;
export type FoldStatement = StatementShape<'FOLD', Tags, LineMarker, Matcher>;
export type ExecStatement = StatementShape<'EXEC', string, LineMarker, string>;
export type KillStatement = StatementShape<'KILL', number, never, string>;
export type SendStatement = StatementShape<'SEND', number, never, SendBody>;

/** One parsed statement; exactly the keys op, suffix, signal, target, lineMarker, body, position (LNG-12). */
export type Statement =
  | PlanStatement
  | FindStatement
  | ReadStatement
  | EditStatement
  | CopyStatement
  | MoveStatement
  | OpenStatement
  | FoldStatement
  | ExecStatement
  | KillStatement
  | SendStatement;

/** A statement that has not been placed in a source: what a caller builds and `render` accepts. */
export type Unplaced<S extends Statement = Statement> = S extends Statement ? Omit<S, 'position'> : never;
