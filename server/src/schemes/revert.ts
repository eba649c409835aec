/** Undoing an accepted file change while the file still holds what was written (ENG-67). */
import type { LogRow, ProposalRow, Store } from '../store/contract.ts';
import type { FileFailure, Workspace } from '../workspace/contract.ts';

export interface RevertDeps {
  readonly store: Pick<Store, 'proposals' | 'blobs'>;
  readonly workspace: Workspace;
}

type Reverted = { status: number; message?: string };

const isFailure = (value: object): value is FileFailure => 'message' in value;
const answer = (result: object): Reverted =>
  isFailure(result)
    ? { status: result.status === 404 ? 409 : result.status, message: result.message }
    : { status: 200 };

async function restore(proposal: ProposalRow, deps: RevertDeps): Promise<Reverted> {
  const { sessionId, pathname, baselineHash, writtenSignature } = proposal;
  const before = baselineHash === null ? null : deps.store.blobs.get(baselineHash);
  const { workspace } = deps;
  switch (proposal.kind) {
    case 'edit':
      if (before === null || writtenSignature === null)
        return { status: 409, message: 'What was there before is not kept.' };
      return answer(await workspace.write(sessionId, pathname, before, writtenSignature));
    case 'create':
      if (writtenSignature === null) return { status: 409, message: 'It is not known what was written.' };
      return answer(await workspace.remove(sessionId, pathname, writtenSignature));
    case 'delete':
      if (before === null) return { status: 409, message: 'What was deleted is not kept.' };
      return answer(await workspace.write(sessionId, pathname, before, null));
    case 'move': {
      const { path } = proposal.attrs;
      if (typeof path !== 'string' || writtenSignature === null)
        return { status: 409, message: 'It is not known what was moved.' };
      return answer(await workspace.move(sessionId, pathname, path, writtenSignature));
    }
    case 'exec':
      return { status: 409, message: 'A command cannot be undone.' };
  }
}

export async function revertChange(row: LogRow, deps: RevertDeps): Promise<Reverted> {
  const proposal = deps.store.proposals.get(row.id);
  if (proposal === null) return { status: 404, message: 'This row is no proposal.' };
  if (proposal.decision !== 'accept' || row.state !== 'resolved')
    return { status: 409, message: 'Nothing was written by this row.' };
  if (proposal.revertedAt !== null) return { status: 409, message: 'This change has been undone already.' };
  return restore(proposal, deps);
}
