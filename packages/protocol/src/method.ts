import type { z } from 'zod';

/** One method of part 5: its schemas, what it does, and how it is treated. */
export interface MethodSpec<Params extends z.ZodType = z.ZodType, Result extends z.ZodType = z.ZodType> {
  readonly description: string;
  readonly params: Params;
  readonly result: Result;
  /** Needs a session: an unattached caller gets one made (RPC-4). */
  readonly requiresInit?: boolean;
  /** Has no deadline (RPC-3). */
  readonly longRunning?: boolean;
}

export function defineMethod<Params extends z.ZodType, Result extends z.ZodType>(
  spec: MethodSpec<Params, Result>,
): MethodSpec<Params, Result> {
  return spec;
}
