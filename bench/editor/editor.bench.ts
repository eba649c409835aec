/// <reference lib="dom" />
/**
 * PF-7, PF-8, PF-9: activation and server in a real editor, painting and scrolling a 10,000-row run, memory after 2,000
 * streamed rows. Needs a build (`npm run build`) and, for PF-9, a package (`npm run package`).
 */
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../../scripts/host/browser.ts';
import { startEditor } from '../../scripts/host/editor.ts';
import { projectRoot } from '../../scripts/host/paths.ts';
import { copySampleWorkspace } from '../../scripts/host/sample-workspace.ts';
import { openWindow } from '../../scripts/host/window.ts';
import { HEADER, INIT, MODELS, messageRow, promptRow, row } from '../../test/vscode/support/chat-fixtures.ts';
import { eventually } from '../../test/vscode/support/wait.ts';
import { WebviewHarness } from '../../test/vscode/support/webview-harness.ts';

const ROWS = 10_000;
const STREAMED = 2_000;
const REPEATS = 5;

function result(id: string, what: string, value: number, unit: string, bar: string): void {
  console.log(JSON.stringify({ id, what, value: Math.round(value * 10) / 10, unit, bar }));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

const browser = await launchBrowser();
try {
  await webview(browser);
  await editor(browser);
} finally {
  await browser.close();
}
for (const file of globSync('*.vsix', { cwd: projectRoot })) {
  result('PF-9', `size of ${file}`, statSync(join(projectRoot, file)).size / 1e6, 'MB', '< 10');
}

async function webview(browser: Browser): Promise<void> {
  const harness = await WebviewHarness.start('chat');
  try {
    const rows = Array.from({ length: ROWS }, (_, at) =>
      at % 40 === 0
        ? promptRow(`Prompt ${at}`)
        : at % 40 === 39
          ? messageRow(`Answer **${at}** with \`code\`.`)
          : row(),
    );
    const paints: number[] = [];
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      const view = await harness.open(browser, 'dark', { width: 420, height: 860 });
      await view.waitFor('ready');
      await view.send('init', INIT);
      await view.send('header', HEADER);
      await view.send('models', MODELS);
      paints.push(await firstPaint(view.page, { runId: 1, rows, loops: [], more: false }));
      if (repeat === REPEATS - 1) {
        const frames = await scroll(view.page);
        result('PF-8', `slowest frame while scrolling ${ROWS} rows`, Math.max(...frames), 'ms', '≤ 50');
        result('PF-8', `frames over 50 ms of ${frames.length}`, frames.filter(each => each > 50).length, 'frames', '0');
      }
      await view.close();
    }
    result('PF-8', `first paint of a ${ROWS}-row run (median of ${REPEATS})`, median(paints), 'ms', '< 300');
    await memory(browser, harness);
  } finally {
    await harness.stop();
  }
}

/** From the message to the frame that shows rows. */
async function firstPaint(page: Page, payload: unknown): Promise<number> {
  await page.evaluate(given => {
    (globalThis as unknown as { given: unknown }).given = given;
  }, payload);
  return await page.evaluate(
    () =>
      new Promise<number>(resolve => {
        const start = performance.now();
        window.postMessage({ type: 'conversation', payload: (globalThis as unknown as { given: unknown }).given }, '*');
        const look = () => {
          if (document.querySelectorAll('.item').length > 5)
            requestAnimationFrame(() => resolve(performance.now() - start));
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      }),
  );
}

/** Time between frames while the list is scrolled from its end to its start, in steps of a screen and of a line. */
async function scroll(page: Page): Promise<number[]> {
  return await page.evaluate(
    () =>
      new Promise<number[]>(resolve => {
        const scroller = document.querySelector('.conversation') as HTMLElement;
        const frames: number[] = [];
        let last = performance.now();
        let steps = 0;
        const step = (now: number) => {
          frames.push(now - last);
          last = now;
          scroller.scrollTop -= steps % 2 === 0 ? 600 : 40;
          if (++steps < 240) requestAnimationFrame(step);
          else resolve(frames.slice(1));
        };
        requestAnimationFrame(step);
      }),
  );
}

async function memory(browser: Browser, harness: WebviewHarness): Promise<void> {
  const view = await harness.open(browser, 'dark', { width: 420, height: 860 });
  try {
    await view.waitFor('ready');
    await view.send('init', INIT);
    await view.send('conversation', { runId: 1, rows: [promptRow('Go')], loops: [], more: false });
    const session = await view.page.context().newCDPSession(view.page);
    await session.send('HeapProfiler.collectGarbage');
    const heap = async () => (await session.send('Runtime.getHeapUsage')).usedSize / 1e6;
    const before = await heap();
    for (let at = 0; at < STREAMED; at++) await view.send('row', { row: row({ text: `line ${at}\n`.repeat(20) }) });
    await session.send('HeapProfiler.collectGarbage');
    result('PF-8', `heap after ${STREAMED} streamed rows`, await heap(), 'MB', '–');
    result('PF-8', `heap that ${STREAMED} streamed rows added`, (await heap()) - before, 'MB', '–');
  } finally {
    await view.close();
  }
}

async function editor(browser: Browser): Promise<void> {
  const workspace = await copySampleWorkspace();
  const running = await startEditor({});
  try {
    const window = await openWindow(browser, running, { workspace, extensionPath: projectRoot });
    const log = await eventually(
      () =>
        globSync('data/logs/**/plurnk.plurnk/Plurnk.log', { cwd: running.dataFolder })
          .map(file => readFileSync(join(running.dataFolder, file), 'utf8'))
          .join(''),
      text => text.includes('server ready in'),
      'the server is ready',
      90_000,
    );
    const number = (pattern: RegExp) => Number(pattern.exec(log)?.[1] ?? Number.NaN);
    result('PF-7', 'activation of the extension', number(/activated in (\d+) ms/), 'ms', '< 150');
    result('PF-7', 'server ready after activation', number(/server ready in (\d+) ms/), 'ms', '< 500');
    await window.close();
  } finally {
    await running.stop();
  }
}
