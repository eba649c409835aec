import assert from 'node:assert/strict';
import { type EditorStory, startStory } from '../support/editor-story.ts';
import { firstStory } from '../support/first-story.ts';

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
});
