import type { PacketMessage } from '../../src/index.ts';

export interface TestRow {
  readonly op: string;
  readonly origin?: string;
  readonly status: number;
  readonly target?: string;
  readonly body?: string;
  readonly turn: number;
  readonly loop?: number;
  /** What the body is fenced by; default the target. */
  readonly address?: string;
}

export interface TestPacket {
  readonly rows: readonly TestRow[];
  readonly prompts: readonly string[];
  readonly loop?: number;
  readonly streams?: readonly string[];
  readonly git?: boolean;
}

/** Renders the two messages of a packet as PKT-10 describes them. */
export function renderTestPacket(packet: TestPacket): PacketMessage[] {
  const loop = packet.loop ?? 1;
  const streams = packet.streams ?? [];
  const system = [
    'The language. Streams look like `* active sh:///9/9/9`.',
    ...(streams.length > 0 ? ['## Plurnk Service Child Streams', '', ...streams.map(s => `* active ${s}`), ''] : []),
    ...(packet.git === true ? ['## Plurnk Service Git Status', 'main, 1 changed'] : []),
  ];
  const user = [
    '## Plurnk Service Log',
    '',
    ...packet.rows.flatMap((row, index) => renderRow(row, index + 1, loop)),
    '',
    '## Plurnk Service Active User Prompts',
    '',
    ...packet.prompts.flatMap((text, index) => fence(`plurnk:///prompt/${loop}/${index + 1}`, number(text))),
    '',
    '## Plurnk Service Requirements',
    'Begin with PLAN, end with SEND.',
  ];
  return [
    { role: 'system', content: system.join('\n') },
    { role: 'user', content: user.join('\n') },
  ];
}

export function number(text: string): string {
  return text
    .split('\n')
    .map((line, index) => `${index + 1}:\t${line}`)
    .join('\n');
}

function renderRow(row: TestRow, sequence: number, loop: number): string[] {
  const path = `log:///${row.loop ?? loop}/${row.turn}/${sequence}/${row.op}`;
  const meta = {
    op: row.op,
    origin: row.origin ?? 'model',
    path,
    status: row.status,
    target: row.target ?? '',
    tokens: 1,
  };
  const mark = row.body === undefined ? '*' : '+';
  return [
    `${mark} ${JSON.stringify(meta)}`,
    ...(row.body === undefined ? [] : fence(row.address ?? row.target ?? path, row.body)),
  ];
}

function fence(address: string, body: string): string[] {
  return [`<<:::${address}`, ...body.split('\n'), `:::${address}`];
}
