/** What went wrong on the wire, before anyone has judged it. */
export type TransportFault =
  | { readonly kind: 'http'; readonly status: number; readonly body: string; readonly retryAfterMs: number | null }
  | { readonly kind: 'redirect'; readonly status: number; readonly to: string }
  | { readonly kind: 'content_type'; readonly contentType: string }
  | { readonly kind: 'tls'; readonly code: string }
  | { readonly kind: 'network'; readonly code: string }
  /** The proxy cannot be reached (`status` null) or does not open the way. */
  | { readonly kind: 'proxy'; readonly host: string; readonly status: number | null; readonly code: string }
  | { readonly kind: 'cut' }
  /** A server that answers with one JSON document although a stream was asked for. */
  | { readonly kind: 'json_instead'; readonly body: string };

/** Carries a fault through the AI SDK unchanged: no cause, no code, nothing it would rewrap. */
export class TransportFailure extends Error {
  override readonly name = 'TransportFailure';
  readonly fault: TransportFault;

  constructor(fault: TransportFault) {
    super(fault.kind);
    this.fault = fault;
  }
}

const TLS_CODE = /^(CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|EPROTO|HOSTNAME_MISMATCH|INVALID_CA)/;

/** A fault from whatever the network layer threw. */
export function faultOf(error: unknown): TransportFault {
  if (error instanceof TransportFailure) {
    return error.fault;
  }
  const code = codeIn(error);
  return TLS_CODE.test(code) ? { kind: 'tls', code } : { kind: 'network', code };
}

function codeIn(error: unknown): string {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if ('code' in at && typeof at.code === 'string') {
      return at.code;
    }
    if (at instanceof AggregateError && at.errors.length > 0) {
      return codeIn(at.errors[0]);
    }
  }
  return 'UNKNOWN';
}
