import type { Statement } from '@plurnk/plurnk-grammar';
import type { OpRpcResult } from '@plurnk/protocol';
import { toLogEntry } from '../../engine/log-entry.ts';
import { attached } from '../attachment.ts';
import type { RpcServices } from '../services.ts';

/** One turn in the caller's client loop; answers when the op, and a proposal it made, are settled. */
export async function execute(statement: Statement, services: RpcServices, signal: AbortSignal): Promise<OpRpcResult> {
  const { sessionId, runId } = attached(services);
  const rows = await services.engine.dispatch(sessionId, runId, statement, signal);
  return { status: rows[0]?.statusRx ?? 200, entries: rows.map(toLogEntry) };
}
