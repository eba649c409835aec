import * as vscode from 'vscode';
import type { PendingProposal } from './proposal.ts';

/** The right side: what would be written, editable. */
export const PROPOSED_SCHEME = 'plurnk-proposal';
/** Everything else that a review shows; nothing of it can be edited. */
export const REVIEW_SCHEME = 'plurnk-review';

/** What a document of a review shows: what the model read, a summary, or a text of a merge. */
export const REVIEW_PARTS = ['baseline', 'summary', 'base', 'now', 'mine'] as const;
export type ReviewPart = (typeof REVIEW_PARTS)[number];

const MERGE = 'merge';

/** The address of the right side. Its path is the file's own, so that language, icon and title are. */
export function proposedUri(proposal: PendingProposal): vscode.Uri {
  const path = `/${proposal.to ?? proposal.path}`;
  return vscode.Uri.from({ scheme: PROPOSED_SCHEME, authority: String(proposal.id), path, query: revision(proposal) });
}

/** Where the merge editor puts its result: nothing of it is reviewed before that editor is closed (UI-24). */
export function mergeUri(proposal: PendingProposal): vscode.Uri {
  return proposedUri(proposal).with({ query: `${MERGE}${proposal.revision}` });
}

export function isMergeUri({ scheme, query }: vscode.Uri): boolean {
  return scheme === PROPOSED_SCHEME && query.startsWith(MERGE);
}

export function reviewUri(proposal: PendingProposal, part: ReviewPart): vscode.Uri {
  // A summary is no text of the file's language.
  const path = part === 'summary' ? summaryPath(proposal) : `/${proposal.path}`;
  const query = `${part}${revision(proposal)}`;
  return vscode.Uri.from({ scheme: REVIEW_SCHEME, authority: String(proposal.id), path, query });
}

/** What a change replaced, for a change that was decided long ago. */
export function beforeUri(id: number, path: string): vscode.Uri {
  return vscode.Uri.from({ scheme: REVIEW_SCHEME, authority: String(id), path: `/${path}`, query: 'baseline' });
}

/** Id of the proposal that a review document belongs to; null for any other document. */
export function proposalIdOf(uri: vscode.Uri | undefined): number | null {
  if (uri?.scheme !== PROPOSED_SCHEME && uri?.scheme !== REVIEW_SCHEME) return null;
  const id = Number(uri.authority);
  return Number.isInteger(id) && id > 0 ? id : null;
}

export function reviewPartOf(uri: vscode.Uri): ReviewPart | null {
  return REVIEW_PARTS.find(part => uri.query.replace(/\d+$/, '') === part) ?? null;
}

/** The proposal that a tab reviews: a diff, one side of it, a summary, or a merge. */
export function proposalIdOfTab(tab: vscode.Tab | undefined): number | null {
  const input: unknown = tab?.input;
  if (input instanceof vscode.TabInputTextDiff) return proposalIdOf(input.modified);
  if (input instanceof vscode.TabInputText) return proposalIdOf(input.uri);
  return proposalIdOf(mergeResultOf(input));
}

/** The merge editor has no type of its own in the API. */
export function mergeResultOf(input: unknown): vscode.Uri | undefined {
  if (typeof input !== 'object' || input === null || !('result' in input)) return undefined;
  return input.result instanceof vscode.Uri ? input.result : undefined;
}

function revision({ revision }: PendingProposal): string {
  return revision === 0 ? '' : String(revision);
}

function summaryPath({ path, summary }: PendingProposal): string {
  const name = path.split('/').at(-1) ?? path;
  const words = {
    binary: vscode.l10n.t('binary file'),
    huge: vscode.l10n.t('over 5 MB'),
    generated: vscode.l10n.t('generated file'),
  };
  return `/${name} (Plurnk: ${summary === null ? '' : words[summary]})`;
}
