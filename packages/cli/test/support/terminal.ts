import { PassThrough } from 'node:stream';
import type { LogEntry, Proposal } from '@plurnk/protocol';
import { Terminal } from '../../src/terminal.ts';

/** A terminal whose person is the test. */
export function makeTerminal({ colours = false, env = {} }: { colours?: boolean; env?: NodeJS.ProcessEnv } = {}) {
  const [input, output, error] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const terminal = new Terminal({ input, output, error: Object.assign(error, { isTTY: colours }), env });
  const read = (stream: PassThrough): string => String(stream.read() ?? '');
  return {
    terminal,
    type: (text: string) => void input.write(text),
    end: () => void input.end(),
    messages: () => read(output),
    notes: () => read(error),
  };
}

export const ROW: LogEntry = {
  id: 1,
  run_id: 1,
  loop_id: 1,
  loop_seq: 1,
  turn_id: 1,
  turn_seq: 2,
  sequence: 3,
  at: 0,
  origin: 'model',
  source: null,
  op: 'READ',
  suffix: '',
  signal: null,
  scheme: null,
  username: null,
  password: null,
  hostname: null,
  port: null,
  pathname: 'src/a.ts',
  params: {},
  fragment: null,
  lineMarker: null,
  tx: { body: null },
  mimetype_tx: null,
  rx: 'text',
  mimetype_rx: 'text/plain',
  status_rx: 200,
  tokens: 1,
  state: 'resolved',
  outcome: null,
  attrs: {},
  expanded: true,
};

export const PROPOSAL: Proposal = {
  logEntryId: 7,
  sessionId: 1,
  runId: 1,
  loopId: 1,
  turnId: 1,
  op: 'EDIT',
  target: { scheme: null, pathname: 'hello.txt' },
  body: '--- hello.txt\n+++ hello.txt\n@@ -1 +1 @@\n-hello\n+good day\n world',
  attrs: { kind: 'edit', proposed: 'good day\nworld\n' },
  flags: { yolo: false, noProposals: false, noWeb: false, noInteraction: false, mode: 'act' },
};
