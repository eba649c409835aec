import { attached, ownRun } from '../attachment.ts';
import type { Handler } from '../services.ts';
import { toLoopSummary, toTurnSummary } from '../wire/summaries.ts';

export const runTurns: Handler<'run.turns'> = async (params, services) => {
  const { store, engine } = services;
  const run =
    params.runId === undefined ? engine.conversationRun(attached(services).sessionId) : ownRun(services, params.runId);
  if (run === null) return { runId: null, loops: [], turns: [] };
  const loops = store.loops.list(run.id);
  const seqs = new Map(loops.map(loop => [loop.id, loop.seq]));
  return {
    runId: run.id,
    loops: loops.map(toLoopSummary),
    turns: store.turns.listRun(run.id).map(turn => toTurnSummary(turn, seqs.get(turn.loopId) ?? 0)),
  };
};
