import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { ANY_FRAME, type ChatDriver, openChat } from '../support/chat-driver.ts';
import { activeDiff } from '../support/diff-driver.ts';
import { type EditorStory, startStory } from '../support/editor-story.ts';
import { eventually } from '../support/wait.ts';

describe('the interface', () => {
  let story: EditorStory;
  let page: Page;
  let chat: ChatDriver;
  before(async () => {
    story = await startStory({ name: 'interface' });
    page = story.window.page;
    chat = await openChat(page, ANY_FRAME);
  });
  after(() => story?.end());
  afterEach(async function () {
    if (this.currentTest?.state === 'failed')
      await story.screenshot(`failed-${this.currentTest.title.slice(0, 24).replaceAll(/\W+/g, '-')}`);
  });
  const command = async (title: string) => {
    await page.keyboard.press('F1');
    await page.locator('.quick-input-widget input').fill(`>${title}`);
    await page.locator('.quick-input-list .monaco-list-row').first().waitFor();
    await page.keyboard.press('Enter');
  };

  it('[UI-1] one click shows the chat with examples of this workspace and the demo model', async () => {
    await chat.frame.getByTestId('example').first().waitFor();
    assert.equal(await chat.frame.getByTestId('example').count(), 3);
    assert.match((await chat.frame.getByTestId('model').textContent()) ?? '', /demo model/);
    await story.screenshot('empty');
  });

  it('[UI-10] @ completes the files of the workspace', async () => {
    await chat.input.click();
    await chat.input.pressSequentially('@ord');
    await chat.frame.locator('#completion-0', { hasText: 'order' }).waitFor();
    await chat.input.press('Enter');
    assert.match(await chat.input.inputValue(), /^@(src|test)\/order/);
    await chat.frame.locator('.composer .chip').first().waitFor();
    await chat.frame.locator('.composer .chip .icon-button').first().click();
    await chat.input.fill('');
  });

  it('[UI-50] the status bar tells state and model, and its click opens the chat', async () => {
    const item = page.locator('[id="plurnk.plurnk.plurnk.status"], .statusbar-item[id*="plurnk.status"]').first();
    await item.waitFor();
    assert.match((await item.getAttribute('aria-label')) ?? '', /Plurnk/);
    await page.locator('.activitybar .action-label[aria-label^="Explorer"]').first().click();
    await chat.input.waitFor({ state: 'hidden' });
    await item.locator('a').first().click();
    await chat.input.waitFor();
  });

  it('[UI-12] a prompt leads to a card, and its Review to the diff', async () => {
    await chat.input.fill('Look around and improve one thing');
    await chat.input.press('Enter');
    await chat.pending('EDIT').first().getByTestId('proposal-review').click({ timeout: 60_000 });
    await activeDiff(page);
  });

  it('[UI-20] Ctrl+Enter in the diff accepts; by keyboard alone', async () => {
    const diff = await activeDiff(page);
    const proposed = await diff.rightSide();
    const path = (await page.locator('.editor-group-container.active .tab.active').getAttribute('aria-label')) ?? '';
    const name = path.split(' ')[0] ?? '';
    await story.screenshot('diff');
    await page.keyboard.press('Control+Enter');
    await eventually(
      () => readFile(join(story.workspace ?? '', name), 'utf8').catch(() => ''),
      text => text === proposed,
      `${name} is written`,
    );
  });

  it('[UI-25] the status bar offers Undo for a moment', async () => {
    await page.locator('.statusbar-item', { hasText: 'Undo' }).first().waitFor();
  });

  it('[UI-11] [UI-12] the command runs after approval, its output unfolds, the loop ends with its cost', async () => {
    await openChat(page, ANY_FRAME);
    await chat.pending('EXEC').first().getByTestId('proposal-accept').click();
    await chat.footers.first().waitFor({ timeout: 60_000 });
    assert.equal(await chat.footers.first().getAttribute('data-status'), '200');
    assert.match((await chat.cost.textContent()) ?? '', /\$/);
  });

  it('[UI-11] a link opens the file', async () => {
    await chat.frame.locator('[data-op=READ] .target.link').first().click();
    await page.locator('.tab.active', { hasText: 'README.md' }).waitFor();
  });

  it('[UI-10] [UI-16] what is selected in the editor appears as a chip, and the editor keeps the focus', async () => {
    const text = page
      .locator('.editor-group-container.active .monaco-editor textarea, .monaco-editor .native-edit-context')
      .first();
    await page.locator('.editor-group-container.active .monaco-editor .view-line').first().click();
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('Shift+ArrowDown');
    await chat.frame.getByTestId('selection').filter({ hasText: 'README.md:1' }).waitFor();
    assert.equal(await text.evaluate(element => element === document.activeElement), true);
    await page.keyboard.press('ArrowLeft');
    await chat.frame.getByTestId('selection').waitFor({ state: 'hidden' });
  });

  it('[UI-34] the tree of knowledge lists what the model noted, and opens it', async () => {
    await page.locator('.pane-header', { hasText: 'Knowledge' }).click();
    const rows = page.locator('.pane-body .monaco-list-row');
    await rows.filter({ hasText: 'Known' }).first().waitFor();
    await story.screenshot('knowledge');
  });

  it('[UI-13] history lists the sessions', async () => {
    await chat.frame.locator('.session').click();
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'shown now' }).waitFor();
    await page.keyboard.press('Escape');
  });

  it('[UI-2] the walkthrough has its four steps', async () => {
    await command('Welcome: Open Walkthrough');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Get started with Plurnk' }).click();
    await page.locator('.getting-started-step').nth(3).waitFor();
    assert.equal(await page.locator('.getting-started-step').count(), 4);
    const text = (await page.locator('.gettingStartedContainer').textContent()) ?? '';
    assert.match(text, /Take what is there, add one with a key/);
    assert.doesNotMatch(text, /%\w/, 'every text is there, not its key');
    await story.screenshot('walkthrough');
  });

  it('[UI-14] a further prompt and its card are in view, though the pending changes take room from the chat', async () => {
    await openChat(page, ANY_FRAME);
    await chat.send('Look around once more');
    const accept = chat.pending('EDIT').first().getByTestId('proposal-accept');
    await accept.waitFor({ timeout: 60_000 });
    await chat.frame.getByTestId('stop').click();
    await accept.waitFor({ state: 'hidden' });
    await chat.frame.getByTestId('stop').waitFor({ state: 'hidden' });
    await chat.footers.last().waitFor();
  });

  it('[UI-14] after a reload of the window the conversation, the draft and the cost are there', async () => {
    await openChat(page, ANY_FRAME);
    await chat.input.fill('half a thought');
    // Only what is in view is drawn: the ends of the conversation are looked at, not whatever happens to be there.
    await chat.scrollTo('start');
    const prompt = await chat.userPrompts.first().textContent();
    const cost = await chat.cost.textContent();
    await chat.scrollTo('end');
    const footer = await chat.footers.last().textContent();
    await eventually(
      () => chat.input.inputValue(),
      value => value === 'half a thought',
      'the draft',
    );
    // The window's own reload: a browser's would not let the editor store what it keeps.
    const loaded = page.waitForEvent('load');
    await command('Developer: Reload Window');
    await loaded;
    const again = await openChat(page, ANY_FRAME);
    await again.footers.last().waitFor({ timeout: 60_000 });
    assert.equal(await again.footers.last().textContent(), footer);
    assert.equal(await again.input.inputValue(), 'half a thought');
    assert.equal(await again.cost.textContent(), cost);
    await again.scrollTo('start');
    assert.equal(await again.userPrompts.first().textContent(), prompt);
  });
});
