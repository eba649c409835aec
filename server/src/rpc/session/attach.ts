import type { RunId, RunRow } from '../../store/contract.ts';
import { sessionById } from '../attachment.ts';
import { failure } from '../failure.ts';
import type { Handler, RpcServices } from '../services.ts';
import { blame } from './attach-new-session.ts';

export const attach: Handler<'session.attach'> = async (params, services) => {
  const session = sessionById(services, params.id);
  const run = chooseRun(services, session.id, params);
  services.caller.attach({ sessionId: session.id, runId: run.id });
  return {
    id: session.id,
    name: session.name,
    runId: run.id,
    runName: run.name,
    projectRoot: session.projectRoot,
  };
};

/** A client run of the session by id, by name (made when absent), or a fresh one. */
function chooseRun(
  services: RpcServices,
  sessionId: RunRow['sessionId'],
  params: { readonly runId?: number | undefined; readonly runName?: string | undefined },
): RunRow {
  if (params.runId === undefined) {
    return blame('runName', () => services.engine.clientRun(sessionId, params.runName ?? null));
  }
  const run = services.store.runs.get(params.runId as RunId);
  if (run === null || run.sessionId !== sessionId) {
    throw failure('loopNotFound', `Session ${sessionId} has no run ${params.runId}.`, { field: 'runId' });
  }
  if (run.origin !== 'client') {
    throw failure('loopNotFound', `Run ${params.runId} is not a client's run; attach without it.`, { field: 'runId' });
  }
  return run;
}
