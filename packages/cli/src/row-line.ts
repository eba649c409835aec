import type { LogEntry } from '@plurnk/protocol';
import type { Terminal } from './terminal.ts';

/** The address of a row as a person reads it. */
export function addressOf(row: LogEntry): string {
  if (row.scheme === null) return row.pathname ?? '';
  const port = row.port === null ? '' : `:${row.port}`;
  const fragment = row.fragment === null ? '' : `#${row.fragment}`;
  return `${row.scheme}://${row.hostname ?? ''}${port}${row.pathname ?? ''}${fragment}`;
}

/** One line: coordinate, op, target, what came of it. */
export function rowLine(terminal: Terminal, row: LogEntry): string {
  const coordinate = terminal.paint('dim', `${row.loop_seq}/${row.turn_seq}/${row.sequence}`);
  const status = terminal.paint(statusColour(row.status_rx), String(row.status_rx));
  const outcome = row.outcome === null ? '' : ` ${row.outcome}`;
  const detail = detailOf(row);
  return `${coordinate} ${terminal.paint('bold', row.op)} ${addressOf(row)} ${status}${outcome}${detail}`.replace(
    / {2,}/g,
    ' ',
  );
}

/** Text of a SEND or a PLAN. */
export function bodyOf(row: LogEntry): string {
  const body = (row.tx as { body?: unknown } | null)?.body;
  if (typeof body === 'string') return body;
  const raw = (body as { raw?: unknown } | null | undefined)?.raw;
  return typeof raw === 'string' ? raw : '';
}

function detailOf(row: LogEntry): string {
  if (row.op === 'PLAN' || row.op === 'EXEC') return `  ${firstLine(bodyOf(row))}`;
  if (row.status_rx >= 400 && typeof row.rx === 'string') return `  ${firstLine(row.rx)}`;
  return '';
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0] ?? '';
}

function statusColour(status: number): 'green' | 'yellow' | 'red' | 'cyan' {
  if (status >= 500) return 'red';
  if (status >= 400) return 'yellow';
  return status === 102 || status === 202 ? 'cyan' : 'green';
}
