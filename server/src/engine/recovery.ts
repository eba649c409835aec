import { closeStream } from '../executors/stream-state.ts';
import { boundCounter } from '../packet/token-counter.ts';
import type { LoopRow } from '../store/contract.ts';
import { type Core, runOf } from './core.ts';
import { appendError } from './emission.ts';
import { finalMessage } from './held.ts';
import { moveLoop } from './loop-state.ts';
import { TurnLog } from './turn-log.ts';

type RecoveryCore = Pick<Core, 'store' | 'secrets' | 'clock' | 'events' | 'journal'>;

/**
 * ENG-18: what a crash left open is closed, and the log says so. A parked loop stays parked; nothing is resumed by
 * itself, a person or another run does that.
 */
export function recover(core: RecoveryCore): void {
  core.store.transaction(() => {
    cancelProposals(core);
    closeStreams(core);
    for (const loop of core.store.loops.unfinished()) interrupt(core, loop);
  });
}

function cancelProposals(core: RecoveryCore): void {
  const { store, clock } = core;
  for (const proposal of store.proposals.pending()) {
    store.proposals.update(proposal.logEntryId, {
      decision: 'cancel',
      by: 'crash',
      outcome: 'interrupted',
      decidedAt: clock.now(),
    });
    store.log.update(proposal.logEntryId, {
      statusRx: 499,
      state: 'cancelled',
      outcome: 'interrupted',
      rx: 'interrupted',
    });
  }
}

function closeStreams(core: RecoveryCore): void {
  const { store, clock } = core;
  for (const stream of store.subscriptions.active()) {
    closeStream(store, stream.id, 499, clock.now());
    const row = rowOfStream(core, stream);
    if (row !== null && row.statusRx === 102) store.log.update(row.id, { statusRx: 499, outcome: 'interrupted' });
  }
}

export function rowOfStream(
  core: Pick<Core, 'store'>,
  stream: { readonly runId: LoopRow['runId']; readonly coordinate: string },
): ReturnType<Core['store']['log']['get']> {
  const [loopSeq, turnSeq, sequence] = stream.coordinate.split('/').map(Number);
  if (loopSeq === undefined || turnSeq === undefined || sequence === undefined) return null;
  return core.store.log.byCoordinate(stream.runId, loopSeq, turnSeq, sequence);
}

function interrupt(core: RecoveryCore, loop: LoopRow): void {
  const { store, clock } = core;
  const run = runOf(core, loop.runId);
  const last = store.turns.latest({ loopId: loop.id });
  const turn = last ?? store.turns.open({ loopId: loop.id, runId: run.id, at: clock.now() });
  const log = new TurnLog(core, { run, loop, turn }, boundCounter);
  log.continueAfter(store.log.lastSequence(turn.id));
  appendError(
    log,
    499,
    'Interrupted',
    'The server stopped while this loop was at work; what it had done until here stands.',
  );
  if (turn.endedAt === null) store.turns.update(turn.id, { status: 499, endedAt: clock.now() });
  const ended = moveLoop(core, loop.id, 499, { reason: 'interrupted' });
  store.runs.setPendingWake(run.id, false);
  if (run.origin === 'model') core.journal.runEnded(run, ended, finalMessage(core, run.id)?.text ?? '');
}
