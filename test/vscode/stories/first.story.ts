import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../../../scripts/host/paths.ts';
import { type EditorWindow, openWindow } from '../../../scripts/host/window.ts';
import { ANY_FRAME, type ChatDriver, openChat } from '../support/chat-driver.ts';
import { type EditorStory, startStory } from '../support/editor-story.ts';
import { firstStory } from '../support/first-story.ts';
import { eventually } from '../support/wait.ts';

describe('first story', () => {
  let story: EditorStory;
  before(async () => {
    story = await startStory({ name: 'first-story' });
  });
  after(() => story?.end());

  it('[UI-1] [UI-20] chats, reviews and accepts a change, runs a command, and is all there after a reload', async () => {
    try {
      const steps = await firstStory(story);
      assert.ok(steps.length >= 8);
    } catch (error) {
      await story.saveFailure();
      throw error;
    }
  });

  /** Windows without a folder share one storage. */
  async function emptyWindow(): Promise<{ window: EditorWindow; chat: ChatDriver }> {
    const window = await openWindow(story.browser, story.editor, { extensionPath: projectRoot });
    return { window, chat: await openChat(window.page, ANY_FRAME) };
  }

  /** Resolves when the loop of that prompt has ended: its footer stands below it. */
  async function ended(chat: ChatDriver, prompt: string): Promise<void> {
    const asked = chat.userPrompts.filter({ hasText: prompt }).last();
    const below = async (): Promise<boolean> => {
      await chat.scrollTo('end');
      const footer = await chat.footers
        .last()
        .boundingBox({ timeout: 1000 })
        .catch(() => null);
      // Out of view, and so above.
      const from = (await asked.count()) > 0 ? await asked.boundingBox({ timeout: 1000 }).catch(() => null) : null;
      return footer !== null && (from === null || footer.y > from.y);
    };
    await eventually(below, Boolean, `the end of “${prompt}”`, 90_000);
  }

  it('[RL-4] two windows on one storage: the second works through the first and goes on by itself when that closes', async () => {
    const owner = async (): Promise<number | null> => {
      const [file] = globSync('data/User/globalStorage/plurnk.plurnk/**/owner.json', { cwd: story.editor.dataFolder });
      if (file === undefined) return null;
      return (JSON.parse(await readFile(join(story.editor.dataFolder, file), 'utf8')) as { pid: number }).pid;
    };
    const first = await emptyWindow();
    await first.chat.send('What is a heredoc?');
    await ended(first.chat, 'What is a heredoc?');
    const before = await eventually(owner, pid => pid !== null, 'an owner of the storage');
    const second = await emptyWindow();
    const notice = second.chat.frame.getByText('Another window has this storage open');
    try {
      await notice.waitFor();
      // The conversation of the first, its last row in view.
      await second.chat.footers.last().waitFor();
      await second.chat.send('And what is a nowdoc?');
      // What one window does, the other shows.
      await first.chat.userPrompts.filter({ hasText: 'And what is a nowdoc?' }).last().waitFor();
      for (const { chat } of [first, second]) await ended(chat, 'And what is a nowdoc?');
      assert.equal(await owner(), before);
      await story.screenshotOf(second.window, '7-second-window');
      await first.window.close();
      await eventually(owner, pid => pid !== null && pid !== before, 'another owner of the storage', 60_000);
      await second.chat.frame.getByText('Nothing is lost').waitFor();
      await notice.waitFor({ state: 'detached' });
      await second.chat.send('Still there?');
      await ended(second.chat, 'Still there?');
      await story.screenshotOf(second.window, '8-taken-over');
    } catch (error) {
      await story.screenshotOf(second.window, 'failure-second-window');
      throw error;
    } finally {
      await second.window.close();
    }
  });
});
