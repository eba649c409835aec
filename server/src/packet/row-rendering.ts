import type { JsonValue } from '@plurnk/protocol';
import type { LogRow } from '../store/contract.ts';
import { formatTarget, rowPath } from './address.ts';
import { fence, fenceLines, numberLines } from './fence.ts';
import type { TokenCounter } from './token-counter.ts';

type RenderedRow = Pick<
  LogRow,
  | 'op'
  | 'origin'
  | 'source'
  | 'loopSeq'
  | 'turnSeq'
  | 'sequence'
  | 'signal'
  | 'tx'
  | 'rx'
  | 'statusRx'
  | 'tokens'
  | 'tags'
  | 'attrs'
  | 'expanded'
  | 'scheme'
  | 'username'
  | 'password'
  | 'hostname'
  | 'port'
  | 'pathname'
  | 'params'
  | 'fragment'
>;

/** The text of a row as the log section shows it: meta line, and the fenced body when it is open (PKT-10). */
export function renderRow(row: RenderedRow): string {
  const { meta, body, target, path } = partsOf(row);
  return body === null ? meta : meta + fence(target ?? path, body);
}

/** A row as text, and what the text weighs: the sum of its parts, of which most are known already (PKT-20). */
export function weighRow(row: RenderedRow, counter: TokenCounter): { readonly text: string; readonly tokens: number } {
  const { meta, body, target, path } = partsOf(row);
  const tokens = weighMeta(meta, target, counter);
  if (body === null) return { text: meta, tokens };
  const [open, close] = fenceLines(target ?? path, body);
  return {
    text: meta + open + body + close,
    tokens: tokens + counter.count(body) + counter.count(sameDigits(open + close)),
  };
}

/** Meta line, and the body when the row is open. */
function partsOf(row: RenderedRow) {
  const body = rowBody(row);
  const path = rowPath(row);
  const target = formatTarget(row);
  const mark = body === null ? '*' : row.expanded ? '+' : '-';
  const meta = `${mark} ${metaJson(row, path, target)}\n`;
  return { meta, body: mark === '+' ? body : null, target, path };
}

/**
 * Meta lines differ by their numbers and their target. Tokenizers take digits one by one or in groups of up to three,
 * whatever the digits are: what weighs one line weighs all that differ from it by digits only.
 */
function weighMeta(meta: string, target: string | null, counter: TokenCounter): number {
  if (target === null || target === '') return counter.count(sameDigits(meta));
  const at = meta.lastIndexOf(JSON.stringify(target));
  if (at === -1) return counter.count(sameDigits(meta));
  const rest = meta.slice(0, at + 1) + meta.slice(at + 1 + target.length);
  return counter.count(sameDigits(rest)) + counter.count(sameDigits(target));
}

const sameDigits = (text: string): string => text.replace(/[0-9]/g, '0');

/** Keys in alphabetical order; `exit`, `run`, `signal` and `tags` only where they apply. */
function metaJson(row: RenderedRow, path: string, target: string | null): string {
  const cause = row.source === 'file' || row.source?.startsWith('run://') === true ? row.source : null;
  const scalarSignal = Array.isArray(row.signal) ? null : row.signal;
  return JSON.stringify({
    ...(typeof row.attrs.exit === 'number' ? { exit: row.attrs.exit } : {}),
    op: row.op,
    origin: row.origin,
    path,
    ...(cause === null ? {} : { run: cause }),
    ...(scalarSignal === null ? {} : { signal: scalarSignal }),
    status: row.statusRx,
    ...(row.tags.length === 0 ? {} : { tags: row.tags }),
    target,
    tokens: row.tokens,
  });
}

/** What a row's fence holds when it is open; null when there is nothing to show (PKT-11). */
export function rowBody(row: Pick<LogRow, 'op' | 'tx' | 'rx' | 'statusRx'>): string | null {
  switch (row.op) {
    case 'PLAN':
    case 'SEND':
      return emptyToNull(row.statusRx >= 400 && row.rx !== null ? row.rx : askedText(row.tx));
    case 'EXEC':
      return row.statusRx >= 400 && row.rx !== null ? emptyToNull(row.rx) : numbered(askedText(row.tx));
    case 'model':
      return numbered(row.rx);
    default:
      return emptyToNull(row.rx);
  }
}

/** `tx.body` as text: a string, or the `raw` of a SEND. */
export function askedText(tx: JsonValue): string | null {
  if (tx === null || typeof tx !== 'object' || Array.isArray(tx)) return null;
  const body = tx.body;
  if (typeof body === 'string') return body;
  if (body !== null && typeof body === 'object' && !Array.isArray(body) && typeof body.raw === 'string')
    return body.raw;
  return null;
}

function numbered(text: string | null): string | null {
  return text === null || text === '' ? null : numberLines(text);
}

function emptyToNull(text: string | null): string | null {
  return text === '' ? null : text;
}
