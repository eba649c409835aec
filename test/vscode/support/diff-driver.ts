import type { Locator, Page } from 'playwright-core';

/** The diff editor that is open in front. */
export interface DiffDriver {
  readonly editor: Locator;
  /** The whole text of the right side, as the editor has it. */
  rightSide(): Promise<string>;
  /** A button of the editor's title, by its visible name (`Accept`, `Reject`). */
  titleButton(name: string): Locator;
}

/** Waits for the diff editor of the active group. */
export async function activeDiff(page: Page): Promise<DiffDriver> {
  const group = page.locator('.editor-group-container.active');
  const editor = group.locator('.monaco-diff-editor');
  await editor.waitFor({ timeout: 30_000 });
  await editor.locator('.editor.modified .view-lines[data-mprt] .view-line').first().waitFor();
  return {
    editor,
    async rightSide() {
      await editor.locator('.editor.modified :is(.native-edit-context, textarea.inputarea)').first().focus();
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.press('ControlOrMeta+c');
      return String(await page.evaluate('navigator.clipboard.readText()'));
    },
    titleButton: name => group.locator(`.editor-actions .action-label[aria-label^="${name}"]`).first(),
  };
}
