import { attached, ownRun } from '../attachment.ts';
import type { Handler } from '../services.ts';

export const cancel: Handler<'loop.cancel'> = async ({ reason, runId }, services) => {
  const { engine } = services;
  const run = runId === undefined ? engine.conversationRun(attached(services).sessionId) : ownRun(services, runId);
  if (run === null) return { cancelled: false, runId: null, reason };
  return { cancelled: await engine.cancel(run.id, reason), runId: run.id, reason };
};
