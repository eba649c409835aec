import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from '../../../scripts/host/processes.ts';
import { ownErrors } from '../../../scripts/host/window.ts';
import { ANY_FRAME, type ChatDriver, openChat } from './chat-driver.ts';
import { activeDiff } from './diff-driver.ts';
import type { EditorStory } from './editor-story.ts';
import { eventually } from './wait.ts';

/** What was verified, and how long it took. */
export interface VerifiedStep {
  readonly what: string;
  readonly durationMs: number;
}

const PROMPT = 'Look around this project and improve one small thing.';
const LOOP_LIMIT_MS = 90_000;

interface Conversation {
  readonly firstPrompt: string;
  readonly lastMessage: string;
  readonly cost: string;
}

/**
 * The first story of the product in a real window: a prompt, a reviewed and accepted change, an approved command,
 * an ended loop, and the same conversation after a reload. Throws at the first thing that is not so.
 */
export async function firstStory(
  story: EditorStory,
  onStep: (step: VerifiedStep) => void = () => {},
): Promise<VerifiedStep[]> {
  const steps: VerifiedStep[] = [];
  const step = async <T>(what: string, act: () => Promise<T>): Promise<T> => {
    const started = performance.now();
    const value = await act();
    const done = { what, durationMs: Math.round(performance.now() - started) };
    steps.push(done);
    onStep(done);
    return value;
  };
  const { page } = story.window;
  const chat = await step('chat ready', () => openChat(page));
  await story.screenshot('1-chat');
  await step('prompt sent', () => chat.send(PROMPT));
  await settleProposals(story, chat, step);
  const before = await step('loop ended 200', () => endedLoop(chat));
  await story.screenshot('5-ended');
  await step('conversation and cost after reload', () => sameAfterReload(story, before));
  await story.screenshot('6-reloaded');
  await step('no error from the extension', async () => {
    assert.deepEqual(ownErrors(story.window.console), []);
  });
  return steps;
}

type Step = <T>(what: string, act: () => Promise<T>) => Promise<T>;

/** Takes the proposals in the order in which they come, until both a change and a command were approved. */
async function settleProposals(story: EditorStory, chat: ChatDriver, step: Step): Promise<void> {
  const wanted = new Set(['EDIT', 'EXEC']);
  while (wanted.size > 0) {
    const card = chat.pending().first();
    const op = await step('proposal shown', async () => {
      await card.waitFor({ timeout: LOOP_LIMIT_MS });
      return (await card.getAttribute('data-op')) ?? '';
    });
    if (op === 'EDIT') await acceptChange(story, chat, step);
    else if (op === 'EXEC') await runCommandProposal(story, chat, step);
    else throw new Error(`an unexpected proposal: ${op}`);
    wanted.delete(op);
  }
}

async function acceptChange(story: EditorStory, chat: ChatDriver, step: Step): Promise<void> {
  const { page } = story.window;
  const workspace = story.workspace ?? '';
  await story.screenshot('2-proposal');
  const before = await chat.pending('EDIT').count();
  const { diff, proposed } = await step('diff opened', async () => {
    assert.equal(await changedFiles(workspace), '', 'nothing is written before the approval');
    await chat.pending('EDIT').first().getByTestId('proposal-review').click();
    const opened = await activeDiff(page);
    await story.screenshot('3-diff');
    return { diff: opened, proposed: await opened.rightSide() };
  });
  await step('accepted, file on disk equals the right side', async () => {
    await diff.titleButton('Accept').click();
    const status = await eventually(
      () => changedFiles(workspace),
      text => text !== '',
      'a changed file',
    );
    const path = status.trimEnd().slice(3);
    await eventually(
      () => readFile(join(workspace, path), 'utf8'),
      text => text === proposed,
      `${path} equal to the right side`,
    );
    await eventually(
      () => chat.pending('EDIT').count(),
      count => count < before,
      'the settled proposal',
    );
  });
}

async function runCommandProposal(story: EditorStory, chat: ChatDriver, step: Step): Promise<void> {
  await story.screenshot('4-command');
  await step('command run after approval', async () => {
    const card = chat.pending('EXEC').first();
    const row = (await card.getAttribute('data-row')) ?? '';
    assert.equal(await chat.succeeded(row).count(), 0, 'the command has not run before the approval');
    await card.getByTestId('proposal-accept').click();
    await chat.succeeded(row).waitFor();
  });
}

function changedFiles(workspace: string): Promise<string> {
  return mustRun('git', ['status', '--porcelain'], { cwd: workspace });
}

async function endedLoop(chat: ChatDriver): Promise<Conversation> {
  const footer = chat.footers.last();
  await footer.waitFor({ timeout: LOOP_LIMIT_MS });
  assert.equal(await footer.getAttribute('data-status'), '200');
  const conversation = await readConversation(chat);
  assert.match(conversation.firstPrompt, new RegExp(PROMPT));
  assert.notEqual(conversation.lastMessage.trim(), '', 'the model said something');
  assert.match(conversation.cost, /\d/, 'the cost is a number');
  return conversation;
}

async function readConversation(chat: ChatDriver): Promise<Conversation> {
  await chat.scrollTo('start');
  const firstPrompt = await chat.userPrompts.first().textContent();
  await chat.scrollTo('end');
  await chat.footers.last().waitFor();
  const lastMessage = await chat.messages.last().textContent();
  return {
    firstPrompt: firstPrompt ?? '',
    lastMessage: lastMessage ?? '',
    cost: (await chat.cost.textContent()) ?? '',
  };
}

async function sameAfterReload(story: EditorStory, before: Conversation): Promise<void> {
  await story.window.page.reload();
  await story.window.page.waitForSelector('.monaco-workbench .part.statusbar', { timeout: 60_000 });
  const chat = await openChat(story.window.page, ANY_FRAME);
  await chat.footers.last().waitFor({ timeout: 30_000 });
  assert.deepEqual(await readConversation(chat), before);
}
