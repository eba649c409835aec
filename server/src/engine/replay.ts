import type { LogRow, RunId, Store, StoredSection, TurnRow } from '../store/contract.ts';

/** One step of a run that is looked at again: a turn, or one row of it. */
export type ReplayStep =
  | { readonly kind: 'turn'; readonly turn: TurnRow; readonly packet: readonly StoredSection[] | null }
  | { readonly kind: 'row'; readonly row: LogRow };

/** ENG-69: a run from its rows alone, in the order of events; no model is asked and no file is touched. */
export function* replay(store: Pick<Store, 'turns' | 'log'>, runId: RunId): Generator<ReplayStep> {
  for (const turn of store.turns.listRun(runId)) {
    yield { kind: 'turn', turn, packet: store.turns.readPacket(turn.id) };
    for (const row of store.log.list(runId, { turnId: turn.id })) yield { kind: 'row', row };
  }
}
