import { attached } from '../attachment.ts';
import { failure } from '../failure.ts';
import type { Handler } from '../services.ts';
import { modelRun, startedResult, withoutUndefined } from './run.ts';

export const inject: Handler<'loop.inject'> = async (params, services) => {
  const { sessionId } = attached(services);
  if (params.runId === undefined && services.engine.conversationRun(sessionId) === null) {
    throw failure('loopNotFound', 'There is no model run to inject into; start one with loop.run.');
  }
  const runId = params.runId === undefined ? null : modelRun(services, params.runId);
  const started = await services.engine.inject(sessionId, runId, params.prompt, {
    ...(params.maxTurns === undefined ? {} : { maxTurns: params.maxTurns }),
    ...(params.flags === undefined ? {} : { flags: withoutUndefined(params.flags) }),
  });
  return startedResult(started);
};
