import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface AdmissionRules {
  /** Null: no token asked for. */
  readonly token: string | null;
  /** Origins of browsers that are let in. */
  readonly allowedOrigins: readonly string[];
}

export interface Refusal {
  readonly status: 401 | 403;
  readonly message: string;
}

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]', '::1']);

/** Only from this machine, only from allowed browsers, only with the token (RL-16). Null = let in. */
export function refusal(request: IncomingMessage, rules: AdmissionRules): Refusal | null {
  if (!isLoopbackAddress(request.socket.remoteAddress ?? '')) return { status: 403, message: 'Only local clients.' };
  if (!isLoopbackHost(request.headers.host ?? '')) return { status: 403, message: 'Only by a local name.' };
  const { origin } = request.headers;
  if (origin !== undefined && !rules.allowedOrigins.includes(origin)) {
    return { status: 403, message: 'This origin is not allowed. Add it to PLURNK_ALLOWED_ORIGINS.' };
  }
  if (rules.token !== null && !sameText(givenToken(request), rules.token)) {
    return { status: 401, message: 'The token is missing or wrong.' };
  }
  return null;
}

/** Whether a server may listen on this host name. */
export function isLoopbackName(host: string): boolean {
  return LOOPBACK_NAMES.has(host.toLowerCase()) || /^127(\.\d{1,3}){3}$/.test(host);
}

function isLoopbackAddress(address: string): boolean {
  const plain = address.replace(/^::ffff:/i, '');
  return plain === '::1' || /^127(\.\d{1,3}){3}$/.test(plain);
}

/** The name in `Host`, so that a page cannot come in by a name that it made resolve to this machine. */
function isLoopbackHost(host: string): boolean {
  return isLoopbackName(host.replace(/:\d+$/, ''));
}

function givenToken(request: IncomingMessage): string {
  const bearer = /^Bearer\s+(.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return bearer ?? new URL(request.url ?? '/', 'http://localhost').searchParams.get('token') ?? '';
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
