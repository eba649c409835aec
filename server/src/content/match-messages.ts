/** What passes between the main thread and the match worker. */
import type { Matcher } from '@plurnk/plurnk-grammar';
import type { MatchResult } from './contract.ts';

export interface MatchItem {
  readonly path: string;
  readonly mimetype: string;
  readonly key: string;
  /** Absent: the worker reads `file`. */
  readonly text?: string;
  readonly file?: string;
}

/** Many texts of which nothing else matters, in a form that costs next to nothing to hand over. */
export interface PackedTexts {
  /** Paths separated by NUL, which no path holds; empty where `texts` has the text itself. */
  readonly files: string;
  readonly texts: readonly (readonly [at: number, text: string])[];
}

/** A request over indexes in three steps: index the thread's share, survey it, rank it against the merged surveys. */
export type IndexJob =
  | {
      readonly id: number;
      readonly kind: 'index';
      readonly request: number;
      readonly matcher: Matcher;
      readonly items: readonly MatchItem[];
      /** Texts that hold none of these get no index; null: all do. */
      readonly needles: readonly string[] | null;
      /** Position of the first item in the thread's share. */
      readonly from: number;
    }
  | { readonly id: number; readonly kind: 'survey'; readonly request: number; readonly matcher: Matcher }
  | {
      readonly id: number;
      readonly kind: 'rank';
      readonly request: number;
      readonly matcher: Matcher;
      readonly survey: unknown;
    };

/** Indexes made before somebody asks (ENG-21); no request, nothing but the thread's cache changes. */
export interface PrepareJob {
  readonly id: number;
  readonly kind: 'prepare';
  readonly items: readonly MatchItem[];
}

export type MatchJob =
  | PrepareJob
  | IndexJob
  | { readonly id: number; readonly kind: 'texts'; readonly matcher: Matcher; readonly items: readonly MatchItem[] }
  | ({ readonly id: number; readonly kind: 'scan'; readonly matcher: Matcher } & PackedTexts)
  | {
      readonly id: number;
      readonly kind: 'paths';
      readonly pattern: string;
      readonly flags: string;
      readonly paths: readonly string[];
    }
  | { readonly id: number; readonly kind: 'glob'; readonly glob: string; readonly paths: readonly string[] };

export type MatchAnswer =
  | { readonly id: number; readonly kind: 'prepared'; readonly characters: number }
  | { readonly id: number; readonly kind: 'indexed' }
  | { readonly id: number; readonly kind: 'survey'; readonly survey: unknown }
  | { readonly id: number; readonly kind: 'texts'; readonly results: readonly (MatchResult | null)[] }
  | { readonly id: number; readonly kind: 'scanned'; readonly found: readonly (readonly [number, MatchResult])[] }
  | { readonly id: number; readonly kind: 'paths'; readonly paths: readonly string[] }
  | { readonly id: number; readonly kind: 'glob'; readonly found: readonly number[] }
  | { readonly id: number; readonly kind: 'refused'; readonly status: 400 | 415; readonly reason: string };
