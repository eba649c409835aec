import { attached, ownRow, sessionById } from '../attachment.ts';
import { failure } from '../failure.ts';
import type { Handler, RpcServices } from '../services.ts';

/** 200 accepted, 400 rejected or the effect failed, 499 cancelled (ENG-61); 409 a conflict is left, it still waits. */
export const resolve: Handler<'loop.resolve'> = async (params, services) => {
  const row = ownRow(services, params.logEntryId);
  const settled = await services.engine.resolve(row.id, params.decision, {
    ...(params.body === undefined ? {} : { body: params.body }),
    ...(params.hunks === undefined ? {} : { hunks: params.hunks }),
    ...(params.outcome === undefined ? {} : { outcome: params.outcome }),
    by: clientName(services),
  });
  if (settled === null) {
    throw failure('entryNotFound', `Row ${row.id} does not wait for a decision.`, { field: 'logEntryId', status: 404 });
  }
  return { ...settled, logEntryId: row.id };
};

/** Who decided, for the ledger (ENG-68): the client's own name, else `client`. */
function clientName(services: RpcServices): string {
  const { client } = sessionById(services, attached(services).sessionId).settings;
  return typeof client === 'string' && client !== '' ? client : 'client';
}
