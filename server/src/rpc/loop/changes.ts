import type { MethodResult } from '@plurnk/protocol';
import { unifiedDiff } from '../../content/unified-diff.ts';
import type { ProposalRow, Store } from '../../store/contract.ts';
import { attached } from '../attachment.ts';
import type { Handler } from '../services.ts';

type Change = MethodResult<'proposal.changes'>['changes'][number];

/** What was accepted and can be looked at again or undone (UI-25). */
export const changes: Handler<'proposal.changes'> = async ({ path }, services) => {
  const all = services.store.proposals
    .list(attached(services).sessionId)
    .flatMap(proposal => toChange(proposal, services.store.blobs));
  const own = path === undefined ? all : all.filter(change => change.path === path || change.to === path);
  return { changes: own.reverse() };
};

/** Lines of what was written; the reviewer may have made another text of the proposal. */
function countsOf({ kind, attrs, baselineHash, amendedHash }: ProposalRow, blobs: Store['blobs']) {
  const kept = (hash: string | null): string | null => (hash === null ? null : blobs.get(hash));
  const written = kind === 'delete' ? null : kept(amendedHash);
  if (written !== null) return unifiedDiff('', kept(baselineHash), written);
  const count = (value: unknown): number => (typeof value === 'number' ? value : 0);
  return { added: count(attrs.added), removed: count(attrs.removed) };
}

function toChange(proposal: ProposalRow, blobs: Store['blobs']): Change[] {
  const { kind, attrs, decision, decidedAt } = proposal;
  if (kind === 'exec' || decision !== 'accept' || decidedAt === null) return [];
  const { added, removed } = countsOf(proposal, blobs);
  return [
    {
      logEntryId: proposal.logEntryId,
      kind,
      path: typeof attrs.path === 'string' ? attrs.path : proposal.pathname,
      to: typeof attrs.to === 'string' ? attrs.to : null,
      added,
      removed,
      decidedAt,
      by: proposal.by,
      reverted: proposal.revertedAt !== null,
    },
  ];
}
