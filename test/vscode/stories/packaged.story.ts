import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPackage } from '../../../scripts/package/create-package.ts';
import { openChat } from '../support/chat-driver.ts';
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
    const chat = await openChat(story.window.page);
    await chat.send('Look around.');
    await chat.pending('EDIT').first().waitFor({ timeout: 60_000 });
    await story.screenshot('proposal');
  });
});
