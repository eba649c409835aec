import { ownRow } from '../attachment.ts';
import type { Handler } from '../services.ts';
import { notWaiting } from './check-proposal.ts';

export const mergeProposal: Handler<'proposal.merge'> = async ({ logEntryId, body }, services) => {
  const row = ownRow(services, logEntryId);
  const merged = await services.engine.merge(row.id, body ?? null);
  if (merged === null) throw notWaiting(row.id);
  return merged;
};
