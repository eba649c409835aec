import { ownRun } from '../attachment.ts';
import { invalid } from '../failure.ts';
import { requireScheme } from '../reads/availability.ts';
import type { Handler } from '../services.ts';

/** A person ends a process that a run started; what KILL does for the run itself. */
export const killStream: Handler<'stream.kill'> = async ({ target, runId }, services) => {
  const { id, sessionId } = ownRun(services, runId);
  const [, scheme, coordinate] = /^([a-z][a-z0-9+.-]*):\/\/\/(\d+\/\d+\/\d+)(?:#.*)?$/.exec(target) ?? [];
  if (scheme === undefined || coordinate === undefined) throw invalid('target', 'is not the address of a stream');
  requireScheme(services, scheme, 'target');
  const { status, rx } = await services.streams.kill(scheme, coordinate, null, { sessionId, runId: id });
  return { status, ...(rx ? { message: rx } : {}) };
};
