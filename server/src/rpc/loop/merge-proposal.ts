import { ownRow } from '../attachment.ts';
import type { Handler } from '../services.ts';
import { notWaiting } from './check-proposal.ts';

export const mergeProposal: Handler<'proposal.merge'> = async ({ logEntryId, body, result }, services) => {
  const row = ownRow(services, logEntryId);
  const { engine } = services;
  const merged = result === undefined ? await engine.merge(row.id, body ?? null) : engine.mergeResult(row.id, result);
  if (merged === null) throw notWaiting(row.id);
  return merged;
};
