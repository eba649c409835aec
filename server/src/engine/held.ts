import type { LoopRow, RunId, RunRow } from '../store/contract.ts';
import type { Core } from './core.ts';
import { isEnded, loopAttrs } from './loop-state.ts';

type HeldCore = Pick<Core, 'store' | 'streams'>;

/** What a run still has going (RES-33, ENG-34). */
export interface Held {
  readonly streams: readonly string[];
  readonly runs: readonly { readonly name: string; readonly status: number }[];
}

export function heldBy(core: HeldCore, runId: RunId): Held {
  return {
    streams: core.streams.live(runId).map(stream => `${stream.scheme}:///${stream.coordinate}`),
    runs: openChildren(core, runId).map(child => ({ name: child.name, status: runStatus(core, child.id) })),
  };
}

/** Child runs that this run delegated to and that have not concluded. */
export function openChildren(core: HeldCore, runId: RunId): readonly RunRow[] {
  return core.store.runs
    .children(runId)
    .filter(child => !isConcluded(core, child.id) && delegatedBy(core, child.id) === runId);
}

/** The run whose wait a run's newest loop is; null for a person's prompts and for forks a person made. */
export function delegatedBy(core: Pick<Core, 'store'>, runId: RunId): RunId | null {
  const latest = core.store.loops.latest(runId);
  return latest === null ? null : (loopAttrs(latest).delegatedBy as RunId | null);
}

/** Nothing queued, running or parked, and no open stream (ENG-15). */
export function isConcluded(core: HeldCore, runId: RunId): boolean {
  return openLoop(core, runId) === null && core.streams.live(runId).length === 0;
}

/** The loop a run is at: running, parked, or the oldest queued one. */
export function openLoop(core: Pick<Core, 'store'>, runId: RunId): LoopRow | null {
  const { loops } = core.store;
  const open = loops.active(runId) ?? loops.parked(runId);
  if (open !== null) return open;
  const latest = loops.latest(runId);
  if (latest === null || isEnded(latest.status)) return null;
  return loops.list(runId).find(loop => loop.status === 100) ?? null;
}

/** Status a run shows: of its open loop, or of its last one; 200 for a run that never had one. */
export function runStatus(core: Pick<Core, 'store'>, runId: RunId): number {
  return (openLoop(core, runId) ?? core.store.loops.latest(runId))?.status ?? 200;
}

/** The last message a run's newest loop sent to the user, and the status it ended with. */
export function finalMessage(core: Pick<Core, 'store'>, runId: RunId): { status: number; text: string } | null {
  const loop = core.store.loops.latest(runId);
  if (loop === null) return null;
  const turns = core.store.turns.list(loop.id);
  for (const turn of turns.toReversed()) {
    const rows = core.store.log.list(runId, { turnId: turn.id });
    const last = rows.findLast(
      row =>
        row.op === 'SEND' &&
        row.origin === 'model' &&
        row.scheme === null &&
        row.pathname === null &&
        row.statusRx < 400 &&
        row.signal !== 103,
    );
    if (last !== undefined) return { status: loop.status, text: sendText(last.tx) };
  }
  return { status: loop.status, text: loop.reason ?? '' };
}

function sendText(tx: unknown): string {
  const body = (tx as { body?: { raw?: unknown } | null } | null)?.body;
  return typeof body?.raw === 'string' ? body.raw : '';
}
