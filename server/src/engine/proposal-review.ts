/** What a reviewer's decision makes of a proposal: hunks, edits, merges (UI-20, UI-21, UI-24). */
import type { JsonValue } from '@plurnk/protocol';
import { compose, type Hunk } from '../content/review/hunks.ts';
import { holdsConflict, MERGE_LABELS, type Merged, withUndecided } from '../content/review/three-way.ts';
import type { ProposalDraft, Rebased } from '../schemes/contract.ts';

/** How a reviewer decides. `hunks` are the places in `attrs.hunks` of those that are accepted. */
export interface Review {
  readonly body?: string;
  readonly hunks?: readonly number[];
  readonly outcome?: string;
  readonly by: string;
}

/** Whether an acceptance would meet a conflict, or why it would be refused. */
export interface Checked {
  readonly conflict: boolean;
  readonly message?: string;
}

/** `outcome` and `message`: why an acceptance wrote nothing. */
export interface Decided {
  readonly status: number;
  readonly outcome?: string;
  readonly message?: string;
}

/** The three texts of a merge, or why there is none. */
export type MergeOutcome =
  | {
      readonly status: 200;
      readonly base: string;
      readonly now: string;
      readonly mine: string;
      /** The merge, both sides where they touch. */
      readonly text: string;
      readonly conflicts: number;
    }
  | { readonly status: number; readonly message: string };

/** The text that the chosen hunks make; undefined: the proposal as it is. */
export function reviewedText(draft: ProposalDraft, { body, hunks }: Review): string | undefined {
  if (body !== undefined || hunks === undefined) return body;
  const all = hunksOf(draft.attrs.hunks);
  const chosen = new Set(hunks);
  if (all.every((_, index) => chosen.has(index))) return undefined;
  return compose(draft.baseline ?? '', draft.proposed ?? '', all, chosen);
}

/** Whether what would be written still holds both sides of a place that both changed. */
export function isUnresolved({ attrs, proposed }: ProposalDraft, body: string | undefined): boolean {
  return typeof attrs.conflicts === 'number' && attrs.conflicts > 0 && holdsConflict(body ?? proposed ?? '');
}

/** The draft as it is shown after a merge. */
export function mergedDraft({ draft, conflicts }: Rebased, revision: number): ProposalDraft {
  return { ...draft, attrs: { ...draft.attrs, revision, conflicts } };
}

function hunksOf(value: JsonValue | undefined): Hunk[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap(each => {
    const [baseStart, baseEnd, start, end] = Array.isArray(each) ? each.map(Number) : [];
    return baseStart === undefined || baseEnd === undefined || start === undefined || end === undefined
      ? []
      : [[baseStart, baseEnd, start, end] as const];
  });
}

export function mergeOutcome({ base, now, mine }: Rebased, { text, conflicts }: Merged): MergeOutcome {
  return { status: 200, base, now, mine, text, conflicts };
}

export function undecidedOutcome(merged: Rebased, result: string): MergeOutcome {
  const { base, now, mine } = merged;
  return mergeOutcome(merged, withUndecided(base, now, mine, result, MERGE_LABELS));
}
