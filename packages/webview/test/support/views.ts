import type { LoopSummary, TurnSummary } from '@plurnk/protocol';
import type { ChatToView, LoopView, Message, RowView } from '@plurnk/protocol/webview';
import type { ChatState } from '../../src/chat/chat-state.ts';

export const row = (id: number, more: Partial<RowView> = {}): RowView => ({
  id,
  loopId: 1,
  turnId: 1,
  coordinate: `1/1/${id}`,
  at: id,
  kind: 'op',
  op: 'READ',
  signal: null,
  origin: 'model',
  source: null,
  status: 200,
  state: 'resolved',
  outcome: null,
  target: `src/${id}.ts`,
  link: null,
  lines: null,
  summary: '',
  text: '',
  more: false,
  mimetype: null,
  durationMs: null,
  live: false,
  proposal: null,
  chips: [],
  ...more,
});

export const loop = (id: number, status: number): LoopView => ({
  id,
  status,
  turns: 1,
  tokens: 10,
  costPico: null,
  reason: null,
  durationMs: null,
  lastTurnId: null,
});

export const turnSummary = (id: number, more: Partial<TurnSummary> = {}): TurnSummary => ({
  id,
  loop_id: 1,
  loop_seq: 1,
  run_id: 1,
  seq: id,
  status: 200,
  model: null,
  finish_reason: null,
  prompt_tokens: null,
  completion_tokens: null,
  cached_tokens: null,
  cost_pico: null,
  price_version: null,
  created_at: 1000,
  ended_at: 4000,
  meta: {},
  ...more,
});

export type { LoopSummary };

/** Applies one message of the host. */
export function tell<Name extends keyof ChatToView>(state: ChatState, type: Name, payload: ChatToView[Name]): void {
  state.apply({ type, payload } as Message<never> & { type: never; payload: never });
}
