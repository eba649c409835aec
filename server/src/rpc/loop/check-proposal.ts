import { ownRow } from '../attachment.ts';
import { failure } from '../failure.ts';
import type { Handler } from '../services.ts';

export const checkProposal: Handler<'proposal.check'> = async ({ logEntryId }, services) => {
  const row = ownRow(services, logEntryId);
  const checked = await services.engine.check(row.id);
  if (checked === null) throw notWaiting(row.id);
  return checked;
};

export function notWaiting(id: number) {
  return failure('entryNotFound', `Row ${id} does not wait for a decision.`, { field: 'logEntryId', status: 404 });
}
