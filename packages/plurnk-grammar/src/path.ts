import type { Target, UrlTarget } from './ast.ts';
import { BACKSLASH, HASH } from './chars.ts';
import { PlurnkParseError } from './error.ts';
import { excerpt } from './words.ts';

const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;
/** Schemes for which WHATWG has rules of its own (default ports, host names, a pathname that is never empty). */
const SPECIAL = new Set(['http', 'https', 'ws', 'wss', 'ftp', 'file']);
/**
 * A URL that the WHATWG rules leave as it is: lower-case scheme, plain host, a pathname of plain segments none of which
 * starts with a dot, a plain fragment. Taking it apart here is several times faster than `new URL`.
 */
const PLAIN_URL =
  /^([a-z][a-z0-9+.-]*):\/\/([A-Za-z0-9_-]*)((?:\/(?:[A-Za-z0-9_*-][A-Za-z0-9_*.-]*)?)*)(?:#([A-Za-z0-9_/*.-]+))?$/;

/** A pattern and its flags, as split from `#pattern#flags`. */
export interface RegexParts {
  readonly pattern: string;
  readonly flags: string;
}

/**
 * Classifies a raw target (LNG-8): null, regex, local or url.
 * @throws PlurnkParseError with source `visitor` for a URL that the WHATWG rules reject; nothing else throws.
 */
export function parsePath(raw: string): Target | null {
  const target = classifyPath(raw);
  if (target !== undefined) return target;
  throw new PlurnkParseError({
    line: 1,
    column: 0,
    offset: 0,
    endOffset: raw.length,
    source: 'visitor',
    severity: 'error',
    message: invalidUrl(raw),
  });
}

export function invalidUrl(raw: string): string {
  return `\`${excerpt(raw)}\` is not a valid URL; check its host and port, and percent-encode what does not belong there.`;
}

/** As `parsePath`, but gives undefined for a URL that must be refused. */
export function classifyPath(raw: string): Target | null | undefined {
  if (raw === '') return null;
  if (raw.charCodeAt(0) === HASH) {
    const parts = splitRegex(raw);
    if (parts !== null) return { kind: 'regex', raw, pattern: parts.pattern, flags: parts.flags };
    return { kind: 'local', raw };
  }
  if (!SCHEME.test(raw)) return { kind: 'local', raw };
  return plainUrl(raw) ?? whatwgUrl(raw);
}

/**
 * Splits `#pattern#flags` at the first `#` that no backslash escapes (LNG-8, LNG-11). The pattern stays as written.
 * Null if there is no such `#` or if pattern and flags do not compile.
 */
export function splitRegex(raw: string): RegexParts | null {
  const close = closingHash(raw, 1);
  if (close === -1) return null;
  const pattern = raw.slice(1, close);
  const flags = raw.slice(close + 1);
  return compiles(pattern, flags) ? { pattern, flags } : null;
}

function closingHash(raw: string, from: number): number {
  for (let at = from; at < raw.length; at++) {
    const code = raw.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === HASH) return at;
  }
  return -1;
}

const FLAGS = /^[dgimsuvy]*$/;

function compiles(pattern: string, flags: string): boolean {
  if (!FLAGS.test(flags)) return false;
  try {
    new RegExp(pattern, flags);
    return true;
  } catch {
    return false;
  }
}

function plainUrl(raw: string): UrlTarget | null {
  const parts = PLAIN_URL.exec(raw);
  if (parts === null) return null;
  const scheme = parts[1] ?? '';
  if (SPECIAL.has(scheme)) return null;
  return {
    kind: 'url',
    raw,
    scheme,
    username: null,
    password: null,
    hostname: parts[2] || null,
    port: null,
    pathname: parts[3] || null,
    params: {},
    fragment: parts[4] ?? null,
  };
}

function whatwgUrl(raw: string): UrlTarget | undefined {
  let url: URL;
  try {
    url = new URL(raw);
  } catch {
    return undefined;
  }
  return {
    kind: 'url',
    raw,
    scheme: url.protocol.slice(0, -1),
    username: url.username || null,
    password: url.password || null,
    hostname: url.hostname || null,
    port: url.port === '' ? null : Number(url.port),
    pathname: url.pathname || null,
    params: url.search === '' ? {} : collectParams(url.searchParams),
    fragment: url.hash === '' ? null : url.hash.slice(1),
  };
}

function collectParams(search: URLSearchParams): UrlTarget['params'] {
  const params = new Map<string, string | string[]>();
  for (const [key, value] of search) {
    const known = params.get(key);
    if (known === undefined) params.set(key, value);
    else if (Array.isArray(known)) known.push(value);
    else params.set(key, [known, value]);
  }
  return Object.fromEntries(params);
}
