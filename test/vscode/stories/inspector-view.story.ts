import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../../../scripts/host/browser.ts';
import { artifactsFolder } from '../../../scripts/host/paths.ts';
import { axe } from '../support/axe.ts';
import { inspectorRows, loopSummary, packetOf, turnSummary } from '../support/inspector-fixtures.ts';
import { THEMES, type Theme, WebviewHarness, type WebviewPage } from '../support/webview-harness.ts';

const SIZE = { width: 1000, height: 700 };
const NARROW = { width: 420, height: 700 };
const folder = join(artifactsFolder, 'inspector-view');

describe('inspector view', function () {
  this.timeout(120_000);
  let browser: Browser;
  let harness: WebviewHarness;
  let view: WebviewPage;
  before(async () => {
    await mkdir(folder, { recursive: true });
    [browser, harness] = await Promise.all([launchBrowser(), WebviewHarness.start('inspector')]);
  });
  after(async () => {
    await browser?.close();
    await harness?.stop();
  });
  afterEach(() => view?.close());

  /** The page with a run of `turns` turns; packets are answered as they are asked for. */
  const open = async (theme: Theme = 'dark', rows = 40, turns = 4, size = SIZE) => {
    view = await harness.open(browser, theme, size);
    await view.waitFor('ready');
    await view.send('init', { strings: {} });
    await view.send('run', {
      runId: 1,
      runName: 'main',
      runs: [{ id: 1, name: 'main', parentId: null, status: 200 }],
      loops: [loopSummary()],
      turns: Array.from({ length: turns }, (_, i) => turnSummary(i + 1, i === turns - 1 ? { status: 200 } : {})),
      rows: inspectorRows(rows, turns),
    });
    for (let turn = 1; turn <= turns; turn++) await view.send('packet', packetOf(turn));
    await view.page.locator('.part-button').first().waitFor();
  };
  const tab = (name: string) => view.page.locator(`.tab[data-view=${name}]`);

  for (const theme of THEMES) {
    it(`[UI-30] [RL-15] passes axe in ${theme} in every view, under its policy`, async () => {
      await open(theme);
      for (const part of ['log', 'emission', 'tree', 'effects', 'usage']) {
        await view.page.locator(`.part-button[data-part=${part}]`).click();
        await view.page.screenshot({ path: join(folder, `${theme}-${part}.png`) });
        assert.deepEqual(await axe(view.page), [], part);
      }
      for (const name of ['timeline', 'compare', 'replay']) {
        await tab(name).click();
        await view.page.screenshot({ path: join(folder, `${theme}-${name}.png`) });
        assert.deepEqual(await axe(view.page), [], name);
      }
      assert.deepEqual(view.problems, [], 'the policy allows everything the page does');
    });
  }

  it('[UI-30] marks what is new since the turn before, and shows the weight of every row', async () => {
    await open();
    await view.page.locator('.part-button[data-part=log]').click();
    assert.ok((await view.page.locator('.line .weight').count()) > 0);
    assert.ok((await view.page.locator('plurnk-lines').count()) === 1);
    await view.page.locator('.lines').press('End');
    await view.page.locator('.line.add').first().waitFor();
  });

  it('[UI-30] the keyboard steps through turns with j and k and searches with /', async () => {
    await open();
    const current = () => view.page.locator('.turn-button[aria-current=true]').getAttribute('data-turn');
    assert.equal(await current(), '4');
    await view.page.keyboard.press('k');
    assert.equal(await current(), '3');
    await view.page.keyboard.press('j');
    assert.equal(await current(), '4');
    await view.page.keyboard.press('/');
    await view.page.keyboard.type('import');
    await view.page.locator('mark').first().waitFor();
  });

  it('[UI-31] a run of 10,000 rows draws only what is visible', async () => {
    await open('dark', 10_000, 50);
    await tab('timeline').click();
    await view.page.locator('.time-row').first().waitFor();
    assert.ok((await view.page.locator('.time-row').count()) < 120);
    await view.page.getByTestId('filter-status').selectOption('failed');
    await view.page.locator('.time-row .status.failed').first().waitFor();
    assert.equal(await view.page.locator('.time-row .status.ok').count(), 0);
  });

  for (const name of ['compare', 'replay'])
    it(`[UI-32] [UI-35] a packet that cannot be read is said in ${name}, and asked for again`, async () => {
      await open();
      await tab(name).click();
      await view.send('failed', { turnId: null, text: 'The packet of this turn is gone.' });
      await view.page.getByRole('alert').filter({ hasText: 'is gone' }).waitFor();
      await tab('turn').click();
      await view.page.getByRole('alert').waitFor({ state: 'hidden' });
      await view.page.locator('.part-button').first().waitFor();
    });

  it('[UI-30] is usable at 420 pixels', async () => {
    await open('light', 40, 4, NARROW);
    await view.page.screenshot({ path: join(folder, 'narrow.png') });
    assert.equal(await view.page.evaluate('document.documentElement.scrollWidth <= window.innerWidth'), true);
  });

  it('[UI-30] the view comes back where it was after a reload', async () => {
    await open();
    await tab('replay').click();
    await view.reload();
    const asked = await view.waitFor('run');
    assert.equal(asked.payload.runId, 1);
  });
});
