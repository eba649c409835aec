import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../../../scripts/host/paths.ts';
import { ownErrors } from '../../../scripts/host/window.ts';
import { type EditorStory, startStory } from '../support/editor-story.ts';
import { eventually } from '../support/wait.ts';

const THEMES = { light: 'Default Light Modern', dark: 'Default Dark Modern' } as const;

for (const [name, theme] of Object.entries(THEMES)) {
  describe(`a .plurnk document in the ${name} theme`, function () {
    this.timeout(180_000);
    let story: EditorStory;
    before(async () => {
      const settings = { 'workbench.colorTheme': theme, 'editor.minimap.enabled': false, 'editor.fontSize': 12 };
      story = await startStory({ name: 'showcase', settings });
      await copyFile(
        join(projectRoot, 'test/fixtures/language/showcase.plurnk'),
        join(story.workspace ?? '', 'showcase.plurnk'),
      );
    });
    after(() => story?.end());

    it('[UI-40] [UI-41] is coloured by op, slot and embedded language, with lenses and without a complaint', async () => {
      const { page } = story.window;
      try {
        await page.keyboard.press('Control+P');
        const input = page.locator('.quick-input-widget input.input');
        await input.fill('showcase.plurnk');
        await page.locator('.quick-input-list .monaco-list-row', { hasText: 'showcase.plurnk' }).first().waitFor();
        await page.keyboard.press('Enter');
        await page.locator('.monaco-editor .view-line').first().waitFor();
        await page.locator('.contentWidgets .codelens-decoration', { hasText: 'Run script' }).first().waitFor();
        const colours = await eventually(
          () =>
            page
              .locator('.monaco-editor .view-line span span')
              .evaluateAll(spans => new Set(spans.map(span => span.className)).size),
          count => count >= 6,
          'at least six colours',
        );
        assert.ok(colours >= 6);
        assert.equal(await page.locator('.monaco-editor .squiggly-error').count(), 0);
        await story.screenshot(name);
        assert.deepEqual(ownErrors(story.window.console), []);
      } catch (error) {
        await story.saveFailure();
        throw error;
      }
    });
  });
}
