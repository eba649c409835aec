import type { ProviderErrorKind } from './provider.ts';
import { ProviderError } from './provider-error.ts';
import { redact } from './redact.ts';
import { TransportFailure, type TransportFault } from './transport/transport-failure.ts';

/** Who failed, for the sentence. */
export interface FailureContext {
  readonly provider: string;
  /** For people: `Anthropic`, `llama.cpp`. */
  readonly label: string;
  readonly model: string;
  /** Host and port of the endpoint, no path, no user. */
  readonly host: string;
  readonly secrets: readonly string[];
  readonly timeoutMs: number;
}

interface Verdict {
  readonly kind: ProviderErrorKind;
  readonly status?: number;
  readonly retryAfterMs?: number;
  readonly detail?: string;
  /** The detail is the vendor's own words, to be quoted. */
  readonly spoken?: boolean;
  /** Said instead of the kind's own sentence. */
  readonly sentence?: string;
}

const MOST_DETAIL = 400;
const OVERFLOW =
  /context[_ ]length|maximum context|context (window|size)|prompt is too long|too many (input )?tokens|input token count|exceed_context|exceeds? the (available|maximum|model)|input is too long|request_too_large/i;
const FILTER = /content[_ ]?(filter|policy|management)|safety|responsible_?ai|blocked by|moderation/i;
const QUOTA =
  /insufficient_quota|billing|credit balance|exceeded your current quota|payment|insufficient (funds|balance)/i;
const BAD_KEY =
  /api[ _-]?key[^.]{0,40}(not valid|invalid|incorrect|expired|missing)|(invalid|incorrect)[^.]{0,20}api[ _-]?key|API_KEY_INVALID/i;

/** Turns whatever an attempt threw into the one error the engine knows. Never lets a key through. */
export function toProviderError(error: unknown, context: FailureContext): ProviderError {
  if (error instanceof ProviderError) {
    return error;
  }
  const verdict = judge(error);
  const detail =
    verdict.detail === undefined ? undefined : redact(verdict.detail, context.secrets).slice(0, MOST_DETAIL);
  return new ProviderError({
    kind: verdict.kind,
    message: redact(sentenceFor({ ...verdict, ...(detail === undefined ? {} : { detail }) }, context), context.secrets),
    provider: context.provider,
    model: context.model,
    ...(verdict.status === undefined ? {} : { status: verdict.status }),
    ...(verdict.retryAfterMs === undefined ? {} : { retryAfterMs: verdict.retryAfterMs }),
    ...(detail === undefined || detail === '' ? {} : { detail }),
  });
}

function judge(error: unknown): Verdict {
  if (error instanceof TransportFailure) {
    return judgeFault(error.fault);
  }
  const text = errorText(error);
  return judgeText(text) ?? { kind: 'bad_response', detail: text, spoken: true };
}

function judgeFault(fault: TransportFault): Verdict {
  switch (fault.kind) {
    case 'http':
      return judgeHttp(fault);
    case 'redirect':
      return { kind: 'not_found', status: fault.status, detail: fault.to };
    case 'content_type':
      return { kind: 'bad_response', detail: fault.contentType };
    case 'tls':
      return { kind: 'tls_failure', detail: fault.code };
    case 'network':
      return { kind: 'network_failure', detail: fault.code };
    case 'proxy':
      return judgeProxy(fault);
    case 'cut':
      return { kind: 'network_failure', detail: 'the answer broke off' };
    case 'json_instead':
      return { kind: 'bad_response', detail: 'one JSON document' };
  }
}

/** A refusal is the proxy's last word; anything else may pass. */
function judgeProxy({ host, status }: Extract<TransportFault, { kind: 'proxy' }>): Verdict {
  if (status === null) {
    return {
      kind: 'network_failure',
      sentence: `The proxy ${host} cannot be reached. Check HTTPS_PROXY or http.proxy.`,
    };
  }
  const kind = status < 500 ? 'forbidden' : 'network_failure';
  const way =
    status === 407
      ? 'asks for a name and a password. Put them into HTTPS_PROXY or http.proxy'
      : `refuses the way to the model (${status})`;
  return { kind, status, sentence: `The proxy ${host} ${way}.` };
}

function judgeHttp(fault: Extract<TransportFault, { kind: 'http' }>): Verdict {
  const { status, body } = fault;
  const detail = messageIn(body);
  const base = {
    status,
    detail,
    spoken: true,
    ...(fault.retryAfterMs === null ? {} : { retryAfterMs: fault.retryAfterMs }),
  };
  if (status === 401 || (status < 404 && BAD_KEY.test(body))) {
    return { ...base, kind: 'unauthorized' };
  }
  if (status === 402 || (status === 429 && QUOTA.test(body)) || (status === 400 && /credit balance/i.test(body))) {
    return { ...base, kind: 'quota_exceeded' };
  }
  if (status === 429) {
    return { ...base, kind: 'rate_limit' };
  }
  if (status === 413 || ((status < 500 || status === 500) && status !== 403 && OVERFLOW.test(body))) {
    return { ...base, kind: 'context_overflow' };
  }
  return { ...base, kind: kindOfStatus(status, body) };
}

function kindOfStatus(status: number, body: string): ProviderErrorKind {
  if (status === 403) {
    return FILTER.test(body) ? 'refused' : 'forbidden';
  }
  if (status === 404) {
    return 'not_found';
  }
  if (status === 529 || (status === 503 && /overload|unavailable|loading model|busy|capacity/i.test(body))) {
    return 'overloaded';
  }
  if (status >= 500 || status === 408) {
    return 'server_error';
  }
  return FILTER.test(body) ? 'refused' : 'bad_request';
}

/** Errors that a vendor sends inside a stream that began well. */
function judgeText(text: string): Verdict | null {
  const rules: readonly (readonly [RegExp, ProviderErrorKind])[] = [
    [OVERFLOW, 'context_overflow'],
    [/overloaded/i, 'overloaded'],
    [QUOTA, 'quota_exceeded'],
    [/rate[_ ]limit|too many requests|RESOURCE_EXHAUSTED/i, 'rate_limit'],
    [/api_error|internal[_ ](server[_ ])?error|server_error|UNAVAILABLE/i, 'server_error'],
  ];
  const rule = rules.find(([pattern]) => pattern.test(text));
  return rule === undefined ? null : { kind: rule[1], detail: text, spoken: true };
}

function errorText(error: unknown): string {
  if (error instanceof Error) {
    return error.message;
  }
  return typeof error === 'string' ? error : (JSON.stringify(error) ?? String(error));
}

/** The vendor's own words from an error body of any of the known shapes. */
function messageIn(body: string): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return body
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim();
  }
  return findMessage(Array.isArray(parsed) ? parsed[0] : parsed) ?? body;
}

function findMessage(value: unknown): string | null {
  if (typeof value === 'string') {
    return value;
  }
  if (typeof value !== 'object' || value === null) {
    return null;
  }
  const { error, message, detail } = value as Record<string, unknown>;
  return findMessage(error) ?? findMessage(message) ?? findMessage(detail);
}

/** The error of an endpoint that stopped talking. */
export function silenceError(context: FailureContext): ProviderError {
  const verdict: Verdict = { kind: 'timeout' };
  return new ProviderError({
    kind: 'timeout',
    message: sentenceFor(verdict, context),
    provider: context.provider,
    model: context.model,
  });
}

function sentenceFor(verdict: Verdict, context: FailureContext): string {
  if (verdict.sentence !== undefined) {
    return verdict.sentence;
  }
  const detail = verdict.detail ?? '';
  const said = verdict.spoken === true && detail !== '' ? ` It said: ${endSentence(detail)}` : '';
  return `${SENTENCES[verdict.kind](context, verdict)}${SPEAKING.has(verdict.kind) ? said : ''}`;
}

const SPEAKING: ReadonlySet<ProviderErrorKind> = new Set([
  'forbidden',
  'not_found',
  'refused',
  'bad_request',
  'bad_response',
  'server_error',
  'context_overflow',
  'quota_exceeded',
]);

const SENTENCES: Readonly<Record<ProviderErrorKind, (context: FailureContext, verdict: Verdict) => string>> = {
  unauthorized: c => `${c.label} did not accept the key. Set a valid key with "Plurnk: Add Model…".`,
  forbidden: c => `${c.label} does not allow this key to use ${c.model}.`,
  rate_limit: (c, v) =>
    `${c.label} is limiting how often it may be asked.${v.retryAfterMs === undefined ? ' Try again in a while.' : ` Try again in ${seconds(v.retryAfterMs)}.`}`,
  quota_exceeded: c => `The account at ${c.label} has no credit left for this.`,
  network_failure: (c, v) =>
    v.detail === 'the answer broke off' || v.detail === 'ECONNRESET'
      ? `The answer of ${c.label} at ${c.host} broke off.`
      : `${c.label} cannot be reached at ${c.host} (${v.detail ?? 'no network'}). Check the network and the address.`,
  tls_failure: (c, v) =>
    `The certificate of ${c.host} cannot be trusted (${v.detail ?? 'TLS'}). Check the address, or add the authority with NODE_EXTRA_CA_CERTS.`,
  timeout: c =>
    `${c.label} has been silent for ${seconds(c.timeoutMs)}. Raise PLURNK_PROVIDERS_FETCH_TIMEOUT if it needs longer.`,
  context_overflow: c => `The packet does not fit the window of ${c.model}.`,
  refused: c => `${c.label} refused to answer this.`,
  bad_request: c => `${c.label} did not understand the request for ${c.model}.`,
  bad_response: (c, v) =>
    `The endpoint ${c.host} did not answer as a model does${v.spoken === true || v.detail === undefined ? '' : ` but with ${v.detail}`}. Check the base URL.`,
  not_found: (c, v) =>
    v.spoken === true
      ? `${c.label} at ${c.host} does not know ${c.model}. Check the model's name and the base URL.`
      : `The endpoint ${c.host} redirects to ${v.detail ?? 'another address'}. Set the base URL to the final address.`,
  server_error: (c, v) => `${c.label} failed${v.status === undefined ? '' : ` (${v.status})`}. Try again later.`,
  overloaded: c => `${c.label} is overloaded. Try again later.`,
  not_configured: c => `${c.label} is not set up. Use "Plurnk: Add Model…".`,
  cancelled: () => 'The request was cancelled.',
};

function seconds(ms: number): string {
  const count = Math.max(1, Math.ceil(ms / 1000));
  return count === 1 ? '1 second' : `${count} seconds`;
}

function endSentence(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
