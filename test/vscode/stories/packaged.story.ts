import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPackage } from '../../../scripts/package/create-package.ts';
import { ANY_FRAME, chatDriver, openChat } from '../support/chat-driver.ts';
import { type EditorStory, startStory } from '../support/editor-story.ts';

describe('packaged extension', () => {
  let folder: string;
  let story: EditorStory | undefined;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plurnk-vsix-'));
  });
  after(async () => {
    await story?.end();
    await rm(folder, { recursive: true, force: true });
  });

  it('[PF-9] [UI-1] is small, has no native module, and chats when installed far from this repository', async () => {
    const vsix = join(folder, 'plurnk.vsix');
    const { wrong } = await createPackage(vsix, () => {});
    assert.deepEqual(wrong, []);
    story = await startStory({ name: 'packaged', vsix, installedOnly: true });
    const chat = await openChat(story.window.page, ANY_FRAME);
    await chat.send('Look around.');
    await chat.pending('EDIT').first().waitFor({ timeout: 60_000 });
    await story.screenshot('proposal');
  });

  it('[UI-54] [UI-16] while the chat is hidden a toast tells what waits, takes no focus from who types, and leads there', async () => {
    assert.ok(story);
    const { page } = story.window;
    const chat = chatDriver(page, ANY_FRAME);
    const quick = async (text: string, row: string) => {
      await page.keyboard.press('F1');
      await page.locator('.quick-input-widget input').fill(text);
      await page.locator('.quick-input-list .monaco-list-row', { hasText: row }).first().waitFor();
      await page.keyboard.press('Enter');
    };
    await quick('package.json', 'package.json');
    await page.locator('.tab.active', { hasText: 'package.json' }).waitFor();
    await page.locator('.activitybar .action-label[aria-label^="Explorer"]').first().click();
    await chat.input.waitFor({ state: 'hidden' });
    const editor = page.locator('.editor-group-container.active .monaco-editor').first();
    await editor.locator('.view-line').first().click();
    await page.keyboard.press('ControlOrMeta+Home');
    await quick('>Plurnk: Accept All Changes', 'Accept All Changes');
    await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
    await page.keyboard.type('before');
    const toast = page.locator('.notification-toast', { hasText: 'Plurnk wants to run' });
    await toast.waitFor({ timeout: 60_000 });
    await page.keyboard.type('after');
    await editor.locator('.view-line', { hasText: 'beforeafter' }).waitFor();
    await story.screenshot('toast');
    await toast.locator('.monaco-button', { hasText: 'Show' }).click();
    await chat.input.waitFor();
    await chat.pending('EXEC').first().getByTestId('proposal-accept').waitFor();
  });
});
