import type { SqlValue } from '../journal-format.ts';

/**
 * One step of the schema. Forward only, applied once, in the order of `number`; it becomes one commit of the journal,
 * so it may use nothing but statements and what it is given: no clock, no random values.
 */
export interface Migration {
  readonly number: number;
  readonly name: string;
  up(run: (sql: string, params?: readonly SqlValue[]) => void): void;
}
