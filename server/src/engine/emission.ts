import { type PlurnkParseError, PlurnkParser, type Statement } from '@plurnk/plurnk-grammar';
import type { TelemetryEvent } from '@plurnk/protocol';
import type { LogRow } from '../store/contract.ts';
import { type Core, isNumber, sessionOf, sessionSetting } from './core.ts';
import { executeStatement, type OpScope } from './execute.ts';
import { notice } from './generation.ts';
import { type Held, heldBy } from './held.ts';
import { isDisposition } from './statements.ts';
import { fingerprint, type TurnReport } from './strike-rail.ts';
import type { TurnLog } from './turn-log.ts';

export interface Dispatched {
  /** ENG-25: the disposition's signal, 102 when ops ran, 422 when none did. */
  readonly status: number;
  readonly report: Omit<TurnReport, 'grinderFolded'>;
  readonly parseMs: number;
  readonly executeMs: number;
}

interface Batch {
  readonly executed: Statement[];
  readonly rows: LogRow[];
  readonly parseErrors: PlurnkParseError[];
  counted: number;
  dropped: number;
  premature: boolean;
  disposition: number | null;
}

/** Parses what the model wrote and executes it in order; then the error rows, then the mirror (ENG-24 … ENG-27). */
export async function dispatchEmission(core: Core, text: string, log: TurnLog, scope: OpScope): Promise<Dispatched> {
  const began = core.clock.elapsed();
  const { items } = PlurnkParser.parse(text);
  const parsed = core.clock.elapsed();
  const held = heldBy(core, scope.runId);
  const batch: Batch = {
    executed: [],
    rows: [],
    parseErrors: [],
    counted: 0,
    dropped: 0,
    premature: false,
    disposition: null,
  };
  const limit = commandLimit(core, scope);
  for (const item of items) {
    if (item.kind === 'error') batch.parseErrors.push(item.error);
    else if (scope.signal.aborted) continue;
    else if (item.kind === 'text') appendProse(log, item.text);
    else await dispatchStatement(core, item.statement, { batch, log, scope, held, limit });
  }
  const steered = appendErrors(log, batch, held, limit, error => notice(core, log, grammarNotice(error)));
  mirror(log, text, batch.parseErrors.length > 0);
  return {
    status: batch.disposition ?? (batch.executed.length > 0 ? 102 : 422),
    report: {
      acted: batch.executed.length > 0,
      hardFailure: batch.rows.some(isHardFailure),
      steered,
      fingerprint: fingerprint(batch.executed),
    },
    parseMs: parsed - began,
    executeMs: core.clock.elapsed() - parsed,
  };
}

function grammarNotice({ line, column, severity, message }: PlurnkParseError): TelemetryEvent {
  const level = severity === 'warning' ? 'warn' : 'error';
  return { source: 'grammar', kind: 'parse', level, message, position: { type: 'content-offset', line, column } };
}

interface DispatchScope {
  readonly batch: Batch;
  readonly log: TurnLog;
  readonly scope: OpScope;
  readonly held: Held;
  readonly limit: number;
}

async function dispatchStatement(
  core: Core,
  statement: Statement,
  { batch, log, scope, held, limit }: DispatchScope,
): Promise<void> {
  if (!isExempt(statement)) {
    if (batch.counted >= limit) {
      batch.dropped += 1;
      return;
    }
    batch.counted += 1;
  }
  batch.executed.push(statement);
  if (isPrematureEnd(statement, held)) {
    batch.premature = true;
    batch.rows.push(appendRefusedEnd(log, statement));
    return;
  }
  const rows = await executeStatement(core, statement, log, scope);
  batch.rows.push(...rows);
  if (isDisposition(statement) && (statement.signal ?? 0) >= 200 && rows.every(row => row.statusRx < 400)) {
    batch.disposition = statement.signal;
  }
}

/** PLAN and a terminal SEND are neither counted nor dropped (ENG-26). */
function isExempt(statement: Statement): boolean {
  return statement.op === 'PLAN' || (isDisposition(statement) && (statement.signal ?? 0) >= 200);
}

/** ENG-34; judged by what the run held before the batch. */
function isPrematureEnd(statement: Statement, held: Held): boolean {
  return isDisposition(statement) && statement.signal === 200 && held.streams.length + held.runs.length > 0;
}

function appendRefusedEnd(log: TurnLog, statement: (Statement & { readonly op: 'SEND' }) | Statement): LogRow {
  return log.append({
    op: 'SEND',
    origin: 'model',
    status: 409,
    state: 'failed',
    outcome: 'premature_end',
    suffix: statement.suffix,
    signal: 200,
    tx: { body: statement.body as never },
    mimetypeTx: 'text/plain',
  });
}

function appendProse(log: TurnLog, text: string): void {
  const raw = text.trim();
  log.append({
    op: 'SEND',
    origin: 'model',
    status: 200,
    signal: 103,
    tx: { body: { raw, json: null } },
    mimetypeTx: 'text/plain',
    expanded: false,
  });
}

/** The engine's error rows, then the parse errors (ENG-24); true when one of them steers. */
function appendErrors(
  log: TurnLog,
  batch: Batch,
  held: Held,
  limit: number,
  tell: (error: PlurnkParseError) => void,
): boolean {
  if (batch.dropped > 0) {
    appendError(
      log,
      429,
      'Max Commands Exceeded',
      `${limit} ops are executed per turn; the last ${batch.dropped} were not. Repeat them next turn.`,
    );
  }
  if (batch.premature) {
    const open = [...held.streams, ...held.runs.map(run => `run://${run.name}`)];
    const first = open[0] ?? '';
    appendError(
      log,
      409,
      'Premature End',
      `${open.join(', ')} still open. Wait with <<SEND[202]:…:SEND or end it with <<KILL(${first})::KILL, then SEND[200].`,
    );
  }
  const idle =
    !batch.premature && batch.disposition === null && batch.executed.length > 0 && batch.executed.every(isTalk);
  if (idle) {
    appendError(
      log,
      409,
      'Idle Turn',
      'Only PLAN and SEND. Do something with an op, wait with SEND[202], or finish with SEND[200].',
    );
  }
  for (const error of batch.parseErrors) {
    tell(error);
    appendError(log, 400, 'Not Understood', `${error.line}:${error.column} ${error.message}`, 'grammar');
  }
  return batch.premature || idle;
}

function isTalk(statement: Statement): boolean {
  return statement.op === 'PLAN' || isDisposition(statement);
}

export function appendError(
  log: TurnLog,
  status: number,
  term: string,
  message: string,
  source: string | null = null,
): LogRow {
  return log.append({
    op: 'error',
    origin: 'plurnk',
    source,
    status,
    state: 'failed',
    outcome: term.toLowerCase().replaceAll(' ', '_'),
    rx: `${status} ${term}: ${message}`,
    mimetypeRx: 'text/plain',
  });
}

/** ENG-27 */
function mirror(log: TurnLog, text: string, pointedInto: boolean): void {
  if (text === '') return;
  log.append({
    op: 'model',
    origin: 'model',
    status: 200,
    rx: text,
    mimetypeRx: 'text/vnd.plurnk',
    expanded: pointedInto,
  });
}

/** ENG-30: absent things and unsupported ops are a model's way of finding out. */
function isHardFailure(row: LogRow): boolean {
  // A person who says no three times wants another proposal, not the end of the loop.
  if (row.outcome === 'rejected') return false;
  return row.statusRx >= 400 && row.statusRx !== 404 && row.statusRx !== 501;
}

/** A session may only tighten the operator's limit. */
function commandLimit(core: Core, scope: OpScope): number {
  const own = sessionSetting(sessionOf(core, scope.sessionId), 'maxCommands', isNumber);
  const limit = core.settings().maxCommands;
  return own === null ? limit : Math.min(limit, own);
}
