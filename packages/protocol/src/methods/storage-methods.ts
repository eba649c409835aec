import { z } from 'zod';
import { noParams } from '../json-schema.ts';
import { defineMethod } from '../method.ts';

const bytes = z.int().nonnegative();

export const storageMethods = {
  'storage.status': defineMethod({
    description: 'How large the database is and what it holds. Sizes in bytes.',
    params: noParams,
    result: z.object({
      /** Of the database in memory. */
      memory: bytes,
      /** Journal since the last snapshot. */
      journal: bytes,
      /** Everything in the storage folder. */
      disk: bytes,
      sessions: z.int(),
      runs: z.int(),
      turns: z.int(),
      rows: z.int(),
      entries: z.int(),
      texts: z.int(),
    }),
  }),
  'storage.compact': defineMethod({
    description:
      'Removes texts that nothing refers to any more and rewrites the database without gaps. Work goes on meanwhile. Answers with how many texts went and the size of the storage folder before and after, in bytes.',
    params: noParams,
    result: z.object({ removed: z.int(), before: bytes, after: bytes }),
    longRunning: true,
  }),
} as const;
