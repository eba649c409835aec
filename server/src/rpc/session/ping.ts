import type { Handler } from '../services.ts';

export const ping: Handler<'ping'> = async () => ({});
