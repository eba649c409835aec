import type { JsonObject } from '@plurnk/protocol';
import type { StreamEvent } from '../executors/contract.ts';
import type { Core } from './core.ts';
import { runOf } from './core.ts';
import { rowOfStream } from './recovery.ts';
import { tellRow } from './turn-log.ts';

/** Turns what streams do into notifications, the end of an EXEC row, and wakes. */
export function listenToStreams(core: Core): { dispose(): void } {
  return core.streams.onEvent(event => {
    if (event.kind === 'concluded') void concluded(core, event).catch(error => core.defect(error, 'stream conclusion'));
    else grew(core, event);
  });
}

function address(event: StreamEvent): { sessionId: number; runId: number; entryId: number; target: string } {
  const { sessionId, runId, entryId, scheme, coordinate } = event;
  return { sessionId, runId, entryId, target: `${scheme}:///${coordinate}` };
}

function grew(core: Core, event: StreamEvent): void {
  const [loopSeq = 0, turnSeq = 0, sequence = 0] = event.coordinate.split('/').map(Number);
  core.events.emit('stream/event', event.sessionId, {
    ...address(event),
    channel: event.channel,
    state: event.state,
    contentLength: event.contentLength,
    loop_seq: loopSeq,
    turn_seq: turnSeq,
    sequence,
  });
}

/** The exit code stays with the row, for the model and the person, and how long it ran, for the person (UI-11). */
function exited(core: Core, attrs: JsonObject, { exitCode, subscriptionId }: StreamEvent): JsonObject {
  const stream = core.store.subscriptions.get(subscriptionId);
  const durationMs = stream === null ? 0 : Math.max(0, (stream.endedAt ?? core.clock.now()) - stream.startedAt);
  return { ...attrs, durationMs, ...(typeof exitCode === 'number' ? { exit: exitCode } : {}) };
}

async function concluded(core: Core, event: StreamEvent): Promise<void> {
  const closeStatus = event.closeStatus ?? 200;
  const row = rowOfStream(core, event);
  if (row !== null && row.op === 'EXEC' && row.statusRx === 102) {
    tellRow(
      core,
      runOf(core, event.runId),
      core.store.log.update(row.id, { statusRx: closeStatus, attrs: exited(core, row.attrs, event) }),
    );
  }
  const woken = await core.wakes.streamConcluded(event);
  core.events.emit('stream/concluded', event.sessionId, {
    ...address(event),
    subscriptionId: event.subscriptionId,
    scheme: event.scheme,
    closeStatus,
    summary: event.summary ?? '',
    wakeAction: woken.action,
    ...(woken.loopId === null ? {} : { wakeLoopId: woken.loopId }),
  });
}
