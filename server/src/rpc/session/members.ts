import { attached } from '../attachment.ts';
import type { Handler } from '../services.ts';

export const members: Handler<'session.members'> = async (_params, services) => {
  const { members: found, hidden } = await services.workspace.effects(attached(services).sessionId);
  return {
    members: found.map(({ path, effect }) => ({ path: rooted(path), effect })),
    hidden: hidden.map(rooted),
  };
};

/** On the wire a member starts with a slash. */
function rooted(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}
