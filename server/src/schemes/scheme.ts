/** The contract of a scheme (RES-1): what it declares, and a handler per ability. A missing one means 501. */
import type { KillStatement, SendStatement } from '@plurnk/plurnk-grammar';
import type { EntryScope, Writer } from '@plurnk/protocol';
import type { Candidate, LineSpan } from '../content/contract.ts';
import type { LogRow, RowTarget } from '../store/contract.ts';
import type { Address } from './address.ts';
import type { OpContext, OpOutcome, OpResult, SchemeInfo } from './contract.ts';

export interface ChannelSummary {
  readonly mimetype: string;
  readonly tokens: number;
  readonly lines: number;
}

/** One entry as FIND lists it and as fan-outs read it. */
export interface Item {
  /** What globs and `#regex#` look at: files without, namespaces with a leading slash. */
  readonly path: string;
  readonly address: Address;
  readonly target: RowTarget;
  readonly tags: readonly string[];
  /** Age of a live stream. */
  readonly seconds?: number;
  readonly description?: string;
  /** By address; may read a file. */
  channels(): Promise<{ readonly [uri: string]: ChannelSummary }>;
  /** The default channel as text to look into; null for binary content. */
  candidate(): Candidate | null;
  /** For OPEN, FOLD and KILL of log rows. */
  readonly row?: LogRow;
}

export interface Content {
  readonly target: RowTarget;
  readonly text: string;
  readonly mimetype: string;
  readonly tags: readonly string[];
  /** 200, or 102 for a stream that is still open. */
  readonly status?: number;
  /** The text carries its own numbers, or needs none. */
  readonly verbatim?: boolean;
  /** Compare-and-swap token of files. */
  readonly signature?: string;
}

export interface Edit {
  readonly before: Content | null;
  readonly text: string;
  /** Lines of `text` that are the result of the edit. */
  readonly span: LineSpan;
  /** All tags afterwards. */
  readonly tags: readonly string[];
}

export interface Failure {
  readonly status: number;
  readonly message: string;
  readonly outcome?: string;
}

export const fail = (status: number, message: string, outcome?: string): Failure =>
  outcome === undefined ? { status, message } : { status, message, outcome };

export const isFailed = (value: object): value is Failure => 'message' in value && 'status' in value;

export interface Scheme {
  readonly info: SchemeInfo;
  /** Declared channels with their mimetype; the first is the default. */
  readonly channels: { readonly [name: string]: string };
  readonly scope: EntryScope;
  readonly writableBy: readonly Writer[];
  readonly flags: { readonly excludedInAsk?: boolean; readonly requiresWeb?: boolean };
  /** Whether an address selects a set of entries; by default a glob or a trailing slash does. */
  isSet?(address: Address): boolean;
  /** The glob over item paths that a set address stands for; its path by default. */
  scopeGlob?(address: Address, context: OpContext): string;
  /** How rows store the address. Pure. */
  target(address: Address, context: OpContext): RowTarget;
  /** Every entry that a scope can select, path ascending. */
  list?(address: Address, context: OpContext): Promise<readonly Item[] | Failure>;
  /** One entry by its exact address; null when absent. */
  item?(address: Address, context: OpContext): Promise<Item | Failure | null>;
  /** The named or default channel; null when the entry is absent. */
  read?(address: Address, context: OpContext): Promise<Content | Failure | null>;
  /** What stands in an edit's place and the tags it has; null: absent, and may be created. Refuses what may not be written. */
  writable?(address: Address, context: OpContext): Promise<Content | Failure | null>;
  write?(address: Address, edit: Edit, context: OpContext): Promise<OpOutcome>;
  remove?(address: Address, context: OpContext, statement: KillStatement | null): Promise<OpOutcome>;
  send?(address: Address, statement: SendStatement, context: OpContext): Promise<OpResult>;
}

export const rows = (...results: readonly OpResult[]): OpOutcome => ({ kind: 'rows', rows: results });

export function failed(failure: Failure, target?: RowTarget): OpResult {
  const { status, message, outcome = null } = failure;
  return { status, rx: message, mimetypeRx: 'text/plain', outcome, ...(target === undefined ? {} : { target }) };
}

export const refuse = (failure: Failure, target?: RowTarget): OpOutcome => rows(failed(failure, target));
