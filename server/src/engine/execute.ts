import type { Statement } from '@plurnk/plurnk-grammar';
import type { JsonObject, JsonValue } from '@plurnk/protocol';
import type { OpContext, OpOutcome, OpResult } from '../schemes/contract.ts';
import type { LogRow, RowTarget } from '../store/contract.ts';
import type { Core } from './core.ts';
import type { RowDraft, TurnLog } from './turn-log.ts';

export type OpScope = Omit<OpContext, 'at'>;

/** How the rows of an op differ from what the op says of itself. */
export interface RowOptions {
  readonly source?: string | null;
  readonly expanded?: boolean;
}

/** Executes one op and writes its rows; waits where a proposal waits. A throw of a handler is a row 500. */
export async function executeStatement(
  core: Pick<Core, 'operations' | 'proposals' | 'defect' | 'clock'>,
  statement: Statement,
  log: TurnLog,
  scope: OpScope,
  options: RowOptions = {},
): Promise<readonly LogRow[]> {
  const context: OpContext = {
    ...scope,
    at: { loopSeq: log.loop.seq, turnSeq: log.turn.seq, sequence: log.nextSequence },
  };
  const target = targetOf(core, statement, context);
  const began = core.clock.elapsed();
  const outcome = await outcomeOf(core, statement, context);
  const durationMs = Math.round(core.clock.elapsed() - began);
  switch (outcome.kind) {
    case 'silent':
      return [];
    case 'rows':
      return outcome.rows.map(result =>
        log.append(draftOf(statement, context, timed(result, durationMs), target, options)),
      );
    case 'proposal': {
      const { proposal } = outcome;
      const waiting: OpResult = {
        status: 202,
        target: proposal.target,
        attrs: { proposal: proposal.kind, ...sizeOf(proposal.attrs) },
      };
      const row = log.append({ ...draftOf(statement, context, waiting, target, options), state: 'proposed' });
      return [await core.proposals.propose(proposal, row, context, log)];
    }
  }
}

/** How long the op took, for the person (UI-11, UI-31); less than a millisecond is not worth a word. */
const timed = (result: OpResult, durationMs: number): OpResult =>
  durationMs < 1 ? result : { ...result, attrs: { ...result.attrs, durationMs } };

/** What a settled row still tells about the size of its change. */
function sizeOf({ added, removed }: JsonObject): JsonObject {
  return typeof added === 'number' && typeof removed === 'number' ? { added, removed } : {};
}

async function outcomeOf(
  core: Pick<Core, 'operations' | 'defect'>,
  statement: Statement,
  context: OpContext,
): Promise<OpOutcome> {
  try {
    const refusal = core.operations.refusal(statement, context);
    if (refusal !== null) return { kind: 'rows', rows: [refusal] };
    return await core.operations.execute(statement, context);
  } catch (error) {
    core.defect(error, `op ${statement.op}`);
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'rows', rows: [{ status: 500, rx: message, outcome: 'handler_failed' }] };
  }
}

function targetOf(
  core: Pick<Core, 'operations' | 'defect'>,
  statement: Statement,
  context: OpContext,
): RowTarget | null {
  try {
    return core.operations.rowTarget(statement, context);
  } catch (error) {
    core.defect(error, `target of ${statement.op}`);
    return null;
  }
}

function draftOf(
  statement: Statement,
  context: OpContext,
  result: OpResult,
  target: RowTarget | null,
  options: RowOptions,
): RowDraft {
  const tags = result.tags ?? (isTagSignal(statement.signal) ? statement.signal : []);
  return {
    op: statement.op,
    origin: context.writer,
    status: result.status,
    suffix: statement.suffix,
    signal: statement.signal as JsonValue,
    target: result.target ?? target,
    lineMarker: result.lineMarker === undefined ? statement.lineMarker : result.lineMarker,
    tx: { body: statement.body as unknown as JsonValue },
    mimetypeTx: statement.body === null ? null : 'text/plain',
    rx: result.rx ?? null,
    mimetypeRx: result.mimetypeRx ?? null,
    state: result.status >= 400 ? 'failed' : 'resolved',
    outcome: result.outcome ?? null,
    attrs: (result.attrs ?? {}) as JsonObject,
    tags,
    source: options.source ?? null,
    expanded: options.expanded ?? true,
  };
}

function isTagSignal(signal: unknown): signal is readonly string[] {
  return Array.isArray(signal);
}
