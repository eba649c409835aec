import { clientName, ownRow } from '../attachment.ts';
import type { Handler } from '../services.ts';

export const revert: Handler<'proposal.revert'> = async ({ logEntryId }, services) =>
  services.engine.revert(ownRow(services, logEntryId).id, clientName(services));
