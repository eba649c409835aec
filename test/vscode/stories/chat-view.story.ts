/// <reference lib="dom" />
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../../../scripts/host/browser.ts';
import { artifactsFolder } from '../../../scripts/host/paths.ts';
import { axe } from '../support/axe.ts';
import {
  commandCard,
  editCard,
  HEADER,
  INIT,
  loop,
  MODELS,
  messageRow,
  promptRow,
  richRows,
  row,
} from '../support/chat-fixtures.ts';
import { eventually } from '../support/wait.ts';
import { THEMES, type Theme, WebviewHarness, type WebviewPage } from '../support/webview-harness.ts';

const NARROW = { width: 280, height: 720 };
const WIDE = { width: 900, height: 860 };
const folder = join(artifactsFolder, 'chat-view');

describe('chat view', () => {
  let browser: Browser;
  let harness: WebviewHarness;
  let view: WebviewPage;
  before(async () => {
    await mkdir(folder, { recursive: true });
    [browser, harness] = await Promise.all([launchBrowser(), WebviewHarness.start('chat')]);
  });
  after(async () => {
    await browser?.close();
    await harness?.stop();
  });
  afterEach(() => view?.close());

  const open = async (theme: Theme = 'dark', size = NARROW) => {
    view = await harness.open(browser, theme, size);
    await view.waitFor('ready');
    await view.send('init', INIT);
    await view.send('header', HEADER);
    await view.send('models', MODELS);
    return view;
  };
  const show = async (rows = richRows(), loops = [loop()], more = false) => {
    await view.send('conversation', { runId: 1, rows, loops, more });
    await view.page.locator('.item').first().waitFor();
  };
  const element = (id: string) => view.page.getByTestId(id);

  for (const theme of THEMES) {
    it(`[UI-11] [RL-15] looks right and passes axe in ${theme}, at 280 and 900 pixels`, async () => {
      for (const [name, size] of [
        ['narrow', NARROW],
        ['wide', WIDE],
      ] as const) {
        await open(theme, size);
        await view.page.screenshot({ path: join(folder, `empty-${theme}-${name}.png`) });
        await show();
        await view.send('pending', { changes: 2, files: 1, commands: 1, added: 23, removed: 22 });
        await view.send('notice', {
          key: 'provider',
          level: 'error',
          text: 'The provider refused the key.',
          detail: '401 from api.example',
          action: { label: 'Enter a key', command: 'addModel' },
          until: null,
        });
        await view.page.screenshot({ path: join(folder, `chat-${theme}-${name}.png`) });
        assert.deepEqual(await axe(view.page), []);
        assert.deepEqual(view.problems, [], 'the policy allows everything the page does');
        if (name === 'narrow') await view.close();
      }
    });
  }

  it('[UI-10] Enter sends, Shift+Enter breaks, Up recalls', async () => {
    await open();
    await view.send('prompts', { prompts: ['second', 'first'] });
    const input = element('prompt-input');
    await input.fill('one');
    await input.press('Shift+Enter');
    await input.pressSequentially('two');
    await input.press('Enter');
    assert.equal((await view.waitFor('send')).payload.text, 'one\ntwo');
    assert.equal(await input.inputValue(), '');
    await input.press('ArrowUp');
    await input.press('ArrowUp');
    assert.equal(await input.inputValue(), 'first');
    await input.press('ArrowDown');
    assert.equal(await input.inputValue(), 'second');
  });

  it('[UI-10] @ completes a file into the prompt and a chip, which goes with the prompt', async () => {
    await open();
    const input = element('prompt-input');
    await input.pressSequentially('look at @aut');
    const { payload } = await view.waitFor('complete');
    assert.deepEqual({ kind: payload.kind, query: payload.query }, { kind: 'file', query: 'aut' });
    const chip = { path: 'src/auth.ts', label: 'auth.ts', lines: null, text: null };
    await view.send('completions', {
      request: payload.request,
      items: [{ kind: 'file', label: 'auth.ts', detail: 'src/auth.ts', insert: '@src/auth.ts', chip }],
    });
    await element('completions').waitFor();
    await input.press('Enter');
    assert.equal(await input.inputValue(), 'look at @src/auth.ts ');
    await input.press('Enter');
    assert.deepEqual((await view.waitFor('send')).payload.chips, [chip]);
  });

  it('[UI-10] what is selected in the editor is a chip by itself: it goes with one prompt, or is taken away', async () => {
    await open();
    const chip = { path: 'src/auth.ts', label: 'auth.ts:2–4', lines: [2, 4] as [number, number], text: 'code' };
    await view.send('selection', { chip });
    await element('selection').getByText('auth.ts:2–4').waitFor();
    await element('prompt-input').fill('what is this?');
    await element('prompt-input').press('Enter');
    assert.deepEqual((await view.waitFor('send')).payload.chips, [chip]);
    assert.equal(await element('selection').count(), 0, 'it goes with one prompt');
    await view.send('selection', { chip });
    await element('selection').getByRole('button', { name: 'Remove auth.ts:2–4' }).click();
    assert.equal(await element('selection').count(), 0);
    await view.send('selection', { chip });
    await element('selection').waitFor();
    await view.send('selection', { chip: null });
    await element('selection').waitFor({ state: 'hidden' });
  });

  it('[UI-10] stop appears while a loop runs', async () => {
    await open();
    await element('stop').click();
    await view.waitFor('stop');
    await view.send('header', { ...HEADER, running: false });
    await element('stop').waitFor({ state: 'detached' });
  });

  it('[UI-12] a card sends exactly what the person decides, an edited command with its text', async () => {
    await open();
    const edit = editCard();
    const command = commandCard('npm test');
    await show([promptRow('x'), edit, command], []);
    await view.page.locator(`[data-row="${edit.id}"] [data-testid=proposal-reject]`).click();
    assert.deepEqual((await view.waitFor('resolve')).payload, { logEntryId: edit.id, decision: 'reject', body: null });
    const card = view.page.locator(`[data-row="${command.id}"]`);
    await card.getByTestId('proposal-edit').click();
    await card.locator('textarea').fill('npm test -- --bail');
    const before = (await view.posted()).length;
    await card.getByTestId('proposal-accept').click();
    assert.deepEqual((await view.waitFor('resolve', before)).payload, {
      logEntryId: command.id,
      decision: 'accept',
      body: 'npm test -- --bail',
    });
  });

  it('[UI-12] [UI-24] a conflict says so, takes Accept away, offers merge and another try', async () => {
    await open();
    await show([editCard({ conflict: true })], []);
    assert.equal(await element('proposal-accept').evaluate(button => (button as HTMLButtonElement).disabled), true);
    await element('merge').click();
    await view.waitFor('merge');
    await element('retry').click();
    await view.waitFor('retry');
  });

  it('[UI-13] the run switcher is a tree, and says how every run stands', async () => {
    await open();
    const run = (id: number, parentId: number | null, status: number) => ({ id, name: `run ${id}`, parentId, status });
    const runs = [run(1, null, 102), run(2, 1, 200), run(3, 2, 500), run(4, null, 202)];
    await view.send('header', { ...HEADER, runId: 1, runs });
    await element('run-switcher').click();
    const said = await view.page
      .locator('.menu-entry')
      .evaluateAll(entries =>
        entries.map(entry => [entry.textContent?.replace(/\s+/g, ' ').trim(), /depth-(\d)/.exec(entry.className)?.[1]]),
      );
    assert.deepEqual(said, [
      ['run 1 running', '0'],
      ['run 2 done', '1'],
      ['run 3 failed', '2'],
      ['run 4 waiting', '0'],
    ]);
    await view.page.locator('.menu-entry', { hasText: 'run 3' }).click();
    assert.equal((await view.waitFor('switchRun')).payload.runId, 3);
  });

  it('[UI-11] text that streams in appears in plain words, and gives way to its rows', async () => {
    await open();
    await show([promptRow('x')], []);
    await view.send('turn/started', { turnId: 7 });
    for (const text of ['<<PLAN:Look first', ':PLAN\n<<READ(src/a', '.ts)::READ\n<<SEND[200]:All **do', 'ne**'])
      await view.send('turn/delta', { turnId: 7, text });
    const stream = element('streaming');
    await stream.locator('strong', { hasText: 'done' }).waitFor();
    const said = await stream.innerText();
    assert.match(said, /Look first/);
    assert.match(said, /src\/a\.ts/);
    assert.doesNotMatch(said, /<<|:PLAN/);
    await view.send('row', { row: messageRow('All **done**', { turnId: 7 }) });
    await view.send('turn/finished', { turnId: 7 });
    await stream.waitFor({ state: 'detached' });
    await element('message').getByText('done').waitFor();
  });

  it('[UI-11] [RL-15] hostile Markdown and terminal output run nothing and load nothing', async () => {
    await open();
    const evil =
      '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script> [a](javascript:alert(1)) ![p](https://example.com/x.png) <svg onload=alert(1)>';
    const exec = row({ op: 'EXEC', target: 'evil', status: 102, live: true, text: '' });
    await show([messageRow(evil), exec], []);
    await view.send('output', {
      rowId: exec.id,
      channel: 'stdout',
      text: '\u001b[31m<img src=x onerror=window.hacked=1>\u001b]8;;javascript:alert(1)\u0007x\u001b]8;;\u0007\u001b[0m',
      reset: true,
      live: true,
    });
    await element('output').waitFor();
    assert.equal(
      await view.page
        .locator('.message img, .message script, .message svg, .output img, a[href^="javascript"]')
        .count(),
      0,
    );
    assert.equal(await view.page.evaluate(() => 'hacked' in globalThis), false);
    assert.deepEqual(view.problems, []);
  });

  it('[UI-11] process output streams with colours and can be stopped', async () => {
    await open();
    const exec = row({ op: 'EXEC', target: 'npm test', status: 102, live: true, text: '' });
    await show([exec], []);
    await view.send('output', {
      rowId: exec.id,
      channel: 'stdout',
      text: '\u001b[32mpass\u001b[0m 1\n',
      reset: true,
      live: true,
    });
    await view.send('output', { rowId: exec.id, channel: 'stdout', text: 'pass 2\n', reset: false, live: true });
    await element('output').getByText('pass 2').waitFor();
    assert.equal(await view.page.locator('.output .ansi-green-fg').innerText(), 'pass');
    await element('kill').click();
    assert.deepEqual((await view.waitFor('kill')).payload, { rowId: exec.id });
  });

  it('[UI-13] the gauge warns from 80 %, with a word and not by colour alone', async () => {
    await open();
    await view.send('header', { ...HEADER, contextTokens: 110_000 });
    await view.page.locator('.gauge.tone-warning .codicon-warning').waitFor();
    assert.match(await element('gauge').innerText(), /86 %/);
  });

  /** Two frames later everything that came is drawn. */
  const frames = () =>
    view.page.waitForFunction(
      () => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(() => resolve(true)))),
    );

  it('[UI-14] [UI-16] ten thousand rows: only what is visible is drawn, a new row is one increment, the place is kept', async () => {
    await open('dark', WIDE);
    await show(
      Array.from({ length: 10_000 }, () => row()),
      [],
    );
    assert.ok((await view.page.locator('.item').count()) < 80);
    const last = row({ target: 'the-last-row.ts' });
    await view.send('row', { row: last });
    await view.page.locator(`[data-row="${last.id}"]`).waitFor();

    const scroller = view.page.locator('.conversation');
    await scroller.evaluate(node => {
      node.scrollTop = node.scrollHeight / 2;
    });
    const visible = () =>
      view.page.evaluate(
        () => document.elementFromPoint(100, 200)?.closest('[data-row]')?.getAttribute('data-row') ?? null,
      );
    await view.page.waitForFunction(() => document.elementFromPoint(100, 200)?.closest('[data-row]') !== null);
    const before = await visible();
    await view.send('row', { row: row() });
    await frames();
    assert.equal(await visible(), before, 'a row at the end does not move what the person reads');
  });

  it('[UI-14] who sends a prompt from further up sees its end, while rows come and the view loses room; who scrolls up stays there', async () => {
    await open('dark', WIDE);
    const rows = Array.from({ length: 300 }, () => row());
    await show(rows, []);
    const scroller = view.page.locator('.conversation');
    const fromEnd = () => scroller.evaluate(node => node.scrollHeight - node.clientHeight - node.scrollTop);
    await scroller.hover();
    await view.page.mouse.wheel(0, -2_000);
    await element('prompt-input').fill('and now?');
    await element('prompt-input').press('Enter');
    await view.waitFor('send');
    await view.send('row', { row: promptRow('and now?') });
    await view.page.setViewportSize({ width: WIDE.width, height: WIDE.height - 300 });
    for (let at = 0; at < 5; at++) await view.send('row', { row: row() });
    const last = row({ state: 'proposed', target: 'the-last-row.ts' });
    await view.send('row', { row: last });
    await view.page.locator(`[data-row="${last.id}"]`).waitFor();
    await eventually(fromEnd, distance => distance <= 1, 'the end is in view');
    await scroller.hover();
    await view.page.mouse.wheel(0, -500);
    await eventually(fromEnd, distance => distance > 400, 'the person is further up');
    for (let at = 0; at < 5; at++) await view.send('row', { row: row() });
    await frames();
    assert.ok((await fromEnd()) > 400, 'new rows do not pull them back');
  });

  it('[UI-14] draft, chips and place come back when the page is made anew', async () => {
    await open('dark', WIDE);
    const rows = Array.from({ length: 400 }, () => row());
    await show(rows, []);
    await element('prompt-input').fill('half a thought');
    await view.send('chip', { chip: { path: 'src/a.ts', label: 'a.ts', lines: null, text: null } });
    const scroller = view.page.locator('.conversation');
    await scroller.evaluate(node => {
      node.scrollTop = 3_000;
    });
    const first = await view.page.waitForFunction(() => {
      const kept = JSON.parse(sessionStorage.getItem('state') ?? 'null');
      return kept?.draft && kept.anchor ? kept.anchor : null;
    });
    const anchor = String(await first.jsonValue());
    await view.reload();
    await view.waitFor('ready');
    await view.send('init', INIT);
    await show(rows, []);
    assert.equal(await element('prompt-input').inputValue(), 'half a thought');
    await view.page.locator('.composer .chip', { hasText: 'a.ts' }).waitFor();
    await view.page.waitForFunction(id => {
      const node = document.querySelector(`[data-row="${id}"]`);
      const box = node?.getBoundingClientRect();
      return box !== undefined && box.bottom > 0 && box.top < 120;
    }, anchor.slice(1));
  });

  it('[UI-14] older rows are asked for at the top, and come without a jump', async () => {
    await open('dark', WIDE);
    const rows = Array.from({ length: 600 }, () => row());
    await show(rows.slice(300), [], true);
    await view.page.locator('.conversation').evaluate(node => {
      node.scrollTop = 0;
    });
    const asked = await view.waitFor('older');
    assert.deepEqual(asked.payload, { beforeId: rows[300]?.id });
    await view.send('older', { runId: 1, rows: rows.slice(0, 300), more: false });
    await view.page.locator(`[data-row="${rows[299]?.id}"], [data-row="${rows[300]?.id}"]`).first().waitFor();
  });

  it('[UI-17] a row that someone looks for is shown, however many pages before the newest it lies', async () => {
    await open('dark', WIDE);
    const rows = Array.from({ length: 900 }, () => row());
    const page = (from: number) => ({ runId: 1, rows: rows.slice(from, from + 300), more: from > 0 });
    await view.send('focus', { rowId: rows[50]?.id });
    await show(page(600).rows, [], true);
    assert.deepEqual((await view.waitFor('older')).payload, { beforeId: rows[600]?.id });
    const before = (await view.posted()).length;
    await view.send('older', page(300));
    assert.deepEqual((await view.waitFor('older', before)).payload, { beforeId: rows[300]?.id });
    await view.send('older', page(0));
    const found = view.page.locator(`[data-row="${rows[50]?.id}"]`);
    await found.waitFor();
    assert.ok(await found.evaluate(node => node.getBoundingClientRect().top < window.innerHeight));
  });

  it('[UI-15] a rate limit counts down', async () => {
    await open();
    await view.page.clock.install();
    await view.send('notice', {
      key: 'provider',
      level: 'warning',
      text: 'The provider asks to wait.',
      detail: '',
      action: null,
      until: (await view.page.evaluate(() => Date.now())) + 5_000,
    });
    await view.page.locator('.countdown', { hasText: '5 s' }).waitFor();
    await view.page.clock.runFor(2_000);
    await view.page.locator('.countdown', { hasText: '3 s' }).waitFor();
  });

  it('[UI-16] nothing that arrives takes the focus from what the person types', async () => {
    await open();
    await show([promptRow('x')], []);
    const input = element('prompt-input');
    await input.pressSequentially('I am ty');
    await view.send('row', { row: editCard() });
    await view.send('notice', { key: 'x', level: 'error', text: 'Something', detail: '', action: null, until: null });
    await element('proposal-card').waitFor();
    await view.page.keyboard.type('ping');
    assert.equal(await input.inputValue(), 'I am typing');
  });

  it('[UI-12] from prompt to decision by keyboard alone', async () => {
    await open();
    await element('prompt-input').focus();
    await view.page.keyboard.type('change it');
    await view.page.keyboard.press('Enter');
    await view.waitFor('send');
    const card = editCard();
    await show([promptRow('change it'), card], []);
    for (let steps = 0; steps < 40; steps++) {
      await view.page.keyboard.press('Shift+Tab');
      const at = await view.page.evaluate(() =>
        document.activeElement?.closest('[data-testid]')?.getAttribute('data-testid'),
      );
      if (at === 'proposal-accept') break;
    }
    await view.page.keyboard.press('Enter');
    assert.deepEqual((await view.waitFor('resolve')).payload, { logEntryId: card.id, decision: 'accept', body: null });
  });

  it('[UI-1] the model menu opens by keyboard, in the order of the groups, and asks what answers', async () => {
    await open();
    await element('model').press('ArrowDown');
    await view.waitFor('discoverModels');
    const labels = await view.page.locator('.composer .menu-label').allInnerTexts();
    assert.deepEqual(labels, ['GPT-5', 'qwen3:8b', 'opus', 'demo model', 'Add Model…']);
    await element('model').press('ArrowUp');
    await element('model').press('Enter');
    assert.deepEqual((await view.waitFor('selectModel')).payload, { alias: 'opus' });
  });

  it('[RL-15] a message that does not validate changes nothing', async () => {
    await open();
    await show([promptRow('x')], []);
    await view.send('row', { row: { id: 'no number' } });
    await view.send('conversation', { runId: 1 });
    await view.send('unheard of', {});
    await view.send('row', { row: row({ target: 'after.ts' }) });
    await view.page.getByText('after.ts').waitFor();
    assert.equal(await element('user-prompt').count(), 1);
    assert.deepEqual(view.problems, []);
  });
});
