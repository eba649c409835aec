import type { LoopSummary, RunSummary, SessionSummary, TurnSummary } from '@plurnk/protocol';
import type { LoopRow, RunRow, SessionStore, TurnRow } from '../../store/contract.ts';

/** Rows of the store as the wire writes them. */

export function toSessionSummary(session: ReturnType<SessionStore['list']>[number]): SessionSummary {
  return {
    id: session.id,
    name: session.name,
    project_root: session.projectRoot,
    created_at: session.createdAt,
    updated_at: session.updatedAt,
    cost_pico: session.costPico,
    turns: session.turns,
    prompts: session.prompts,
  };
}

export function toRunSummary(run: RunRow, status: number): RunSummary {
  return {
    id: run.id,
    name: run.name,
    origin: run.origin,
    parent_run_id: run.parentRunId,
    status,
    created_at: run.createdAt,
    updated_at: run.updatedAt,
  };
}

export function toLoopSummary(loop: LoopRow): LoopSummary {
  return {
    id: loop.id,
    run_id: loop.runId,
    seq: loop.seq,
    status: loop.status,
    prompt: loop.prompt,
    alias: loop.alias,
    reason: loop.reason,
    created_at: loop.createdAt,
    started_at: loop.startedAt,
    ended_at: loop.endedAt,
  };
}

export function toTurnSummary(turn: TurnRow, loopSeq: number): TurnSummary {
  return {
    id: turn.id,
    loop_id: turn.loopId,
    loop_seq: loopSeq,
    run_id: turn.runId,
    seq: turn.seq,
    status: turn.status,
    model: turn.model,
    finish_reason: turn.finishReason,
    prompt_tokens: turn.promptTokens,
    completion_tokens: turn.completionTokens,
    cached_tokens: turn.cachedTokens,
    cost_pico: turn.costPico,
    price_version: turn.priceVersion,
    created_at: turn.createdAt,
    ended_at: turn.endedAt,
    meta: turn.meta,
  };
}
