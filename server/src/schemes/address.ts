/** Addresses: from a parsed target to what a row stores, and back to what a model can write (RES-2, RES-3). */
import type { Target } from '@plurnk/plurnk-grammar';
import type { JsonObject } from '@plurnk/protocol';
import type { RowTarget } from '../store/contract.ts';

/** A parsed target under its scheme. */
export interface Address {
  /** Registered name; `file` for project files. */
  readonly scheme: string;
  /** Decoded. Files: as written. Namespaces: begins with `/`, the authority folded in. */
  readonly path: string;
  /** Owner of `run`, host of the web; empty otherwise. */
  readonly authority: string;
  /** Named channel, null for the default one. */
  readonly channel: string | null;
  readonly params: JsonObject;
  /** As the model wrote it. */
  readonly raw: string;
}

const KEEPS_AUTHORITY = new Set(['run']);
/** Their paths stay encoded: a server decides what they mean. */
const WEB = new Set(['http', 'https']);

/** Percent-decoding; what is no valid sequence stays as it is. */
export function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(/(?:%[0-9a-f]{2})+/gi, run => {
      try {
        return decodeURIComponent(run);
      } catch {
        return run;
      }
    });
  }
}

function jsonParams(params: { readonly [key: string]: string | readonly string[] }): JsonObject {
  return Object.fromEntries(
    Object.entries(params).map(([key, value]) => [key, typeof value === 'string' ? value : [...value]]),
  );
}

/** A `file:` URL: after the slashes everything is the path, whatever WHATWG makes of a host. */
function fileUrl(raw: string): Address {
  const [, rest = ''] = /^[a-z]+:\/\/([^?#]*)/i.exec(raw) ?? [];
  const [, fragment = null] = /#(.*)$/.exec(raw) ?? [];
  const path = decodePercent(rest);
  const channel = fragment === null || fragment === '' ? null : decodePercent(fragment);
  return { scheme: 'file', path: path.startsWith('/') ? path : `/${path}`, authority: '', channel, params: {}, raw };
}

/** null for a `#regex#` target, which names paths and no address. */
export function addressOf(target: Target): Address | null {
  if (target.kind === 'regex') return null;
  if (target.kind === 'local') {
    return {
      scheme: 'file',
      path: decodePercent(target.raw),
      authority: '',
      channel: null,
      params: {},
      raw: target.raw,
    };
  }
  if (target.scheme === 'file') return fileUrl(target.raw);
  const port = target.port === null ? '' : `:${target.port}`;
  const authority = decodePercent(`${target.hostname ?? ''}${port}`);
  const pathname = decodePercent(target.pathname ?? '');
  const channel = target.fragment === null ? null : decodePercent(target.fragment);
  const rest = { channel, params: jsonParams(target.params), raw: target.raw };
  if (WEB.has(target.scheme)) return { scheme: target.scheme, path: target.pathname ?? '/', authority, ...rest };
  if (KEEPS_AUTHORITY.has(target.scheme)) return { scheme: target.scheme, path: pathname, authority, ...rest };
  const user = target.username === null ? '' : `${decodePercent(target.username)}@`;
  const folded = authority === '' ? pathname || '/' : `/${user}${authority}${pathname}`;
  return { scheme: target.scheme, path: folded, authority: '', ...rest };
}

export interface TargetParts {
  readonly scheme: string | null;
  readonly pathname: string | null;
  readonly hostname?: string | null;
  readonly params?: JsonObject;
  readonly fragment?: string | null;
}

/** NUL, which no database column takes, stays encoded. */
export function rowTarget(parts: TargetParts): RowTarget {
  const { scheme, pathname, hostname = null, params = {}, fragment = null } = parts;
  const safe = (text: string | null): string | null => text?.replaceAll('\0', '%00') ?? null;
  const at = { hostname: safe(hostname), pathname: safe(pathname), fragment: safe(fragment) };
  return { scheme, username: null, password: null, port: null, params, ...at };
}

/** What would end a target or start another part of it. */
const escapePath = (text: string): string =>
  text.replace(/[%)\r\n<\0]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
const escapeUrl = (text: string): string =>
  escapePath(text).replace(/[?# ]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

function query(params: JsonObject): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) {
    for (const one of Array.isArray(value) ? value : [value]) search.append(key, String(one));
  }
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}

/** An address that a model can copy into a target: project files bare, everything else as a URL. */
export function formatAddress(target: RowTarget): string {
  const fragment = target.fragment === null ? '' : `#${escapeUrl(target.fragment)}`;
  if (target.scheme === null) return escapePath(target.pathname ?? '') + fragment;
  const port = target.port === null ? '' : `:${target.port}`;
  const authority = target.hostname === null ? '' : `${target.hostname}${port}`;
  const pathname = target.pathname ?? '';
  const path = WEB.has(target.scheme) ? pathname.replaceAll(')', '%29') : escapeUrl(pathname);
  return `${target.scheme}://${authority}${path}${query(target.params)}${fragment}`;
}
