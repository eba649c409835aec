import type { JsonValue, LogEntry } from '@plurnk/protocol';
import type { LogRow } from '../store/contract.ts';

/** A row as the wire carries it: structured values as JSON, never JSON in a string (part 5). */
export function toLogEntry(row: LogRow): LogEntry {
  return {
    id: row.id,
    run_id: row.runId,
    loop_id: row.loopId,
    loop_seq: row.loopSeq,
    turn_id: row.turnId,
    turn_seq: row.turnSeq,
    sequence: row.sequence,
    at: row.at,
    origin: row.origin,
    source: row.source,
    op: row.op,
    suffix: row.suffix,
    signal: row.signal,
    scheme: row.scheme,
    username: row.username,
    password: row.password,
    hostname: row.hostname,
    port: row.port,
    pathname: row.pathname,
    params: row.params,
    fragment: row.fragment,
    lineMarker: row.lineMarker === null ? null : { marks: [...row.lineMarker.marks] },
    tx: row.tx,
    mimetype_tx: row.mimetypeTx,
    rx: wireValue(row.rx, row.mimetypeRx),
    mimetype_rx: row.mimetypeRx,
    status_rx: row.statusRx,
    tokens: row.tokens,
    state: row.state,
    outcome: row.outcome,
    attrs: row.tags.length === 0 ? row.attrs : { ...row.attrs, tags: [...row.tags] },
    expanded: row.expanded,
  };
}

function wireValue(text: string | null, mimetype: string | null): JsonValue {
  if (text === null || mimetype !== 'application/json') return text;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}
