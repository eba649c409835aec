import type { Matcher } from '@plurnk/plurnk-grammar';
import type { MatchResult } from '../contract.ts';

/** One text as a dialect sees it. */
export interface DialectText {
  readonly path: string;
  readonly mimetype: string;
  /** Content hash: projections and indexes are kept under it. */
  readonly key: string;
  readonly text: string;
}

export type Compiled<Run> = { readonly ok: true; readonly run: Run } | { readonly ok: false; readonly reason: string };

/** A dialect that judges each text by itself: regex, glob, XPath, JSONPath. */
export interface TextDialect {
  readonly kind: 'text';
  /** Once per request; not ok → 400 with the compiler's message. */
  compile(matcher: Matcher): Compiled<(text: DialectText) => Promise<MatchResult> | MatchResult>;
  /** Texts of which every text with a match holds one, ASCII; null when none are known. Lets files be passed over unread. */
  needles?(matcher: Matcher): readonly string[] | null;
}

/**
 * A dialect that compares texts with each other: semantic, graph. Indexes are kept in the threads that made them; what
 * ranking must know of all texts is surveyed in each thread, merged, and handed back.
 */
export interface IndexDialect<Index, Survey> {
  readonly kind: 'index';
  index(text: DialectText): Promise<Index> | Index;
  compile(matcher: Matcher): Compiled<IndexRun<Index, Survey>>;
}

export interface IndexRun<Index, Survey> {
  /**
   * Texts that hold none of these are passed over without an index; null: none is. Asked before the survey (null), and
   * again after it when other texts come into question.
   */
  needles?(survey: Survey | null): readonly string[] | null;
  survey(indexed: readonly Indexed<Index>[]): Survey;
  merge(surveys: readonly Survey[]): Survey;
  /** One result per indexed text, in order. */
  rank(indexed: readonly Indexed<Index>[], survey: Survey): readonly MatchResult[];
}

export interface Indexed<Index> {
  readonly path: string;
  readonly mimetype: string;
  readonly index: Index;
}

export type Dialect = TextDialect | AnyIndexDialect;
// biome-ignore lint/suspicious/noExplicitAny: index and survey are the dialect's own, opaque to everybody else
export type AnyIndexDialect = IndexDialect<any, any>;

export const NOTHING: MatchResult = { status: 204, spans: [] };
