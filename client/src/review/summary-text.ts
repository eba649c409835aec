import * as vscode from 'vscode';
import type { PendingProposal } from './proposal.ts';
import type { ProposalService } from './proposal-service.ts';

/** What is said about a change that a diff would not show well (UI-23). */
export async function summaryText(proposal: PendingProposal, proposals: ProposalService): Promise<string> {
  const { l10n } = vscode;
  const { path, to, kind, added, removed, summary } = proposal;
  const what = {
    edit: l10n.t('Change of {0}', path),
    create: l10n.t('New file {0}', path),
    delete: l10n.t('Deletion of {0}', path),
    move: l10n.t('Rename of {0} to {1}', path, to ?? ''),
    exec: '',
  }[kind];
  const why = {
    binary: l10n.t('A binary file has no lines to compare.'),
    huge: l10n.t('The file has more than 5 MB; a diff of it would be slow and hard to read.'),
    generated: l10n.t(
      'A tool writes this file. Nobody reads its diff line by line; “Show the diff” opens it all the same.',
    ),
  }[summary ?? 'generated'];
  const sizes = await sizesOf(proposal, proposals);
  const lines =
    kind === 'move' || summary === 'binary' ? [] : [l10n.t('{0} lines added, {1} lines removed', added, removed)];
  const keys = l10n.t('Accept and Reject are above this line, in the title, and in the chat.');
  return [what, '', ...lines, ...sizes, '', why, keys, ''].join('\n');
}

async function sizesOf({ id, kind, summary, path }: PendingProposal, proposals: ProposalService): Promise<string[]> {
  const { l10n } = vscode;
  if (summary === 'binary') {
    const size = await sizeOnDisk(proposals.uriOfPath(path));
    return size === null ? [] : [l10n.t('Size: {0}', bytes(size))];
  }
  const [before, after] = await Promise.all([proposals.text(id, 'baseline'), proposals.text(id, 'proposed')]);
  const size = (text: string | null) => bytes(new TextEncoder().encode(text ?? '').byteLength);
  if (kind === 'create') return [l10n.t('Size: {0}', size(after))];
  if (kind === 'edit') return [l10n.t('Size before: {0}, after: {1}', size(before), size(after))];
  return [l10n.t('Size: {0}', size(before))];
}

async function sizeOnDisk(uri: vscode.Uri): Promise<number | null> {
  try {
    return (await vscode.workspace.fs.stat(uri)).size;
  } catch {
    return null;
  }
}

function bytes(count: number): string {
  if (count < 1000) return vscode.l10n.t('{0} bytes', count);
  return count < 1_000_000 ? `${(count / 1000).toFixed(1)} kB` : `${(count / 1_000_000).toFixed(1)} MB`;
}
