import { clientName, ownRow } from '../attachment.ts';
import { failure } from '../failure.ts';
import type { Handler } from '../services.ts';

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
