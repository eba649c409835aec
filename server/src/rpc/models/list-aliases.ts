import type { Handler } from '../services.ts';

/** Never carries a key or an endpoint. */
export const listAliases: Handler<'providers.list'> = async (_params, { models }) => ({ aliases: models.list() });
