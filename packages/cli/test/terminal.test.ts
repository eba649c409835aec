import assert from 'node:assert/strict';
import type { PlurnkNotifications } from '@plurnk/protocol';
import { readArguments } from '../src/arguments.ts';
import { exitCode, LoopWatcher, summary } from '../src/commands/prompt.ts';
import type { Context } from '../src/context.ts';
import type { DaemonClient } from '../src/daemon-client.ts';
import { Reviewer } from '../src/review.ts';
import { addressOf, bodyOf, rowLine } from '../src/row-line.ts';
import { makeTerminal, ROW } from './support/terminal.ts';

const never = new AbortController().signal;

describe('what is typed', () => {
  it('[#7] lines come in their order, also those typed before anybody asked; then null', async () => {
    const { terminal, type, end } = makeTerminal();
    const first = terminal.line();
    type('one\ntwo\nthree');
    assert.equal(await first, 'one');
    assert.equal(await terminal.line(), 'two');
    end();
    assert.equal(await terminal.line(), 'three');
    assert.equal(await terminal.line(), null);
    assert.equal(await terminal.ask('sure? ', never), null);
  });

  it('[#7] a question gets the next line, also when a prompt is waited for already', async () => {
    const { terminal, type, notes } = makeTerminal();
    const prompt = terminal.line();
    const answer = terminal.ask('sure? ', never);
    type('yes\nthe prompt\n');
    assert.equal(await answer, 'yes');
    assert.equal(await prompt, 'the prompt');
    assert.equal(notes(), 'sure? ');
  });
});

describe('a question that is taken back', () => {
  it('[#7] leaves the next line to whoever waits next', async () => {
    const { terminal, type } = makeTerminal();
    const prompt = terminal.line();
    const controller = new AbortController();
    const answer = terminal.ask('sure? ', controller.signal);
    controller.abort();
    assert.equal(await answer, null);
    type('the prompt\nmore\n');
    assert.deepEqual([await prompt, await terminal.line()], ['the prompt', 'more']);
    const again = new AbortController();
    const other = terminal.ask('sure? ', again.signal);
    type('yes\n');
    assert.equal(await other, 'yes');
    again.abort();
  });
});

describe('rows at the terminal', () => {
  const { terminal } = makeTerminal();

  it('[#7] coordinate, op, target, status', () => {
    assert.equal(rowLine(terminal, ROW), '1/2/3 READ src/a.ts 200');
    const failed = { ...ROW, status_rx: 404, outcome: 'absent', rx: 'There is none.\nReally.' };
    assert.equal(rowLine(terminal, failed), '1/2/3 READ src/a.ts 404 absent There is none.');
    const exec = { ...ROW, op: 'EXEC' as const, scheme: 'sh', pathname: '/1/2/3', tx: { body: 'npm test\n' } };
    assert.equal(rowLine(terminal, { ...exec, status_rx: 102 }), '1/2/3 EXEC sh:///1/2/3 102 npm test');
  });

  it('[#7] whole addresses', () => {
    const page = { ...ROW, scheme: 'https', hostname: 'a.example', port: 8443, pathname: '/x', fragment: 'headers' };
    assert.equal(addressOf(page), 'https://a.example:8443/x#headers');
    assert.equal(addressOf({ ...ROW, scheme: 'known', pathname: '/plan.md' }), 'known:///plan.md');
  });

  it('[#7] colours by status', () => {
    const colourful = makeTerminal({ colours: true }).terminal;
    for (const [status, code] of [
      [200, 32],
      [102, 36],
      [202, 36],
      [404, 33],
      [500, 31],
    ])
      assert.ok(rowLine(colourful, { ...ROW, status_rx: status ?? 0 }).includes(`\u001b[${code}m${status}\u001b[0m`));
  });

  it('[#7] the text of a message', () => {
    assert.equal(bodyOf({ ...ROW, op: 'SEND', tx: { body: { raw: 'hello', json: null } } }), 'hello');
    assert.equal(bodyOf({ ...ROW, op: 'PLAN', tx: { body: 'first' } }), 'first');
    assert.equal(bodyOf(ROW), '');
  });
});

describe('a loop at the terminal', () => {
  const end: PlurnkNotifications['loop/terminated'] = {
    sessionId: 1,
    runId: 1,
    loopId: 4,
    finalStatus: 200,
    hitMaxTurns: false,
    turnIds: [1, 2],
    usage: {
      promptTokens: 100,
      completionTokens: 20,
      cachedTokens: 0,
      costPico: 12_300_000_000,
      contextTokens: 50,
      contextSize: null,
      meta: {},
    },
  };

  it('[#7] the exit code is 0 when it ended well, 130 when it was cancelled, else 1', () => {
    assert.deepEqual([200, 499, 429, 500, 508].map(exitCode), [0, 130, 1, 1, 1]);
  });

  it('[PKT-21] says what it took; a price that is not known is not made up', () => {
    const { terminal } = makeTerminal();
    const context = { terminal } as Context;
    assert.equal(summary(context, end), '200 · 2 turns · 100 + 20 tokens · $0.0123');
    const unknown = { ...end, finalStatus: 429, reason: 'turns', usage: { ...end.usage, costPico: null } };
    assert.equal(summary(context, unknown), '429 · 2 turns · 100 + 20 tokens · turns');
  });

  it('[RPC-5] shows each row once per status, messages on standard output, and hears an end that came early', async () => {
    const { terminal, messages, notes } = makeTerminal();
    let tell: (notification: object) => void = () => undefined;
    const on = (listener: typeof tell): void => {
      tell = listener;
    };
    const client = { on } as unknown as DaemonClient;
    const context: Context = { client, terminal, args: readArguments(['x']), env: {}, interrupted: () => undefined };
    const watcher = new LoopWatcher(context, new Reviewer(client, terminal, {}));
    const row = (entry: object) => tell({ name: 'log/entry', payload: { entry: { ...ROW, ...entry } } });
    row({ status_rx: 102 });
    row({ status_rx: 102 });
    row({ status_rx: 200 });
    row({ id: 2, op: 'SEND', pathname: null, tx: { body: { raw: 'all done', json: null } } });
    const event = { source: 'provider', kind: 'retry', level: 'warn', message: 'The model is busy.' };
    tell({ name: 'telemetry/event', payload: { event } });
    tell({ name: 'telemetry/event', payload: { event: { ...event, level: 'info', message: 'indexing' } } });
    tell({ name: 'loop/terminated', payload: end });
    assert.deepEqual(await watcher.ended(4), end);
    assert.equal(messages(), 'all done\n');
    assert.equal(notes(), '1/2/3 READ src/a.ts 102\n1/2/3 READ src/a.ts 200\nThe model is busy.\n');
  });
});
