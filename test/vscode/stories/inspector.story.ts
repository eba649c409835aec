import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { FrameLocator, Page } from 'playwright-core';
import { ownErrors } from '../../../scripts/host/window.ts';
import { type ChatDriver, openChat } from '../support/chat-driver.ts';
import { type EditorStory, startStory } from '../support/editor-story.ts';
import { eventually } from '../support/wait.ts';

const LOOP_LIMIT_MS = 120_000;

async function runCommand(page: Page, title: string): Promise<void> {
  await page.keyboard.press('F1');
  const input = page.locator('.quick-input-widget input.input');
  await input.waitFor();
  await input.fill(`>${title}`);
  await page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first().waitFor();
  await page.keyboard.press('Enter');
}

const inspectorFrame = (page: Page): FrameLocator =>
  page
    .frameLocator('iframe.webview[src*="extensionId=plurnk.plurnk"]:not([src*="purpose=webviewView"])')
    .frameLocator('#active-frame');

/** One loop of the demo model with everything accepted. */
async function demoLoop(chat: ChatDriver): Promise<void> {
  await chat.send('Look around this project and improve one small thing.');
  for (;;) {
    const card = chat.pending().first();
    await chat.footers.or(card).first().waitFor({ timeout: LOOP_LIMIT_MS });
    if ((await chat.footers.count()) > 0) return;
    await card.getByTestId('proposal-accept').click();
    await card
      .getByTestId('proposal-accept')
      .waitFor({ state: 'detached' })
      .catch(() => undefined);
  }
}

describe('inspector', function () {
  this.timeout(360_000);
  let story: EditorStory;
  let frame: FrameLocator;
  before(async () => {
    story = await startStory({ name: 'inspector' });
    const chat = await openChat(story.window.page);
    await demoLoop(chat);
    await runCommand(story.window.page, 'Plurnk: Open Inspector');
    frame = inspectorFrame(story.window.page);
    await frame.locator('.part-button').first().waitFor();
  });
  after(() => story?.end());

  const attempt = async (act: () => Promise<void>): Promise<void> => {
    try {
      await act();
    } catch (error) {
      await story.saveFailure();
      throw error;
    }
  };
  const turns = () => frame.locator('.turn-button');
  const tab = (view: string) => frame.locator(`.tab[data-view=${view}]`);
  const part = (name: string) => frame.locator(`.part-button[data-part=${name}]`);

  it('[UI-30] shows the packet section by section with weights, the emission, its tree, usage and times', () =>
    attempt(async () => {
      await turns().first().click();
      await part('definition').click();
      await frame.locator('plurnk-lines .line').first().waitFor();
      assert.match((await frame.locator('plurnk-lines').textContent()) ?? '', /PLAN/);
      assert.ok((await frame.locator('.part-button .bar').count()) > 2);
      await part('log').click();
      await frame.locator('.line .weight').first().waitFor();
      await part('emission').click();
      await frame.locator('.tone-tag').first().waitFor();
      await story.screenshot('emission');
      await part('tree').click();
      await frame.locator('.node.statement').first().waitFor();
      await part('usage').click();
      const facts = (await frame.locator('.facts').textContent()) ?? '';
      assert.match(facts, /Prompt tokens/);
      // The demo model is bound by no grammar.
      assert.match(facts, /Grammar\s*unconstrained/);
    }));

  it('[UI-31] a timeline of all ops filters and leads to the row', () =>
    attempt(async () => {
      await tab('timeline').click();
      await frame.locator('.time-row').first().waitFor();
      await frame.getByTestId('filter-op').selectOption('READ');
      await eventually(
        () => frame.locator('.time-row b').allTextContents(),
        ops => ops.length > 0 && ops.every(op => op === 'READ'),
        'only READ rows',
      );
      await story.screenshot('timeline');
      await frame.locator('.time-row').first().click();
      await frame.locator('.effect-body').first().waitFor();
    }));

  it('[UI-32] compares any two packets', () =>
    attempt(async () => {
      await turns().last().click();
      await tab('compare').click();
      await frame.locator('.line.add').first().waitFor();
      await story.screenshot('compare');
    }));

  it('[UI-35] [ENG-69] replays a finished run op by op, packet, emission and effect side by side', () =>
    attempt(async () => {
      await turns().first().click();
      await tab('replay').click();
      const effects = frame.getByTestId('effects').locator('.effect');
      await effects.first().waitFor();
      const before = await effects.count();
      await frame.getByTestId('replay-next').click();
      await eventually(
        () => effects.count(),
        count => count === before + 1,
        'one more effect',
      );
      await story.screenshot('replay');
    }));

  it('[UI-32] exports the run as one self-contained file', () =>
    attempt(async () => {
      await frame.getByTestId('export-html').click();
      const input = story.window.page.locator('.quick-input-widget input.input');
      await input.waitFor();
      const target = `${story.workspace}/run.html`;
      // The dialog writes its own proposal into the input and ignores Enter while it lists the folder.
      const exported = async (): Promise<string> => {
        const text = await readFile(target, 'utf8').catch(() => '');
        if (text !== '' || !(await input.isVisible())) return text;
        if ((await input.inputValue().catch(() => '')) === target) await input.press('Enter').catch(() => undefined);
        else await input.fill(target).catch(() => undefined);
        return text;
      };
      const html = await eventually(exported, text => text.includes('</html>'), 'the export', 30_000);
      assert.match(html, /READ/);
      assert.doesNotMatch(html, /<(?:script|link)[^>]+(?:src|href)=["']?https?:/);
    }));

  it('[UI-33] continues from a turn in a new run', () =>
    attempt(async () => {
      await tab('turn').click();
      await turns().first().click();
      const name = frame.getByTestId('inspector-run');
      const before = await name.textContent();
      await frame.getByTestId('continue-here').click();
      const after = await eventually(
        () => name.textContent(),
        text => text !== before,
        'the new run',
      );
      assert.match(after ?? '', /fork/);
      await eventually(
        () => turns().count(),
        count => count === 1,
        'the history up to the turn',
      );
      await story.screenshot('forked');
      assert.deepEqual(ownErrors(story.window.console), []);
    }));
});
