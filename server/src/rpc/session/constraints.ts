import { attached } from '../attachment.ts';
import type { Handler } from '../services.ts';

export const constraints: Handler<'session.constraints'> = async (_params, services) => ({
  constraints: services.store.constraints
    .list(attached(services).sessionId)
    .map(({ effect, glob }) => ({ effect, glob })),
});
