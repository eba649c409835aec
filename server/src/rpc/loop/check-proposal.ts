import { ownRow } from '../attachment.ts';
import { failure } from '../failure.ts';
import type { Handler } from '../services.ts';

export const checkProposal: Handler<'proposal.check'> = async ({ logEntryId }, services) => {
  const row = ownRow(services, logEntryId);
  const conflict = await services.engine.isStale(row.id);
  if (conflict === null) throw notWaiting(row.id);
  return { conflict };
};

export function notWaiting(id: number) {
  return failure('entryNotFound', `Row ${id} does not wait for a decision.`, { field: 'logEntryId', status: 404 });
}
