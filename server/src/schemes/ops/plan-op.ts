/** PLAN (RES-21): recorded, no effect. */
import { rows } from '../scheme.ts';
import type { OpHandler } from './op.ts';

export const planOp: OpHandler<'PLAN'> = async statement =>
  rows({ status: 200, rx: null, tags: statement.signal ?? [] });
