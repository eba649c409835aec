import type { EmissionNode, LoopSummary, PacketSection, TurnSummary } from '@plurnk/protocol';
import type { InspectorPacket, RowView } from '@plurnk/protocol/webview';
import { row } from './chat-fixtures.ts';

const START = 1_750_000_000_000;

export const loopSummary = (given: Partial<LoopSummary> = {}): LoopSummary => ({
  id: 1,
  run_id: 1,
  seq: 1,
  status: 200,
  prompt: 'Move token checks into one helper',
  alias: null,
  reason: null,
  created_at: START,
  started_at: START,
  ended_at: START + 9000,
  ...given,
});

export const turnSummary = (seq: number, given: Partial<TurnSummary> = {}): TurnSummary => ({
  id: seq,
  loop_id: 1,
  loop_seq: 1,
  run_id: 1,
  seq,
  status: 102,
  model: 'model-x',
  finish_reason: 'stop',
  prompt_tokens: 9000 + seq * 100,
  completion_tokens: 240,
  cached_tokens: 6000,
  cost_pico: 3_100_000_000,
  price_version: '2026-01',
  created_at: START + seq * 1000,
  ended_at: START + seq * 1000 + 900,
  meta: { waitMs: 120, generateMs: 600, executeMs: 90 * seq, tokenizer: 'o200k' },
  ...given,
});

const section = (
  name: string,
  slot: 'system' | 'user',
  header: string | null,
  content: string,
  tokens: number,
): PacketSection => ({
  name,
  slot,
  header,
  content,
  tokens,
});

const logText = (turn: number): string =>
  Array.from({ length: turn * 4 }, (_, i) =>
    [
      `+ {"op":"READ","origin":"model","path":"log:///1/1/${i + 1}/READ","status":200,"target":"src/a.ts","tokens":${120 * (i + 1)}}`,
      '<<:::src/a.ts',
      `1:\timport { a } from './a-${i}';`,
      ':::src/a.ts',
    ].join('\n'),
  ).join('\n');

const EMISSION = '<<PLAN:Look:PLAN\n<<READ(src/a.ts)<1,20>::READ\nprose\n<<FOLD(x)y::FOLD\n<<SEND[102]:Reading.:SEND';

const TREE: readonly EmissionNode[] = [
  {
    kind: 'statement',
    label: 'PLAN',
    start: 0,
    end: 16,
    parts: [
      { name: 'tag', start: 0, end: 6 },
      { name: 'close', start: 11, end: 16 },
    ],
  },
  {
    kind: 'statement',
    label: 'READ src/a.ts',
    start: 17,
    end: 45,
    parts: [
      { name: 'tag', start: 17, end: 23 },
      { name: 'target', start: 23, end: 33 },
      { name: 'marks', start: 33, end: 39 },
      { name: 'close', start: 40, end: 45 },
    ],
  },
  { kind: 'text', label: 'prose', start: 46, end: 51, parts: [] },
  { kind: 'error', label: '`<<FOLD`: found `y` before the body.', start: 61, end: 62, parts: [] },
];

export const packetOf = (turnId: number): InspectorPacket => ({
  turnId,
  sections: [
    section('definition', 'system', null, 'You work in turns.\n<<OP[signal](target)<lines>:body:OP', 931),
    section('budget', 'system', 'Plurnk Service Budget', 'ceiling 61184 · usage 5238 (9%) · free 55946', 19),
    section('log', 'user', 'Plurnk Service Log', logText(turnId), 9800),
    section('requirements', 'user', 'Plurnk Service Requirements', '* Write statements only.', 123),
  ],
  emission: EMISSION,
  reasoning: 'The file is small.',
  tree: [...TREE],
  raw: '{\n  "id": "x"\n}',
});

export const inspectorRows = (count: number, turns: number): RowView[] =>
  Array.from({ length: count }, (_, i) =>
    row({
      id: i + 1,
      turnId: Math.min(turns, 1 + Math.floor((i * turns) / count)),
      at: START + i * 20,
      op: ['READ', 'FIND', 'EDIT', 'EXEC'][i % 4] ?? 'READ',
      status: [200, 200, 409, 500, 102][i % 5] ?? 200,
      target: i % 3 === 0 ? 'known:///plan.md' : `src/file-${i}.ts`,
      durationMs: (i % 7) * 40,
    }),
  );
