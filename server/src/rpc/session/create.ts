import type { Handler } from '../services.ts';
import { attachNewSession } from './attach-new-session.ts';

export const create: Handler<'session.create'> = async (params, services) => {
  const { session, run } = attachNewSession(params, services);
  return {
    id: session.id,
    name: session.name,
    runId: run.id,
    runName: run.name,
    projectRoot: session.projectRoot,
  };
};
