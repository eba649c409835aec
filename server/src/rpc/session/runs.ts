import { sessionOrOwn } from '../attachment.ts';
import type { Handler } from '../services.ts';
import { toRunSummary } from '../wire/summaries.ts';

export const runs: Handler<'session.runs'> = async (params, services) => {
  const session = sessionOrOwn(services, params.id);
  return {
    runs: services.store.runs.list(session.id).map(run => toRunSummary(run, services.engine.runStatus(run.id))),
  };
};
