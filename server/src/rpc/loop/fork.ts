import { attached, ownRun, ownTurn } from '../attachment.ts';
import { failure } from '../failure.ts';
import type { Handler, RpcServices } from '../services.ts';
import { blame } from '../session/attach-new-session.ts';

export const fork: Handler<'run.fork'> = async (params, services) => {
  const turn = params.atTurn === undefined ? null : ownTurn(services, params.atTurn, 'atTurn');
  const source = params.runId ?? turn?.runId ?? conversation(services);
  const run = ownRun(services, source);
  if (turn !== null && turn.runId !== run.id) {
    throw failure('entryNotFound', `Turn ${turn.id} does not belong to run ${run.id}.`, { field: 'atTurn' });
  }
  const options = { name: params.name ?? null, untilTurn: turn?.id ?? null };
  const copy = blame('name', () => services.engine.fork(run.id, options));
  return { runId: copy.id, runName: copy.name, parentRunId: run.id };
};

function conversation(services: RpcServices): number {
  const run = services.engine.conversationRun(attached(services).sessionId);
  if (run === null) throw failure('loopNotFound', 'There is no run to fork yet.');
  return run.id;
}
