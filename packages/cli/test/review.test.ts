import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Proposal } from '@plurnk/protocol';
import type { DaemonClient } from '../src/daemon-client.ts';
import { proposalText, Reviewer } from '../src/review.ts';
import { makeTerminal, PROPOSAL } from './support/terminal.ts';

const EXEC: Proposal = {
  ...PROPOSAL,
  op: 'EXEC',
  body: 'npm test',
  attrs: { kind: 'exec', runtime: 'sh', cwd: 'app' },
};

/** A daemon that takes down what it is asked, in order. */
function makeReviewer(env: NodeJS.ProcessEnv = {}, { failure, text }: { failure?: string; text?: string } = {}) {
  const person = makeTerminal();
  const decided: object[] = [];
  const waiting: (() => void)[] = [];
  const call = async (_method: string, params: object): Promise<object> => {
    decided.push(params);
    waiting.shift()?.();
    if (failure !== undefined) throw new Error(failure);
    return text === undefined ? {} : { text };
  };
  const reviewer = new Reviewer({ call } as unknown as DaemonClient, person.terminal, env);
  const decision = () => new Promise<void>(resolve => waiting.push(resolve));
  return { ...person, reviewer, decided, decision };
}

describe('proposals at the terminal', () => {
  it('[ENG-60] a change is a diff with its own colours', () => {
    const { terminal } = makeTerminal({ colours: true });
    const [title, ...lines] = proposalText(terminal, PROPOSAL).split('\n');
    assert.equal(title, '\u001b[1mEDIT hello.txt\u001b[0m');
    assert.deepEqual(lines, [
      '\u001b[1m--- hello.txt\u001b[0m',
      '\u001b[1m+++ hello.txt\u001b[0m',
      '\u001b[36m@@ -1 +1 @@\u001b[0m',
      '\u001b[31m-hello\u001b[0m',
      '\u001b[32m+good day\u001b[0m',
      ' world',
    ]);
  });

  it('[ENG-60] a command is shown as it would run, with its runtime and folder', () => {
    const { terminal } = makeTerminal();
    assert.equal(proposalText(terminal, EXEC), 'Run sh in app\nnpm test');
  });

  it('[#7] no colours where nobody sees them, or where they are not wanted', () => {
    assert.ok(!proposalText(makeTerminal().terminal, PROPOSAL).includes('\u001b'));
    const plain = makeTerminal({ colours: true, env: { NO_COLOR: '1' } });
    assert.ok(!proposalText(plain.terminal, PROPOSAL).includes('\u001b'));
    assert.ok(proposalText(makeTerminal({ env: { FORCE_COLOR: '1' } }).terminal, PROPOSAL).includes('\u001b'));
  });

  for (const [typed, answer] of [
    ['a\n', { decision: 'accept' }],
    [' A \n', { decision: 'accept' }],
    ['r\n', { decision: 'reject' }],
    ['what\n\nx\nr\n', { decision: 'reject' }],
  ] as const) {
    it(`[ENG-61] ${JSON.stringify(typed)} is ${answer.decision}`, async () => {
      const { reviewer, type, decided, decision } = makeReviewer();
      const done = decision();
      reviewer.review(PROPOSAL);
      type(typed);
      await done;
      assert.deepEqual(decided, [{ logEntryId: 7, ...answer }]);
    });
  }

  it('[ENG-61] the end of the input rejects, it never accepts', async () => {
    const { reviewer, end, decided, decision } = makeReviewer();
    const done = decision();
    reviewer.review(PROPOSAL);
    end();
    await done;
    assert.deepEqual(decided, [{ logEntryId: 7, decision: 'reject' }]);
  });

  it('[ENG-62] e opens the editor, and what it leaves is what is accepted', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plurnk-cli-'));
    const editor = join(folder, 'editor.sh');
    writeFileSync(editor, '#!/bin/sh\nsed -i "s/good/fine/; s/npm test/npm run lint/" "$1"\n');
    try {
      const { reviewer, type, decided, decision } = makeReviewer({ VISUAL: `sh ${editor}` });
      const [first, second] = [decision(), decision()];
      reviewer.review(PROPOSAL);
      type('e\n');
      await first;
      reviewer.review({ ...EXEC, logEntryId: 8 });
      type('e\n');
      await second;
      assert.deepEqual(decided, [
        { logEntryId: 7, decision: 'accept', body: 'fine day\nworld\n' },
        { logEntryId: 8, decision: 'accept', body: 'npm run lint' },
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('[ENG-62] e asks for a text that was too long to be sent', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plurnk-cli-'));
    const editor = join(folder, 'editor.sh');
    writeFileSync(editor, '#!/bin/sh\nsed -i "s/good/fine/" "$1"\n');
    const long = `good day\n${'line\n'.repeat(300_000)}`;
    try {
      const { reviewer, type, decided, decision } = makeReviewer({ VISUAL: `sh ${editor}` }, { text: long });
      const [asked, done] = [decision(), decision()];
      reviewer.review({ ...PROPOSAL, attrs: { kind: 'edit', proposedHash: 'a hash' } });
      type('e\n');
      await asked;
      await done;
      assert.deepEqual(decided, [
        { logEntryId: 7, side: 'proposed' },
        { logEntryId: 7, decision: 'accept', body: long.replace('good', 'fine') },
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('[ENG-62] a deletion has no text to edit: it says so and asks again', async () => {
    const { reviewer, type, decided, decision, notes } = makeReviewer({ VISUAL: 'true' });
    const done = decision();
    reviewer.review({ ...PROPOSAL, op: 'KILL', attrs: { kind: 'delete', proposed: null } });
    type('e\nr\n');
    await done;
    assert.deepEqual(decided, [{ logEntryId: 7, decision: 'reject' }]);
    assert.match(notes(), /no text to edit/);
  });

  it('[ENG-62] an editor that fails changes nothing: the question is asked again', async () => {
    const { reviewer, type, decided, decision } = makeReviewer({ VISUAL: 'false' });
    const done = decision();
    reviewer.review(PROPOSAL);
    type('e\nr\n');
    await done;
    assert.deepEqual(decided, [{ logEntryId: 7, decision: 'reject' }]);
  });

  it('[ENG-61] one after the other, without those that someone else has settled', async () => {
    const { reviewer, type, decided, decision, notes } = makeReviewer(
      {},
      { failure: 'Row 9 does not wait for a decision.' },
    );
    const [first, second] = [decision(), decision()];
    for (const logEntryId of [7, 8, 9]) reviewer.review({ ...PROPOSAL, logEntryId });
    reviewer.settled(8);
    type('a\n');
    await first;
    type('r\n');
    await second;
    assert.deepEqual(decided, [
      { logEntryId: 7, decision: 'accept' },
      { logEntryId: 9, decision: 'reject' },
    ]);
    assert.match(notes(), /does not wait for a decision/);
  });

  it('[ENG-61] a question whose proposal someone else settles is taken back, and decides nothing', async () => {
    const { reviewer, type, decided, decision, terminal } = makeReviewer();
    const done = decision();
    reviewer.review(PROPOSAL);
    reviewer.review({ ...PROPOSAL, logEntryId: 8 });
    await new Promise(resolve => setImmediate(resolve));
    const prompt = terminal.line();
    reviewer.settled(7);
    await new Promise(resolve => setImmediate(resolve));
    type('a\nnext prompt\n');
    await done;
    assert.deepEqual(decided, [{ logEntryId: 8, decision: 'accept' }]);
    assert.equal(await prompt, 'next prompt');
  });

  it('[ENG-64] nothing is asked where the loop decides itself', () => {
    const { reviewer, notes } = makeReviewer();
    reviewer.review({ ...PROPOSAL, flags: { ...PROPOSAL.flags, yolo: true } });
    reviewer.review({ ...PROPOSAL, flags: { ...PROPOSAL.flags, noProposals: true } });
    assert.equal(notes(), '');
  });
});
