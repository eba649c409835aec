import { sessionOrOwn } from '../attachment.ts';
import type { Handler } from '../services.ts';

export const prompts: Handler<'session.prompts'> = async (params, services) => {
  const session = sessionOrOwn(services, params.id);
  return { prompts: [...services.store.log.prompts(session.id, params.limit)] };
};
