import type { LogEntry, LoopSummary, PacketSection, RunSummary, TurnSummary } from '@plurnk/protocol';
import { toLogEntry } from '../../../engine/log-entry.ts';
import type { LogRow, ProposalRow, RunRow, SessionRow } from '../../../store/contract.ts';
import type { ServerServices } from '../../services.ts';
import { toLoopSummary, toRunSummary, toTurnSummary } from '../../wire/summaries.ts';

export interface ExportedTurn {
  readonly turn: TurnSummary;
  readonly sections: readonly PacketSection[];
  readonly emission: string | null;
  readonly rows: readonly LogEntry[];
}

export interface ExportedRun {
  readonly run: RunSummary;
  readonly loops: readonly LoopSummary[];
  readonly turns: readonly ExportedTurn[];
}

/** Everything of a session that an export carries, in the order of events. */
export interface Exported {
  readonly session: { readonly id: number; readonly name: string; readonly project_root: string | null };
  readonly runs: readonly ExportedRun[];
  /** The decision ledger (ENG-68). */
  readonly proposals: readonly ProposalRow[];
}

export function collect(services: ServerServices, session: SessionRow, runs: readonly RunRow[]): Exported {
  const chosen = new Set(runs.map(run => run.id));
  return {
    session: { id: session.id, name: session.name, project_root: session.projectRoot },
    runs: runs.map(run => collectRun(services, run)),
    proposals: services.store.proposals.list(session.id).filter(proposal => chosen.has(proposal.runId)),
  };
}

function collectRun({ store, engine }: ServerServices, run: RunRow): ExportedRun {
  const loops = store.loops.list(run.id);
  const seqs = new Map(loops.map(loop => [loop.id, loop.seq]));
  const rows = byTurn(store.log.list(run.id));
  return {
    run: toRunSummary(run, engine.runStatus(run.id)),
    loops: loops.map(toLoopSummary),
    turns: store.turns.listRun(run.id).map(turn => ({
      turn: toTurnSummary(turn, seqs.get(turn.loopId) ?? 0),
      sections: (store.turns.readPacket(turn.id) ?? []).map(({ name, slot, header, content, tokens }) => ({
        name,
        slot,
        header,
        content,
        tokens,
      })),
      emission: turn.emission,
      rows: (rows.get(turn.id) ?? []).map(toLogEntry),
    })),
  };
}

function byTurn(rows: readonly LogRow[]): Map<LogRow['turnId'], LogRow[]> {
  const grouped = new Map<LogRow['turnId'], LogRow[]>();
  for (const row of rows) grouped.set(row.turnId, [...(grouped.get(row.turnId) ?? []), row]);
  return grouped;
}
