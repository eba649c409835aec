import type { LogRow, RowTarget } from '../store/contract.ts';

/** A row without address: SEND to the user, PLAN, error. */
export const NO_TARGET: RowTarget = {
  scheme: null,
  username: null,
  password: null,
  hostname: null,
  port: null,
  pathname: null,
  params: {},
  fragment: null,
};

/** Address of an entry of a registered scheme: `entryTarget('known', '/plan.md')`. */
export function entryTarget(scheme: string | null, pathname: string, fragment: string | null = null): RowTarget {
  return { ...NO_TARGET, scheme, pathname, fragment };
}

/** `run://<name>` */
export function runTarget(name: string): RowTarget {
  return { ...NO_TARGET, scheme: 'run', hostname: name };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters of file names are exactly what is escaped
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029)]/g;

/** Characters that would end a line or a target become percent escapes, so that an address is one word on one line. */
function escapeAddress(text: string): string {
  return text.replace(/%(?=[0-9A-Fa-f]{2})/g, '%25').replace(UNSAFE, encodeUnsafe);
}

function encodeUnsafe(character: string): string {
  return character === ')' ? '%29' : encodeURIComponent(character);
}

/** The address as the model may write it back, on one line; null when there is none. */
export function formatTarget(target: RowTarget): string | null {
  const { scheme, pathname, hostname } = target;
  if (scheme === null)
    return pathname === null ? null : escapeAddress(pathname.replace(/^\/(?=.)/, '')) + fragmentOf(target);
  if (scheme === 'http' || scheme === 'https') return formatWeb(target);
  const authority = scheme === 'run' ? escapeAddress(hostname ?? '') : '';
  return `${scheme}://${authority}${escapeAddress(pathname ?? '')}${fragmentOf(target)}`;
}

function fragmentOf(target: RowTarget): string {
  return target.fragment === null ? '' : `#${escapeAddress(target.fragment)}`;
}

function formatWeb(target: RowTarget): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(target.params)) {
    for (const item of Array.isArray(value) ? value : [value]) query.append(key, String(item));
  }
  const search = query.size === 0 ? '' : `?${query}`;
  const port = target.port === null ? '' : `:${target.port}`;
  const raw = `${target.scheme}://${target.hostname ?? ''}${port}${target.pathname ?? '/'}${search}`;
  return raw.replace(UNSAFE, encodeUnsafe) + fragmentOf(target);
}

/** `log:///<loop>/<turn>/<sequence>/<op>` (2.1). */
export function rowPath(row: Pick<LogRow, 'loopSeq' | 'turnSeq' | 'sequence' | 'op'>): string {
  return `log:///${row.loopSeq}/${row.turnSeq}/${row.sequence}/${row.op}`;
}
