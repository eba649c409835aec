import type { MethodResult } from '@plurnk/protocol';
import type { ProposalRow } from '../../store/contract.ts';
import { attached } from '../attachment.ts';
import type { Handler } from '../services.ts';

type Change = MethodResult<'proposal.changes'>['changes'][number];

/** What was accepted and can be looked at again or undone (UI-25). */
export const changes: Handler<'proposal.changes'> = async ({ path }, services) => {
  const all = services.store.proposals.list(attached(services).sessionId).flatMap(toChange);
  const own = path === undefined ? all : all.filter(change => change.path === path || change.to === path);
  return { changes: own.reverse() };
};

function toChange(proposal: ProposalRow): Change[] {
  const { kind, attrs, decision, decidedAt } = proposal;
  if (kind === 'exec' || decision !== 'accept' || decidedAt === null) return [];
  const count = (value: unknown): number => (typeof value === 'number' ? value : 0);
  return [
    {
      logEntryId: proposal.logEntryId,
      kind,
      path: typeof attrs.path === 'string' ? attrs.path : proposal.pathname,
      to: typeof attrs.to === 'string' ? attrs.to : null,
      added: count(attrs.added),
      removed: count(attrs.removed),
      decidedAt,
      by: proposal.by,
      reverted: proposal.revertedAt !== null,
    },
  ];
}
