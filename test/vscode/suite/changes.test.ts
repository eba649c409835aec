import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Services } from '../../../client/src/context.ts';
import { Attention } from '../../../client/src/status/attention.ts';
import { FileDecorations } from '../../../client/src/status/file-decorations.ts';
import { emission, fileUri, freshSession, nextEvent, readFile, startLoop, writeFile } from '../support/extension.ts';
import { eventually } from '../support/wait.ts';

const edit = (path: string, text: string) => `<<EDIT(${path})<1>:${text}\n:EDIT`;

describe('several changes', () => {
  let parts: Services;
  beforeEach(async () => {
    await writeFile('one.txt', 'one\n');
    await writeFile('deep/two.txt', 'two\n');
    parts = await freshSession();
  });
  afterEach(async () => {
    await parts.chat.stop();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
  const pending = async (count: number) =>
    await eventually(
      () => parts.proposals.files,
      files => files.length === count,
      `${count} pending changes`,
    );

  /** One change waits; a fork of its run is free to propose another beside it. */
  const two = async () => {
    const first = await startLoop([emission([edit('one.txt', 'first')])]);
    const { runId } = await parts.server.request('run.fork', { runId: first.runId });
    await pending(1);
    return { first, runId };
  };

  it('[UI-22] every waiting change opens in one multi-file diff; Accept All writes them all', async () => {
    const { first, runId } = await two();
    const second = await startLoop([emission([edit('deep/two.txt', 'second')])], 'The other', runId);
    await pending(2);
    await vscode.commands.executeCommand('plurnk.reviewAll');
    const input = await eventually(
      () => vscode.window.tabGroups.activeTabGroup.activeTab,
      tab => tab !== undefined && tab.label.includes('pending changes'),
      'the multi-file diff',
    );
    assert.ok(input);
    await vscode.commands.executeCommand('plurnk.acceptAll');
    assert.equal(await first.ended, 200);
    assert.equal(await second.ended, 200);
    assert.equal(await readFile('one.txt'), 'first\n');
    assert.equal(await readFile('deep/two.txt'), 'second\n');
  });

  it('[UI-22] next and previous walk over the waiting changes, Reject All ends them', async () => {
    const { first, runId } = await two();
    const second = await startLoop([emission([edit('deep/two.txt', 'third')])], 'The other', runId);
    const files = await pending(2);
    await vscode.commands.executeCommand('plurnk.nextProposal');
    const shown = async (id: number) =>
      await eventually(
        () => parts.review.activeId(),
        active => active === id,
        `proposal ${id} is shown`,
      );
    const [a, b] = files.map(({ id }) => id);
    await shown(a ?? 0);
    await vscode.commands.executeCommand('plurnk.nextProposal');
    await shown(b ?? 0);
    await vscode.commands.executeCommand('plurnk.previousProposal');
    await shown(a ?? 0);
    await vscode.commands.executeCommand('plurnk.rejectAll');
    await Promise.all([first.ended, second.ended]);
    assert.equal(parts.proposals.pending.length, 0);
  });

  it('[UI-22] a file with a waiting change is decorated', async () => {
    const { first } = await two();
    const decorations = new FileDecorations(parts.proposals, parts.rules);
    try {
      assert.equal(decorations.provideFileDecoration(fileUri('one.txt'))?.badge, 'P');
      assert.equal(decorations.provideFileDecoration(fileUri('deep/two.txt')), undefined);
      await vscode.commands.executeCommand('plurnk.rejectAll');
      await first.ended;
      assert.equal(decorations.provideFileDecoration(fileUri('one.txt')), undefined);
    } finally {
      decorations.dispose();
    }
  });

  it('[UI-54] a proposal notifies while the chat is not visible, leads to its review, and can be switched off', async () => {
    assert.equal(parts.view.visible, false);
    const said: string[] = [];
    const attention = new Attention({
      ...parts,
      notify: async (text, button) => {
        said.push(text);
        return button;
      },
      focused: () => true,
      elapsed: () => 0,
    });
    const configuration = vscode.workspace.getConfiguration('plurnk');
    try {
      const { first } = await two();
      const shown = await eventually(
        () => parts.review.activeId(),
        id => id !== null,
        'the review opens',
      );
      assert.equal(shown, parts.proposals.files[0]?.id);
      assert.deepEqual(said, ['Plurnk proposes a change to one.txt']);
      await vscode.commands.executeCommand('plurnk.rejectAll');
      await first.ended;
      await configuration.update('notifyProposals', false, vscode.ConfigurationTarget.Global);
      const added = nextEvent(parts.proposals.onAdded);
      const second = await startLoop([emission([edit('one.txt', 'again')])]);
      await added;
      await vscode.commands.executeCommand('plurnk.rejectAll');
      await second.ended;
      assert.equal(said.length, 1);
    } finally {
      await configuration.update('notifyProposals', undefined, vscode.ConfigurationTarget.Global);
      attention.dispose();
    }
  });

  it('[UI-54] a prompt that took longer than 30 s and is done notifies while the chat is not visible; it can be switched off', async () => {
    const said: string[] = [];
    let elapsed = 0;
    const notify = async (text: string) => {
      said.push(text);
      return undefined;
    };
    const attention = new Attention({ ...parts, notify, focused: () => true, elapsed: () => elapsed });
    const configuration = vscode.workspace.getConfiguration('plurnk');
    /** A loop that waits for a decision while the clock moves on. */
    const loopOf = async (seconds: number, message: string) => {
      const added = nextEvent(parts.proposals.onAdded);
      const loop = await startLoop([emission([edit('one.txt', message)], 200, message)]);
      await added;
      elapsed += seconds * 1000;
      await vscode.commands.executeCommand('plurnk.rejectAll');
      await loop.ended;
    };
    try {
      await configuration.update('notifyProposals', false, vscode.ConfigurationTarget.Global);
      await loopOf(29, 'quick');
      assert.deepEqual(said, []);
      await loopOf(31, 'slow');
      assert.deepEqual(said, ['Plurnk is done.']);
      await configuration.update('notifyLoopEnd', false, vscode.ConfigurationTarget.Global);
      await loopOf(31, 'slow again');
      assert.equal(said.length, 1);
    } finally {
      for (const name of ['notifyProposals', 'notifyLoopEnd'])
        await configuration.update(name, undefined, vscode.ConfigurationTarget.Global);
      attention.dispose();
    }
  });

  it('[UI-54] with the chat in view nobody is notified, unless the window has no focus', async () => {
    const said: string[] = [];
    let focused = true;
    let elapsed = 0;
    const attention = new Attention({
      ...parts,
      view: { visible: true },
      notify: async text => {
        said.push(text);
        return undefined;
      },
      focused: () => focused,
      elapsed: () => elapsed,
    });
    const loop = async (text: string) => {
      const added = nextEvent(parts.proposals.onAdded);
      const { ended } = await startLoop([emission([edit('one.txt', text)])]);
      await added;
      elapsed += 31_000;
      await vscode.commands.executeCommand('plurnk.rejectAll');
      await ended;
    };
    try {
      await loop('seen');
      assert.deepEqual(said, []);
      focused = false;
      await loop('unseen');
      assert.deepEqual(said, ['Plurnk proposes a change to one.txt', 'Plurnk is done.']);
    } finally {
      attention.dispose();
    }
  });

  it('[UI-12] “always allow” writes a rule and runs the command; the same command asks no more', async () => {
    const loop = await startLoop([
      emission(['<<EXEC[sh]:echo allowed:EXEC'], 102),
      emission(['<<EXEC[sh]:echo allowed:EXEC'], 102),
      emission([]),
    ]);
    const [asked] = await eventually(
      () => parts.proposals.pending,
      found => found.length === 1,
      'the command asks',
    );
    const deciders: string[] = [];
    const listener = parts.proposals.onSettled(({ by }) => deciders.push(by));
    await parts.review.allowAlways(asked?.id ?? 0);
    await loop.ended;
    listener.dispose();
    assert.equal(deciders.length, 2);
    assert.match(deciders[1] ?? '', /^policy:/, 'the second time a rule decides');
    assert.deepEqual(
      parts.allowed.rules.map(({ pattern }) => pattern),
      ['echo allowed'],
    );
    const next = await freshSession();
    const later = await startLoop([emission(['<<EXEC[sh]:echo allowed:EXEC'], 102), emission([])]);
    await later.ended;
    assert.equal(next.proposals.pending.length, 0, 'a new session of this workspace knows the rule');
    await parts.allowed.remove('echo allowed');
    assert.deepEqual(parts.allowed.rules, []);
  });
});
