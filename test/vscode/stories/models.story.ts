import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { TEST_MODELS } from '../../../scripts/host/extension-tests.ts';
import { ChatServer } from '../../rpc/support/chat-server.ts';
import { openChat } from '../support/chat-driver.ts';
import { type EditorStory, startStory } from '../support/editor-story.ts';
import { eventually } from '../support/wait.ts';

const KEY = 'canary-key-of-the-story-0123456789';

async function runCommand(page: Page, title: string): Promise<void> {
  await page.keyboard.press('F1');
  const input = page.locator('.quick-input-widget input.input');
  await input.waitFor();
  await input.fill(`>${title}`);
  await page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first().waitFor();
  await page.keyboard.press('Enter');
}

/** Answers one step of a command: waits for its question, fills, confirms. */
async function answer(page: Page, question: string, text: string | null): Promise<void> {
  const widget = page.locator('.quick-input-widget');
  await widget.getByText(question).first().waitFor();
  if (text !== null) await widget.locator('input.input').fill(text);
  await page.keyboard.press('Enter');
}

describe('adding a model', function () {
  this.timeout(360_000);
  let story: EditorStory;
  let server: ChatServer;
  let baseUrl: string;
  before(async () => {
    server = new ChatServer(() => '<<PLAN:Answer.:PLAN\n<<SEND[200]:The teapot is ready.:SEND');
    baseUrl = await server.listen();
    story = await startStory({ name: 'models' });
    await openChat(story.window.page);
  });
  after(async () => {
    await story?.end();
    await server.close();
  });

  const attempt = async (act: () => Promise<void>): Promise<void> => {
    try {
      await act();
    } catch (error) {
      await story.saveFailure();
      throw error;
    }
  };

  it('[UI-3] asks provider, model, endpoint, name and key; tries the model; the next prompt goes to it', () =>
    attempt(async () => {
      const { page } = story.window;
      await runCommand(page, 'Plurnk: Add Model');
      await page.locator('.quick-input-list .monaco-list-row').first().waitFor();
      await answer(page, 'Other OpenAI-compatible endpoint', 'Other OpenAI');
      await answer(page, 'Model, as the provider names it', 'vendor/teapot-1');
      await answer(page, 'Endpoint', baseUrl);
      await answer(page, 'Short name for it', null);
      await answer(page, 'Key; leave empty', KEY);
      await page
        .getByText(/teapot-1 answered in \d+ ms\./)
        .first()
        .waitFor();
      assert.equal(server.requests.at(-1)?.authorization, `Bearer ${KEY}`);
      const chat = await openChat(page);
      await chat.send('Is the teapot ready?');
      await chat.messages.filter({ hasText: 'The teapot is ready.' }).first().waitFor();
      assert.match(server.requests.at(-1)?.user ?? '', /Is the teapot ready\?/);
      await story.screenshot('added');
    }));

  /** Sends a prompt that fails; gives the card that says so. */
  const failing = async (prompt: string) => {
    const chat = await openChat(story.window.page);
    await chat.send(prompt);
    const notice = chat.frame.locator('[data-testid=notice][data-key=provider]');
    await notice.waitFor();
    return { chat, notice, button: notice.getByTestId('notice-action') };
  };

  it('[UI-15] a key that is not accepted: the sentence says so, its button takes a new one', () =>
    attempt(async () => {
      const { page } = story.window;
      server.refusal = { status: 401, message: 'Incorrect API key provided.' };
      const { chat, notice, button } = await failing('Open the door');
      assert.match((await notice.textContent()) ?? '', /did not accept the key/);
      await story.screenshot('bad-key');
      await button.click();
      server.refusal = null;
      await answer(page, 'Key for teapot-1', `${KEY}-new`);
      await eventually(
        () => server.requests.at(-1)?.authorization,
        sent => sent === `Bearer ${KEY}-new`,
        'the model is tried with the new key',
      );
      await notice.waitFor({ state: 'hidden' });
      await chat.send('Open the door now');
      await eventually(
        () => chat.footers.last().getAttribute('data-status'),
        status => status === '200',
        'the loop ends well',
      );
    }));

  it('[UI-15] a limit that is too long to wait for ends the loop; its button asks again', () =>
    attempt(async () => {
      server.refusal = { status: 429, message: 'Slow down.', headers: { 'retry-after': '900' } };
      const { chat, notice, button } = await failing('Hurry');
      assert.match((await notice.textContent()) ?? '', /limiting how often it may be asked.*900 seconds/);
      server.refusal = null;
      await button.click();
      await notice.waitFor({ state: 'hidden' });
      await chat.userPrompts.filter({ hasText: 'Hurry' }).nth(1).waitFor();
      await chat.messages.filter({ hasText: 'The teapot is ready.' }).last().waitFor();
    }));

  it('[UI-15] a provider that is down is asked again by itself, with a countdown, and the answer comes when it is back', () =>
    attempt(async () => {
      await server.close();
      const { chat, notice } = await failing('Are you there?');
      assert.match((await notice.textContent()) ?? '', /cannot be reached at 127\.0\.0\.1/);
      assert.ok((await notice.getAttribute('class'))?.includes('warning'), 'it is not given up yet');
      await notice.locator('.countdown').waitFor();
      await story.screenshot('down');
      await server.listen(Number(new URL(baseUrl).port));
      await notice.waitFor({ state: 'hidden' });
      await chat.messages.filter({ hasText: 'The teapot is ready.' }).last().waitFor();
    }));

  it('[UI-15] a conversation that is too long: its button opens a new session, where nothing is said any more', () =>
    attempt(async () => {
      const message = "This model's maximum context length is 8192 tokens. Your messages resulted in 9000 tokens.";
      server.refusal = { status: 400, message };
      const { chat, notice, button } = await failing('One more thing');
      assert.match((await notice.textContent()) ?? '', /too long for this model.*8192 tokens/s);
      await story.screenshot('too-long');
      server.refusal = null;
      await button.click();
      await chat.frame.getByTestId('empty').waitFor();
      assert.equal(await notice.count(), 0);
    }));

  it('[UI-55] Doctor names the model, and the key is in no report, setting, database or log', () =>
    attempt(async () => {
      const { page } = story.window;
      await runCommand(page, 'Plurnk: Doctor');
      const report = page.locator('.monaco-editor .view-lines', { hasText: 'teapot-1' });
      await report.first().waitFor();
      const text = ((await report.first().textContent()) ?? '').replaceAll('\u00a0', ' ');
      assert.match(text, /model teapot-1/);
      assert.doesNotMatch(text, /canary-key/);
      const files = globSync('**/*', { cwd: story.editor.dataFolder, withFileTypes: true }).filter(file =>
        file.isFile(),
      );
      assert.ok(files.length > 0);
      for (const file of files) {
        const path = join(file.parentPath, file.name);
        assert.equal((await readFile(path)).includes(KEY), false, path);
      }
      await story.screenshot('doctor');
    }));

  it('[UI-1] the picker shows what is configured before the demo model, which is last and labelled', () =>
    attempt(async () => {
      const { page } = story.window;
      await runCommand(page, 'Plurnk: Choose Model');
      const rows = page.locator('.quick-input-list .monaco-list-row');
      await rows.filter({ hasText: 'demo model' }).first().waitFor();
      const texts = await rows.allTextContents();
      const at = (word: string) => texts.findIndex(text => text.includes(word));
      assert.ok(at('teapot-1') >= 0 && at('teapot-1') < at('demo model'), texts.join(' | '));
      assert.match(texts[at('demo model')] ?? '', /scripted, works offline/);
      await story.screenshot('picker');
      await page.keyboard.press('Escape');
    }));
});

describe('a model of the editor that needs consent', function () {
  this.timeout(240_000);
  let story: EditorStory;
  before(async () => {
    const env = { PLURNK_TEST_GUARDED_MODEL: '1' };
    story = await startStory({ name: 'consent', proposedApi: true, extensions: [TEST_MODELS], env });
  });
  after(() => story?.end());

  it('[UI-1] is chosen in the picker, where it comes first; the editor asks once, and then it answers', async () => {
    const { page } = story.window;
    try {
      const chat = await openChat(page);
      await runCommand(page, 'Plurnk: Choose Model');
      const row = page.locator('.quick-input-list .monaco-list-row');
      await row.filter({ hasText: 'Test guarded' }).first().waitFor();
      assert.match((await row.first().textContent()) ?? '', /Test guarded/);
      await row.filter({ hasText: 'Test guarded' }).first().click();
      await chat.send('May you speak?');
      const dialog = page.locator('.monaco-dialog-box');
      await dialog.waitFor();
      assert.match((await dialog.textContent()) ?? '', /Plurnk/);
      await story.screenshot('asked');
      await dialog.getByRole('button', { name: 'Allow' }).click();
      await chat.messages.filter({ hasText: 'You let me speak.' }).first().waitFor();
      await chat.send('And again?');
      await chat.messages.filter({ hasText: 'You let me speak.' }).nth(1).waitFor();
      assert.equal(await dialog.count(), 0);
    } catch (error) {
      await story.saveFailure();
      throw error;
    }
  });
});
