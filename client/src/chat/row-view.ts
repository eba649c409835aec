import type { JsonValue, LogEntry } from '@plurnk/protocol';
import type { ProposalView, RowView } from '@plurnk/protocol/webview';
import { l10n } from 'vscode';

const PREVIEW_CHARS = 4_000;

export interface RowExtras {
  readonly proposal: ProposalView | null;
  readonly live: boolean;
}

/** A log row as the chat draws it; the whole body stays with the server until the person unfolds it (UI-14). */
export function rowView(entry: LogEntry, { proposal, live }: RowExtras): RowView {
  const kind = kindOf(entry, proposal);
  const body = proposal && proposal.diff !== '' && kind !== 'prompt' ? proposal.diff : bodyOf(entry, kind);
  const whole = kind === 'prompt' || kind === 'message' || kind === 'error';
  const text = whole || body.length <= PREVIEW_CHARS ? body : '';
  return {
    id: entry.id,
    loopId: entry.loop_id,
    turnId: entry.turn_id,
    coordinate: `${entry.loop_seq}/${entry.turn_seq}/${entry.sequence}`,
    at: entry.at,
    kind,
    op: entry.op,
    signal: entry.op === 'SEND' && typeof entry.signal === 'number' ? Math.trunc(entry.signal) : null,
    origin: entry.origin,
    source: entry.source,
    status: entry.status_rx,
    state: entry.state,
    outcome: entry.outcome,
    target: targetOf(entry),
    link: linkOf(entry),
    lines: linesOf(entry),
    summary: summaryOf(entry, proposal),
    text,
    more: text === '' && body !== '',
    mimetype: entry.op === 'PLAN' ? 'text/markdown' : entry.mimetype_rx,
    durationMs: numberAttr(entry, 'durationMs'),
    live,
    proposal,
    chips: stringsAttr(entry, 'openPaths'),
  };
}

/** The whole body that unfolding shows. */
export function wholeBody(entry: LogEntry): string {
  return bodyOf(entry, kindOf(entry, null));
}

/** False for what the person never needs to see: mirrors of the emission, the bare progress signal. */
export function isShown(entry: LogEntry): boolean {
  if (entry.op === 'model') return false;
  return !(
    entry.op === 'SEND' &&
    entry.scheme === null &&
    entry.pathname === null &&
    bodyOf(entry, 'message').trim() === ''
  );
}

function kindOf(entry: LogEntry, proposal: ProposalView | null): RowView['kind'] {
  if (isPrompt(entry)) return 'prompt';
  if (entry.op === 'error') return 'error';
  if (entry.origin === 'plurnk' && entry.source === null && entry.turn_seq === 1) return 'context';
  if (proposal && entry.state === 'proposed') return 'proposal';
  if (entry.op === 'SEND' && entry.scheme === null && entry.pathname === null) return 'message';
  return 'op';
}

function isPrompt(entry: LogEntry): boolean {
  return entry.op === 'EDIT' && entry.scheme === 'plurnk' && (entry.pathname ?? '').startsWith('/prompt/');
}

function bodyOf(entry: LogEntry, kind: RowView['kind']): string {
  const sent = sentText(entry.tx);
  if (kind === 'prompt' || entry.op === 'PLAN') return sent || asText(entry.rx);
  if (kind === 'message') return sent;
  if (kind === 'error') return asText(entry.rx) || sent;
  if (entry.op === 'EDIT' || entry.op === 'SEND') return sent || asText(entry.rx);
  return asText(entry.rx) || sent;
}

function sentText(tx: JsonValue): string {
  if (typeof tx === 'string') return tx;
  if (tx === null || typeof tx !== 'object' || Array.isArray(tx)) return '';
  const { body } = tx;
  if (typeof body === 'string') return body;
  if (body !== null && typeof body === 'object' && !Array.isArray(body) && typeof body.raw === 'string')
    return body.raw;
  return '';
}

function asText(value: JsonValue): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

function targetOf(entry: LogEntry): string {
  if (entry.op === 'EXEC') return commandOf(entry);
  if (entry.pathname === null && entry.hostname === null) return '';
  if (entry.scheme === null) return decode(entry.pathname ?? '').replace(/^\/+/, '');
  const port = entry.port === null ? '' : `:${entry.port}`;
  return `${entry.scheme}://${entry.hostname ?? ''}${port}${entry.pathname ?? ''}${entry.fragment ? `#${entry.fragment}` : ''}`;
}

function commandOf(entry: LogEntry): string {
  return sentText(entry.tx).split('\n')[0] ?? '';
}

/** Files and entries open as documents; runs, streams and rows have no document. */
function linkOf(entry: LogEntry): string | null {
  if (entry.pathname === null) return entry.hostname === null ? null : linkable(entry);
  return linkable(entry);
}

function linkable(entry: LogEntry): string | null {
  const target = targetOf(entry);
  if (target === '' || entry.op === 'EXEC' || /[*?[\]{}]/.test(target)) return null;
  if (entry.scheme === null) return target;
  return ['known', 'unknown', 'plurnk', 'http', 'https'].includes(entry.scheme) ? target : null;
}

function linesOf(entry: LogEntry): [number, number] | null {
  const marks = entry.lineMarker?.marks ?? [];
  const [first, last = first] = marks;
  if (first === undefined || last === undefined || first < 1 || last < first || marks.length > 2) return null;
  return Number.isInteger(first) && Number.isInteger(last) ? [first, last] : null;
}

function summaryOf(entry: LogEntry, proposal: ProposalView | null): string {
  if (proposal && proposal.kind !== 'exec') return `+${proposal.added} −${proposal.removed}`;
  if (entry.op === 'FIND' && entry.status_rx < 300) return matchCount(entry);
  if (entry.state === 'failed' && entry.outcome) return entry.outcome.replaceAll('_', ' ');
  const exit = numberAttr(entry, 'exitCode');
  return exit === null ? '' : l10n.t('exit {0}', exit);
}

function matchCount(entry: LogEntry): string {
  const count = numberAttr(entry, 'matches') ?? (Array.isArray(entry.rx) ? entry.rx.length : null);
  if (count === null) return '';
  return count === 1 ? l10n.t('1 match') : l10n.t('{0} matches', count);
}

function numberAttr(entry: LogEntry, name: string): number | null {
  const value = entry.attrs[name];
  return typeof value === 'number' ? value : null;
}

function stringsAttr(entry: LogEntry, name: string): string[] {
  const value = entry.attrs[name];
  return Array.isArray(value) ? value.filter(each => typeof each === 'string') : [];
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
