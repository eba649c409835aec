import { ERROR_CODES, type ErrorCode, type ErrorData, type ErrorName } from '@plurnk/protocol';

/** A client that is in use drops all it waits for when this word is in an error (RPC-1). */
const DROPPED = /\bconnection(?=s?\b)/gi;

/** The only error that becomes a JSON-RPC error of its own; every other throw is a bug and becomes −32603 (RPC-2). */
export class RpcFailure extends Error {
  override readonly name = 'RpcFailure';
  readonly code: ErrorCode;
  readonly data: ErrorData;

  constructor(code: ErrorCode, message: string, data: ErrorData = {}) {
    super(message.replace(DROPPED, 'link'));
    this.code = code;
    this.data = data;
  }
}

/** A failure of part 5 by its name. */
export function failure(name: ErrorName, message: string, data: ErrorData = {}): RpcFailure {
  return new RpcFailure(ERROR_CODES[name], message, data);
}

export function invalid(field: string, message: string): RpcFailure {
  return failure('invalidParams', `${field === '' ? 'params' : field}: ${message}`, { field });
}
