import { assertTransition, TransitionError, type Transitions } from '../platform/transitions.ts';
import type { Store, SubscriptionId, SubscriptionRow } from '../store/contract.ts';

type StreamState = SubscriptionRow['state'];

/** A stream is born active and ends once. */
const STREAM_TRANSITIONS: Transitions<StreamState> = { active: ['closed', 'errored'], closed: [], errored: [] };

/** The one place where a stream ends, its channels with it: 200 closes it, anything else is an error (ENG-12, ENG-18). */
export function closeStream(
  store: Pick<Store, 'subscriptions' | 'entries' | 'transaction'>,
  id: SubscriptionId,
  closeStatus: number,
  at: number,
): Exclude<StreamState, 'active'> {
  const stream = store.subscriptions.get(id);
  if (stream === null) throw new TransitionError(`stream ${id} does not exist`);
  const state = closeStatus === 200 ? 'closed' : 'errored';
  assertTransition('stream', STREAM_TRANSITIONS, stream.state, state);
  store.transaction(() => {
    for (const channel of store.entries.channels(stream.entryId))
      if (channel.state === 'active') store.entries.setChannelState(stream.entryId, channel.name, state);
    store.subscriptions.close(id, { state, closeStatus, at });
  });
  return state;
}
