import type { LogRow, RunId, RunRow, SessionId, SessionRow, TurnRow } from '../store/contract.ts';
import { failure } from './failure.ts';
import type { Attachment, RpcServices } from './services.ts';

/** Where the caller is attached. The dispatcher attaches callers of methods that need it (RPC-4). */
export function attached(services: RpcServices): Attachment {
  const attachment = services.caller.attachment;
  if (attachment === null) throw failure('noSession', 'There is no session to work in.');
  return attachment;
}

export function sessionById(services: RpcServices, id: number): SessionRow {
  const session = services.store.sessions.get(id as SessionId);
  if (session === null) throw failure('sessionNotFound', `There is no session ${id}.`, { field: 'id' });
  return session;
}

/** The session of the caller, or the one named by `id`. */
export function sessionOrOwn(services: RpcServices, id: number | undefined): SessionRow {
  return sessionById(services, id ?? attached(services).sessionId);
}

/** A run of the caller's session (ENG-3). */
export function ownRun(services: RpcServices, runId: number): RunRow {
  const run = services.store.runs.get(runId as RunId);
  if (run === null || run.sessionId !== attached(services).sessionId) {
    throw failure('loopNotFound', `This session has no run ${runId}.`, { field: 'runId' });
  }
  return run;
}

/** A turn of the caller's session. */
export function ownTurn(services: RpcServices, turnId: number, field = 'turnId'): TurnRow {
  const turn = services.store.turns.get(turnId as TurnRow['id']);
  const run = turn === null ? null : services.store.runs.get(turn.runId);
  if (turn === null || run?.sessionId !== attached(services).sessionId) {
    throw failure('entryNotFound', `This session has no turn ${turnId}.`, { field });
  }
  return turn;
}

/** A row of the caller's session. */
export function ownRow(services: RpcServices, logEntryId: number): LogRow {
  const row = services.store.log.get(logEntryId as LogRow['id']);
  const run = row === null ? null : services.store.runs.get(row.runId);
  if (row === null || run?.sessionId !== attached(services).sessionId) {
    throw failure('entryNotFound', `This session has no row ${logEntryId}.`, { field: 'logEntryId' });
  }
  return row;
}

/** Who decides, for the ledger (ENG-68): the client's own name, else `client`. */
export function clientName(services: RpcServices): string {
  const { client } = sessionById(services, attached(services).sessionId).settings;
  return typeof client === 'string' && client !== '' ? client : 'client';
}
