export type StoreErrorCode =
  /** The database was written by a newer version of this product (RL-2). */
  | 'schema-too-new'
  /** Another live process owns the storage folder (RL-4). */
  | 'held'
  /** A statement, or a use of the store, that is a defect of the caller. */
  | 'misuse'
  /** The row asked for does not exist. */
  | 'absent';

/** Every failure that the store itself names. What SQLite or the file system says travels as `cause`. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.code = code;
  }
}

/** The `code` of a system error (`ENOSPC`), or the message of any other. */
export function errorCode(error: unknown): string {
  if (error instanceof StoreError) return error.message;
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.message : String(error);
}
