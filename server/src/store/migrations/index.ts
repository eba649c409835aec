import { initial } from './0001-initial.ts';
import type { Migration } from './migration.ts';

/** Every step of the schema, in order. A released one is never changed again: the next change is the next number. */
export const migrations: readonly Migration[] = [initial];
