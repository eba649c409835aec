/** JSON-RPC error codes (RPC-2). What an op did (404, 409, …) is a result with `status`, never one of these. */
export const ERROR_CODES = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  noSession: -32000,
  sessionNotFound: -32001,
  loopNotFound: -32002,
  entryNotFound: -32003,
  providerUnavailable: -32004,
  schemeUnavailable: -32005,
  mimetypeUnavailable: -32006,
  timedOut: -32007,
  /** LSP's own code, also used over WebSocket: the caller cancelled the request. */
  cancelled: -32800,
} as const;

export type ErrorName = keyof typeof ERROR_CODES;
export type ErrorCode = (typeof ERROR_CODES)[ErrorName];

export const ERROR_MEANINGS: Record<ErrorName, string> = {
  parse: 'The message is not JSON (id null).',
  invalidRequest: 'The message is not a JSON-RPC request.',
  methodNotFound: 'No such method.',
  invalidParams: 'The parameters do not validate; `data.field` names the field.',
  internal: 'The handler failed.',
  noSession: 'No session could be made.',
  sessionNotFound: 'No such session.',
  loopNotFound: 'No such loop or run.',
  entryNotFound: 'No such log entry, turn or entry.',
  providerUnavailable: 'The model provider is not available.',
  schemeUnavailable: 'Nothing here serves the scheme of the address (`entry.read`, `entry.list`, `stream.kill`).',
  mimetypeUnavailable: 'The file is no text, so it has no content to read (`entry.read`).',
  timedOut: 'The call took longer than its deadline.',
  cancelled: 'The caller cancelled the request.',
};

/** `data` of every error: always an object. */
export interface ErrorData {
  /** Path of the bad field for −32602, for example `settings.maxCommands`. */
  readonly field?: string;
  /** What would be valid, or what to do. */
  readonly hint?: string;
  readonly [key: string]: unknown;
}
