import assert from 'node:assert/strict';
import { CHAT_TO_VIEW, readMessage } from '@plurnk/protocol/webview';
import { ChatState } from '../src/chat/chat-state.ts';
import type { TimelineItem } from '../src/chat/timeline.ts';
import { loop, row, tell } from './support/views.ts';

const keys = (items: readonly TimelineItem[]): string[] => items.map(item => item.key);

describe('what the chat keeps', () => {
  let state: ChatState;
  const conversation = (ids: readonly number[], runId = 1) =>
    tell(state, 'conversation', { runId, rows: ids.map(id => row(id)), loops: [], more: false });
  beforeEach(() => {
    state = new ChatState();
  });

  it('[UI-16] rows come one by one; a new version takes the place of the old', () => {
    conversation([1, 2]);
    tell(state, 'row', { row: row(3) });
    tell(state, 'row', { row: row(2, { status: 404 }) });
    assert.deepEqual(keys(state.timeline.items), ['r1', 'r2', 'r3']);
    assert.equal(state.timeline.row(2)?.status, 404);
  });

  it('[UI-16] rows that come late are in the order of events all the same', () => {
    conversation([1, 4]);
    tell(state, 'row', { row: row(3) });
    tell(state, 'row', { row: row(2) });
    assert.deepEqual(keys(state.timeline.items), ['r1', 'r2', 'r3', 'r4']);
    tell(state, 'row', { row: row(3, { status: 500 }) });
    assert.equal(state.timeline.row(3)?.status, 500);
  });

  it('[UI-16] older rows come before, none twice, and only of the run that is shown', () => {
    conversation([5, 6]);
    state.loadingOlder = true;
    tell(state, 'older', { runId: 2, rows: [row(1)], more: true });
    assert.deepEqual(keys(state.timeline.items), ['r5', 'r6']);
    assert.equal(state.loadingOlder, false);
    tell(state, 'older', { runId: 1, rows: [row(3), row(4), row(5)], more: true });
    assert.deepEqual([keys(state.timeline.items), state.timeline.more], [['r3', 'r4', 'r5', 'r6'], true]);
    assert.equal(state.timeline.firstRowId, 3);
  });

  it('[UI-11] what the runtime put before the model is one line per loop', () => {
    tell(state, 'conversation', {
      runId: 1,
      rows: [
        row(1, { kind: 'context' }),
        row(2, { kind: 'context' }),
        row(3),
        row(4, { kind: 'context' }),
        row(5, { kind: 'context', loopId: 2 }),
      ],
      loops: [loop(1, 200), loop(2, 102)],
      more: false,
    });
    assert.deepEqual(keys(state.timeline.items), ['c1', 'r3', 'c4', 'f1', 'c5']);
    tell(state, 'loop', { loop: loop(2, 202) });
    assert.deepEqual(keys(state.timeline.items), ['c1', 'r3', 'c4', 'f1', 'c5', 'f2']);
  });

  it('[UI-11] the turn that is written grows at the end, and goes when it is done', () => {
    conversation([1]);
    tell(state, 'turn/started', { turnId: 9 });
    tell(state, 'turn/delta', { turnId: 9, text: '<<PLAN:' });
    tell(state, 'turn/delta', { turnId: 9, text: 'go' });
    const stream = () => state.timeline.items.find(item => item.kind === 'stream');
    assert.deepEqual(stream(), { kind: 'stream', key: 't9', turnId: 9, text: '<<PLAN:go', phase: 'writing' });
    tell(state, 'row', { row: row(2, { turnId: 9, state: 'proposed' }) });
    assert.equal(stream()?.phase, 'waiting');
    tell(state, 'row', { row: row(2, { turnId: 9 }) });
    assert.equal(stream()?.phase, 'acting');
    tell(state, 'turn/finished', { turnId: 8 });
    assert.ok(stream());
    tell(state, 'turn/finished', { turnId: 9 });
    assert.deepEqual(keys(state.timeline.items), ['r1', 'r2']);
  });

  it('[UI-14] another run begins anew; the same one keeps what was opened', () => {
    conversation([1]);
    tell(state, 'row/body', { rowId: 1, text: 'whole' });
    tell(state, 'output', { rowId: 1, channel: 'stdout', text: 'out', reset: false, live: true });
    conversation([1, 2]);
    assert.deepEqual([state.bodies.get(1), state.outputs.get(1)?.text], ['whole', 'out']);
    conversation([1], 2);
    assert.deepEqual([state.bodies.size, state.outputs.size, state.runId], [0, 0, 2]);
  });

  it('[UI-16] a new version of a row forgets its body', () => {
    conversation([1]);
    tell(state, 'row/body', { rowId: 1, text: 'old' });
    tell(state, 'row', { row: row(1, { status: 400 }) });
    assert.equal(state.bodies.get(1), undefined);
  });

  it('[UI-11] output grows, begins anew when told, and is bounded', () => {
    const output = (text: string, reset = false) =>
      tell(state, 'output', { rowId: 1, channel: 'stdout', text, reset, live: true });
    output('a');
    output('b');
    assert.deepEqual(state.outputs.get(1), { text: 'ab', live: true });
    output('c', true);
    assert.equal(state.outputs.get(1)?.text, 'c');
    output('x'.repeat(70_000));
    output('end');
    const { text } = state.outputs.get(1) ?? { text: '' };
    assert.ok(text.length <= 60_000 && text.endsWith('xend'));
  });

  it('[UI-15] a notice replaces the one of its key', () => {
    const notice = { level: 'warning', text: '', detail: '', action: null, until: null } as const;
    tell(state, 'notice', { ...notice, key: 'a', text: 'one' });
    tell(state, 'notice', { ...notice, key: 'b', text: 'two' });
    tell(state, 'notice', { ...notice, key: 'a', text: 'three' });
    assert.deepEqual(
      state.notices.map(({ text }) => text),
      ['two', 'three'],
    );
    tell(state, 'notice/clear', { key: 'b' });
    assert.deepEqual(
      state.notices.map(({ key }) => key),
      ['a'],
    );
  });

  it('[UI-10] the same file is mentioned once, other lines of it again', () => {
    const chip = (lines: [number, number] | null) => ({ path: 'a.ts', lines, label: 'a.ts' }) as never;
    state.addChip(chip(null));
    state.addChip(chip(null));
    state.addChip(chip([1, 2]));
    assert.equal(state.chips.length, 2);
    for (const each of state.chips) state.removeChip(each);
    assert.equal(state.chips.length, 0);
  });

  it('[RL-15] a message that does not validate, or that nobody knows, is none', () => {
    for (const data of [
      null,
      'row',
      { type: 'row' },
      { type: 'row', payload: { row: { ...row(1), id: 'x' } } },
      { type: 'turn/delta', payload: { turnId: 1 } },
      { type: 'constructor', payload: {} },
      { type: 'no-such', payload: {} },
    ])
      assert.equal(readMessage(CHAT_TO_VIEW, data), null, JSON.stringify(data));
    assert.equal(readMessage(CHAT_TO_VIEW, { type: 'row', payload: { row: row(1) } })?.type, 'row');
  });
});
