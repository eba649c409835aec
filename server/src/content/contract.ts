/** What `content/` offers to schemes, executors and the packet: mimetypes, line markers, matchers, outlines. */
import type { Matcher } from '@plurnk/plurnk-grammar';

/** 1-based, inclusive. */
export interface LineSpan {
  readonly lineStart: number;
  readonly lineEnd: number;
}

export interface MatchedSpan extends LineSpan {
  /** Only for the semantic dialect; 0…1. */
  readonly score?: number;
}

/** One text to look into. `key` is a content hash: projections (outline, DOM, parsed JSON) are built once per key. */
export interface Candidate {
  readonly path: string;
  readonly mimetype: string;
  readonly key: string;
  /** Called only when the dialect needs the text; may read a file. */
  text(): Promise<string>;
  /** Absolute path of an on-disk file with exactly this text, for scanners that read it themselves. */
  readonly file?: string | undefined;
}

/**
 * 200 with spans, 204 nothing matched, 203 matched as text because the content does not parse as its mimetype,
 * 400 the expression does not compile, 415 the dialect makes no sense for the mimetype, 504 deadline (RES-41, RES-42).
 */
export interface MatchResult {
  readonly status: 200 | 203 | 204 | 400 | 415 | 504;
  readonly spans: readonly MatchedSpan[];
  readonly reason?: string;
}

export interface FoundIn {
  readonly path: string;
  /** Position of the candidate in the request. */
  readonly at: number;
  readonly result: MatchResult;
}

export interface MatchManyResult {
  /** Candidates in the given order, only those with spans (or with a reason). */
  readonly results: readonly FoundIn[];
  /** 400, 415 or 504 of the whole request; 200 otherwise. */
  readonly status: number;
  readonly reason?: string;
}

/** Off the main thread under a deadline; same input, same result. */
export interface Matching {
  matchMany(matcher: Matcher, candidates: readonly Candidate[], signal: AbortSignal): Promise<MatchManyResult>;
  /** The paths a regular expression matches, in order; off the main thread too. 400 or 504 otherwise (RES-15, RES-42). */
  matchPaths(
    pattern: string,
    flags: string,
    paths: readonly string[],
    signal: AbortSignal,
  ): Promise<
    | { readonly status: 200; readonly paths: readonly string[] }
    | { readonly status: 400 | 504; readonly reason: string }
  >;
  /** The positions of the paths that a glob matches, ascending; for globs that are too costly for the main thread. */
  matchGlob(
    glob: string,
    paths: readonly string[],
    signal: AbortSignal,
  ): Promise<
    { readonly status: 200; readonly found: readonly number[] } | { readonly status: 504; readonly reason: string }
  >;
  dispose(): Promise<void>;
}

export interface PrepareLimits {
  /** Most characters of texts that are not indexed yet. */
  readonly characters: number;
  /** Asked between small jobs: true ends the preparing. */
  readonly stopped: () => boolean;
}

/** Makes the indexes that `~` and `@` need before somebody asks (ENG-21): one small job at a time, queries first. */
export interface Preparing {
  /** true: everything is indexed; false: stopped, or past a limit. */
  prepare(candidates: readonly Candidate[], limits: PrepareLimits): Promise<boolean>;
}
