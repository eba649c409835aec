import assert from 'node:assert/strict';
import type { InspectorPacket } from '@plurnk/protocol/webview';
import { InspectorState, NO_FILTER, schemeOf, statusGroup } from '../src/inspector/inspector-state.ts';
import { diffLines, emissionLines, heaviest, sectionLines } from '../src/inspector/packet-lines.ts';
import { pluginFacts } from '../src/inspector/plugin-facts.ts';
import { timingOf } from '../src/inspector/timing.ts';
import { row, turnSummary } from './support/views.ts';

const packet = (turnId: number): InspectorPacket => ({
  turnId,
  sections: [],
  emission: '',
  reasoning: '',
  tree: [],
  raw: '',
});
const section = (content: string) => ({ name: 'log', slot: 'user' as const, header: null, content, tokens: 1 });

describe('what the inspector keeps', () => {
  it('[UI-31] leaves out by op, status, scheme and text', () => {
    const state = new InspectorState();
    state.rows = [
      row(1, { op: 'READ', target: 'src/a.ts', text: 'alpha' }),
      row(2, { op: 'EDIT', target: 'known:///plan.md', status: 409 }),
      row(3, { op: 'EXEC', target: 'sh:///1/1/3', status: 102, summary: 'ALPHA run' }),
      row(4, { op: 'SEND', target: '', status: 500 }),
    ];
    const left = (filter: Partial<typeof NO_FILTER>): number[] => {
      state.filter = { ...NO_FILTER, ...filter };
      return state.filtered.map(({ id }) => id);
    };
    assert.deepEqual(left({}), [1, 2, 3, 4]);
    assert.deepEqual(left({ op: 'EDIT' }), [2]);
    assert.deepEqual(left({ status: 'refused' }), [2]);
    assert.deepEqual(left({ status: 'waiting' }), [3]);
    assert.deepEqual(left({ status: 'failed' }), [4]);
    assert.deepEqual(left({ scheme: 'file' }), [1]);
    assert.deepEqual(left({ scheme: 'known' }), [2]);
    assert.deepEqual(left({ text: 'alpha' }), [1, 3]);
    assert.deepEqual(left({ text: 'alpha', op: 'READ' }), [1]);
  });

  it('[UI-31] filters again when a row came, and not before', () => {
    const state = new InspectorState();
    state.rows = [row(1)];
    const before = state.filtered;
    assert.equal(state.filtered, before);
    state.upsertRow(row(2));
    state.upsertRow(row(1, { status: 404 }));
    assert.deepEqual(
      state.filtered.map(({ id, status }) => [id, status]),
      [
        [1, 404],
        [2, 200],
      ],
    );
  });

  it('[UI-30] a bounded number of packets, the newest ones', () => {
    const state = new InspectorState();
    state.turns = Array.from({ length: 12 }, (_, at) => turnSummary(at + 1));
    for (const { id } of state.turns) state.keepPacket(packet(id));
    state.turnId = 12;
    assert.deepEqual([state.packet?.turnId, state.previous?.turnId, state.turnIndex], [12, 11, 11]);
    state.turnId = 1;
    assert.deepEqual([state.packet, state.previous], [null, null]);
  });

  it('[UI-32] a comparison counts for the two turns that are chosen', () => {
    const state = new InspectorState();
    state.keepDiff({ turnIdA: 1, turnIdB: 2, changed: [], added: [], removed: [] });
    [state.compareWith, state.turnId] = [1, 2];
    assert.ok(state.diff);
    state.turnId = 3;
    assert.equal(state.diff, null);
  });

  it('[UI-31] groups of statuses and schemes', () => {
    assert.deepEqual([100, 102, 202, 200, 304, 404, 499, 500, 508].map(statusGroup), [
      'waiting',
      'waiting',
      'waiting',
      'ok',
      'ok',
      'refused',
      'refused',
      'failed',
      'failed',
    ]);
    assert.deepEqual([row(1), row(2, { target: 'HTTPS://a.example/' }), row(3, { target: '' })].map(schemeOf), [
      'file',
      'HTTPS',
      '',
    ]);
  });
});

describe('the lines of a packet', () => {
  it('[UI-30] rows carry their weight, and what the packet before did not have is marked', () => {
    const lines = sectionLines(section('+ {"op":"READ","tokens":12}\nsame\nsame\nnew'), section('same\nother'));
    assert.deepEqual(lines, [
      { text: '+ {"op":"READ","tokens":12}', weight: 12, tone: 'add' },
      { text: 'same' },
      { text: 'same', tone: 'add' },
      { text: 'new', tone: 'add' },
    ]);
    assert.equal(heaviest(lines), 12);
    assert.ok(sectionLines(section('a\nb'), undefined).every(({ tone }) => tone === undefined));
  });

  it('[UI-32] a difference line by line', () => {
    assert.deepEqual(diffLines('--- a\n+++ b\n@@ -1 +1 @@\n-old\n+new\n same'), [
      { text: '--- a', tone: 'head' },
      { text: '+++ b', tone: 'head' },
      { text: '@@ -1 +1 @@', tone: 'hunk' },
      { text: 'old', tone: 'remove' },
      { text: 'new', tone: 'add' },
      { text: ' same', tone: 'same' },
    ]);
  });

  it('[UI-30] an emission in pieces that are the text again, over lines', () => {
    const text = '<<EDIT(a.md):one\ntwo:EDIT\nprose';
    const tree = [
      {
        kind: 'statement' as const,
        label: 'EDIT a.md',
        start: 0,
        end: 25,
        parts: [
          { name: 'tag' as const, start: 0, end: 6 },
          { name: 'target' as const, start: 6, end: 12 },
          { name: 'body' as const, start: 13, end: 20 },
          { name: 'close' as const, start: 20, end: 25 },
        ],
      },
    ];
    const lines = emissionLines(text, tree);
    assert.deepEqual(
      lines.map(line => line.pieces?.map(piece => piece.text).join('')),
      text.split('\n'),
    );
    assert.deepEqual(lines[0]?.pieces, [
      { text: '<<EDIT', tone: 'tag' },
      { text: '(a.md)', tone: 'target' },
      { text: ':one', tone: '' },
    ]);
    assert.deepEqual(lines[1]?.pieces?.at(-1), { text: ':EDIT', tone: 'tag' });
  });
});

describe('the time of a turn', () => {
  it('[UI-30] as it was measured; what was not counts as executing', () => {
    const measured = turnSummary(1, { meta: { timings: { waitMs: 100, generateMs: 2000, executeMs: 50 } } });
    assert.deepEqual(timingOf(measured), { waitMs: 100, generateMs: 2000, executeMs: 50, totalMs: 2150 });
    const partly = turnSummary(1, { meta: { timings: { generateMs: 2000 } } });
    assert.equal(timingOf(partly).executeMs, 1000);
    assert.equal(timingOf(turnSummary(1, { ended_at: null })).totalMs, 0);
  });
});

describe('the packet plugins of a turn', () => {
  it('[RES-71] which were applied, and what kept the others out', () => {
    const failed = { stuck: 'The packet plugin "stuck" was left out: it took longer than 5000 ms.' };
    assert.deepEqual(pluginFacts({ applied: ['house', 'stamp'], failed }), [
      ['Packet plugins', `house, stamp\n${failed.stuck}`],
    ]);
    assert.deepEqual(pluginFacts({ applied: [], failed })[0]?.[1], failed.stuck);
    for (const none of [undefined, null, {}, { applied: [], failed: {} }]) assert.deepEqual(pluginFacts(none), []);
  });
});
