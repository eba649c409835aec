import type { Proposal } from '@plurnk/protocol';
import type { ProposalRow } from '../../store/contract.ts';
import { attached } from '../attachment.ts';
import type { Handler, RpcServices } from '../services.ts';

/** What waits, as `loop/proposal` told it: for a client that comes later or was reloaded. */
export const proposals: Handler<'proposal.list'> = async (_params, services) => {
  const waiting = services.store.proposals.pending(attached(services).sessionId);
  return { proposals: waiting.flatMap(proposal => toProposal(services, proposal)) };
};

function toProposal({ store }: RpcServices, proposal: ProposalRow): Proposal[] {
  const row = store.log.get(proposal.logEntryId);
  const loop = row === null ? null : store.loops.get(row.loopId);
  if (row === null || loop === null) return [];
  return [
    {
      logEntryId: row.id,
      sessionId: proposal.sessionId,
      runId: row.runId,
      loopId: row.loopId,
      turnId: row.turnId,
      op: row.op,
      target: { scheme: proposal.scheme, pathname: proposal.pathname },
      body: proposal.body,
      attrs: { kind: proposal.kind, ...proposal.attrs },
      flags: loop.flags,
    },
  ];
}
