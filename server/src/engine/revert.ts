import type { LogEntryId } from '../store/contract.ts';
import type { Core } from './core.ts';
import { tellRow } from './turn-log.ts';

/** ENG-67: an accepted file change is undone if the file still holds what was written. */
export async function revert(core: Core, id: LogEntryId, by: string): Promise<{ status: number; message?: string }> {
  const { store, clock } = core;
  const proposal = store.proposals.get(id);
  const row = store.log.get(id);
  if (proposal === null || row === null) return { status: 404, message: 'There is no such proposal.' };
  if (proposal.decision !== 'accept' || row.state !== 'resolved' || proposal.kind === 'exec') {
    return { status: 409, message: 'Only an accepted file change can be undone.' };
  }
  if (proposal.revertedAt !== null) return { status: 304, message: 'It was undone already.' };
  const result = await core.operations.revert(row);
  if (result.status >= 400) return result;
  const changed = store.transaction(() => {
    store.proposals.update(id, { revertedAt: clock.now() });
    core.journal.reverted(row, proposal.sessionId, by);
    return store.log.update(id, { attrs: { ...row.attrs, reverted: true, revertedBy: by } });
  });
  tellRow(core, { id: row.runId, sessionId: proposal.sessionId }, changed);
  return result;
}
