import type { JsonValue } from '@plurnk/protocol';
import type { ProposalRow, Store } from '../../store/contract.ts';
import { ownRow } from '../attachment.ts';
import { failure } from '../failure.ts';
import type { Handler } from '../services.ts';

/** For what is too long for the notification, and for what was decided long ago. */
export const proposalText: Handler<'proposal.text'> = async ({ logEntryId, side }, services) => {
  const proposal = services.store.proposals.get(ownRow(services, logEntryId).id);
  if (proposal === null || proposal.kind === 'exec') {
    throw failure('entryNotFound', `Row ${logEntryId} proposes no change of a file.`, {
      field: 'logEntryId',
      status: 404,
    });
  }
  return { text: textOf(services.store, proposal, side) };
};

function textOf({ blobs }: Store, proposal: ProposalRow, side: 'baseline' | 'proposed' | 'written'): string | null {
  const { attrs, baselineHash, proposedHash, amendedHash } = proposal;
  const kept = (hash: JsonValue | undefined): string | null => (typeof hash === 'string' ? blobs.get(hash) : null);
  if (side === 'baseline') return kept(baselineHash);
  if (side === 'written') return proposal.decision === 'accept' ? kept(amendedHash ?? proposedHash) : null;
  // After a merge the proposed text is not the one that the model wrote.
  if (typeof attrs.proposed === 'string') return attrs.proposed;
  return kept(attrs.proposedHash) ?? kept(proposedHash);
}
