import type { MethodInput } from '@plurnk/protocol';
import { toLogEntry } from '../../engine/log-entry.ts';
import type { LogQuery, LogRow, RunId } from '../../store/contract.ts';
import { attached, ownRun } from '../attachment.ts';
import type { Handler, RpcServices } from '../services.ts';

type Params = MethodInput<'log.read'>;

/** Observation only: writes nothing (ENG-3). */
export const logRead: Handler<'log.read'> = async (params, services) => {
  const runId = chooseRun(params, services);
  const rows = services.store.log.list(runId, toQuery(params));
  return { status: 200, entries: page(rows, params).map(toLogEntry) };
};

function chooseRun(params: Params, services: RpcServices): RunId {
  if (params.runId !== undefined) return ownRun(services, params.runId).id;
  const { store } = services;
  const loop = params.loopId === undefined ? null : store.loops.get(params.loopId as LogRow['loopId']);
  const turn = params.turnId === undefined ? null : store.turns.get(params.turnId as LogRow['turnId']);
  const owner = loop?.runId ?? turn?.runId;
  return owner === undefined ? attached(services).runId : ownRun(services, owner).id;
}

function toQuery(params: Params): LogQuery {
  const query: { -readonly [Key in keyof LogQuery]: LogQuery[Key] } = {};
  if (params.loopId !== undefined) query.loopId = params.loopId as LogRow['loopId'];
  if (params.turnId !== undefined) query.turnId = params.turnId as LogRow['turnId'];
  if (params.loopSeq !== undefined) query.loopSeq = params.loopSeq;
  if (params.turnSeq !== undefined) query.turnSeq = params.turnSeq;
  if (params.sequence !== undefined) query.sequence = params.sequence;
  if (params.sinceId !== undefined) query.sinceId = params.sinceId as LogRow['id'];
  if (params.beforeId === undefined && params.last !== true) query.limit = params.limit;
  return query;
}

function page(rows: readonly LogRow[], params: Params): readonly LogRow[] {
  const { beforeId } = params;
  const before = beforeId === undefined ? rows : rows.filter(row => row.id < beforeId);
  return beforeId !== undefined || params.last === true ? before.slice(-params.limit) : before.slice(0, params.limit);
}
