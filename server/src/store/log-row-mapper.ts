import type { JsonValue, RowOp, RowState, Writer } from '@plurnk/protocol';
import type { SqlBlobStore } from './blob-store.ts';
import type { LogEntryId, LogRow, LoopId, NewLogRow, RunId, TurnId } from './contract.ts';
import type { SqlValue } from './journal-format.ts';
import { AWAITS_INDEX, NEVER_INDEXED } from './search-indexer.ts';
import type { Row } from './sql-engine.ts';
import { flag, json, jsonObject, jsonValue, numberOrNull, stringList, textOf, textOrNull } from './values.ts';

/** Characters; longer bodies go to the blobs. */
const MAX_INLINE = 1024;

export const LOG_COLUMNS = [
  'id',
  'session_id',
  'run_id',
  'loop_id',
  'loop_seq',
  'turn_id',
  'turn_seq',
  'sequence',
  'at',
  'origin',
  'source',
  'op',
  'suffix',
  'signal',
  'line_marker',
  'scheme',
  'username',
  'password',
  'hostname',
  'port',
  'pathname',
  'params',
  'fragment',
  'mimetype_tx',
  'mimetype_rx',
  'status_rx',
  'tokens',
  'state',
  'outcome',
  'expanded',
  'indexed',
  'tags',
  'attrs',
  'tx',
  'tx_blob',
  'rx',
  'rx_blob',
] as const;

export type LogColumn = (typeof LOG_COLUMNS)[number];

/** A body inline or as a blob: the values of its two columns. */
export function bodyColumns(text: string | null, blobs: SqlBlobStore): readonly [SqlValue, SqlValue] {
  if (text === null) return [null, null];
  return text.length <= MAX_INLINE ? [text, null] : [null, blobs.id(text)];
}

export function txText(tx: JsonValue): string | null {
  return tx === null ? null : json(tx);
}

/** Whether every body is short enough to stand in the row itself. */
export function isInline(row: Pick<NewLogRow, 'tx' | 'rx'>): boolean {
  return (row.rx?.length ?? 0) <= MAX_INLINE && (txText(row.tx)?.length ?? 0) <= MAX_INLINE;
}

/** The model's mirror repeats what the op rows hold, so it is not searched. */
function indexing(op: RowOp): number {
  return op === 'model' ? NEVER_INDEXED : AWAITS_INDEX;
}

/** Values in the order of LOG_COLUMNS. */
export function toColumns(id: LogEntryId, sessionId: number, row: NewLogRow, blobs: SqlBlobStore): readonly SqlValue[] {
  return [
    id,
    sessionId,
    row.runId,
    row.loopId,
    row.loopSeq,
    row.turnId,
    row.turnSeq,
    row.sequence,
    row.at,
    row.origin,
    row.source,
    row.op,
    row.suffix,
    json(row.signal),
    row.lineMarker === null ? null : json(row.lineMarker),
    row.scheme,
    row.username,
    row.password,
    row.hostname,
    row.port,
    row.pathname,
    json(row.params),
    row.fragment,
    row.mimetypeTx,
    row.mimetypeRx,
    row.statusRx,
    row.tokens,
    row.state,
    row.outcome,
    flag(row.expanded),
    indexing(row.op),
    json(row.tags),
    json(row.attrs),
    ...bodyColumns(txText(row.tx), blobs),
    ...bodyColumns(row.rx, blobs),
  ];
}

function body(inline: SqlValue | undefined, blobId: SqlValue | undefined, blobs: SqlBlobStore): string | null {
  return blobId === null || blobId === undefined ? textOrNull(inline) : blobs.text(Number(blobId));
}

export function toLogRow(row: Row, blobs: SqlBlobStore): LogRow {
  return {
    id: Number(row.id) as LogEntryId,
    runId: Number(row.run_id) as RunId,
    loopId: Number(row.loop_id) as LoopId,
    loopSeq: Number(row.loop_seq),
    turnId: Number(row.turn_id) as TurnId,
    turnSeq: Number(row.turn_seq),
    sequence: Number(row.sequence),
    at: Number(row.at),
    origin: textOf(row.origin) as Writer,
    source: textOrNull(row.source),
    op: textOf(row.op) as RowOp,
    suffix: textOf(row.suffix),
    signal: jsonValue(row.signal),
    lineMarker: row.line_marker === null ? null : JSON.parse(textOf(row.line_marker)),
    scheme: textOrNull(row.scheme),
    username: textOrNull(row.username),
    password: textOrNull(row.password),
    hostname: textOrNull(row.hostname),
    port: numberOrNull(row.port),
    pathname: textOrNull(row.pathname),
    params: jsonObject(row.params),
    fragment: textOrNull(row.fragment),
    tx: jsonValue(body(row.tx, row.tx_blob, blobs)),
    mimetypeTx: textOrNull(row.mimetype_tx),
    rx: body(row.rx, row.rx_blob, blobs),
    mimetypeRx: textOrNull(row.mimetype_rx),
    statusRx: Number(row.status_rx),
    tokens: Number(row.tokens),
    state: textOf(row.state) as RowState,
    outcome: textOrNull(row.outcome),
    attrs: jsonObject(row.attrs),
    tags: stringList(row.tags),
    expanded: row.expanded === 1,
  };
}
