import type { LoopFlags, MethodResult } from '@plurnk/protocol';
import type { LoopStarted } from '../../engine/contract.ts';
import type { RunId } from '../../store/contract.ts';
import { attached, ownRun } from '../attachment.ts';
import { failure } from '../failure.ts';
import type { Handler, RpcServices } from '../services.ts';

/** Only a server without a fallback gets here: the daemon. */
const WAY_OUT = 'Set PLURNK_MODEL to <provider>/<model>, or ask for the model "demo".';

export const run: Handler<'loop.run'> = async (params, services) => {
  const { sessionId } = attached(services);
  const runId = params.runId === undefined ? null : modelRun(services, params.runId);
  if (params.alias !== undefined) requireAlias(services, params.alias);
  const started = await services.engine.startLoop({
    sessionId,
    runId,
    prompt: params.prompt,
    ...(params.maxTurns === undefined ? {} : { maxTurns: params.maxTurns }),
    ...(params.alias === undefined ? {} : { alias: params.alias }),
    ...(params.flags === undefined ? {} : { flags: withoutUndefined(params.flags) }),
    ...(params.openPaths === undefined ? {} : { openPaths: params.openPaths }),
  });
  return startedResult(started);
};

/** A run that a model works in; client and plurnk runs take no prompts. */
export function modelRun(services: RpcServices, runId: number): RunId {
  const run = ownRun(services, runId);
  if (run.origin !== 'model') throw failure('loopNotFound', `Run ${runId} takes no prompts.`, { field: 'runId' });
  return run.id;
}

export function withoutUndefined(
  flags: { readonly [Key in keyof LoopFlags]?: LoopFlags[Key] | undefined },
): Partial<LoopFlags> {
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined)) as Partial<LoopFlags>;
}

export function startedResult(started: LoopStarted): MethodResult<'loop.run'> {
  const { action } = started;
  if (action === 'no_model') return { status: 501, error: `${started.error} ${WAY_OUT}` };
  const { loopId, modelRunId } = started;
  switch (action) {
    case 'enqueued_new_loop':
      return { loopId, modelRunId, action, finalStatus: 100, turnIds: [] };
    case 'injected_next_turn':
      return { loopId, modelRunId, action, turnSeq: started.turnSeq, hitMaxTurns: false };
    case 'resumed_parked_loop':
      return { loopId, modelRunId, action };
  }
}

function requireAlias(services: RpcServices, alias: string): void {
  const problem = services.models.problemWith(alias);
  if (problem !== null) throw failure('providerUnavailable', problem, { field: 'alias' });
}
