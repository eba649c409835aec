/// <reference lib="dom" />
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import * as esbuild from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { projectRoot } from '../../../scripts/host/paths.ts';

export const THEMES = ['dark', 'light', 'hc-dark', 'hc-light'] as const;
export type Theme = (typeof THEMES)[number];

const BODY_CLASSES: Record<Theme, string> = {
  dark: 'vscode-dark',
  light: 'vscode-light',
  'hc-dark': 'vscode-high-contrast',
  'hc-light': 'vscode-high-contrast-light vscode-high-contrast',
};
const NONCE = 'harness';
const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css', '.ttf': 'font/ttf' };

/** A message that the page posted to the extension. */
export interface Posted {
  readonly type: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** One webview page in a plain browser page: the real bundle under the real policy, the extension played by the test. */
export interface WebviewPage {
  readonly page: Page;
  /** What the browser said: policy violations and errors. */
  readonly problems: readonly string[];
  /** Sends a message as the extension does. */
  send(type: string, payload: unknown): Promise<void>;
  /** Everything posted so far. */
  posted(): Promise<readonly Posted[]>;
  /** Waits for a message of that type behind the first `after`, and gives it. */
  waitFor(type: string, after?: number): Promise<Posted>;
  /** Loads the page anew with the state it kept, as the editor does when the view is shown again. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

/** Serves the bundles of the webviews with the themes that VS Code gave. */
export class WebviewHarness {
  readonly #server: Server;
  readonly #folder: string;

  private constructor(server: Server, folder: string) {
    this.#server = server;
    this.#folder = folder;
  }

  static async start(name: 'chat' | 'inspector'): Promise<WebviewHarness> {
    const folder = await mkdtemp(join(tmpdir(), 'plurnk-webview-'));
    await esbuild.build({
      absWorkingDir: projectRoot,
      entryPoints: [`packages/webview/src/${name}/main.ts`],
      outfile: join(folder, 'view.js'),
      bundle: true,
      minify: true,
      platform: 'browser',
      format: 'esm',
      target: 'es2024',
      conditions: ['plurnk-source', 'browser'],
      logLevel: 'warning',
    });
    const server = createServer((request, response) => {
      const path = new URL(request.url ?? '/', 'http://x').pathname;
      const theme = THEMES.find(each => path === `/${each}.html`);
      if (theme) return void response.setHeader('content-type', 'text/html').end(html(theme));
      void serve(folder, path).then(
        body => response.setHeader('content-type', TYPES[extname(path)] ?? 'text/plain').end(body),
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    return new WebviewHarness(server, folder);
  }

  async open(browser: Browser, theme: Theme, viewport: { width: number; height: number }): Promise<WebviewPage> {
    const address = this.#server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const context = await browser.newContext({ viewport });
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('console', message => {
      if (message.type() === 'error') problems.push(message.text());
    });
    page.on('pageerror', error => problems.push(String(error)));
    await page.goto(`http://127.0.0.1:${port}/${theme}.html`);
    const posted = () => page.evaluate(() => (globalThis as unknown as { posted: Posted[] }).posted);
    return {
      page,
      problems,
      posted,
      send: (type, payload) => page.evaluate(message => window.postMessage(message, '*'), { type, payload }),
      waitFor: async (type, after = 0) => {
        const found = await page.waitForFunction(
          ([wanted, skipped]) =>
            (globalThis as unknown as { posted: Posted[] }).posted.slice(skipped).find(each => each.type === wanted),
          [type, after] as const,
        );
        return (await found.jsonValue()) as Posted;
      },
      reload: async () => {
        await page.reload();
      },
      close: () => context.close(),
    };
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise(resolve => this.#server.close(resolve));
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function serve(folder: string, path: string): Promise<Buffer> {
  const name = path.slice(1);
  if (/^theme-[a-z-]+\.css$/.test(name)) {
    return await readFile(join(projectRoot, 'test/vscode/support/themes', name.slice('theme-'.length)));
  }
  if (/^codicon\.(css|ttf)$/.test(name))
    return await readFile(join(projectRoot, 'node_modules/@vscode/codicons/dist', name));
  if (/^view\.(js|css)$/.test(name)) return await readFile(join(folder, name));
  // What the editor's own page around a webview adds.
  if (name === 'host.css') return Buffer.from('body { background-color: var(--vscode-sideBar-background); }');
  if (name === 'api.js') return Buffer.from(API);
  throw new Error('not found');
}

/** The editor's half of the page: keeps state over a reload, collects what is posted. */
const API = `
globalThis.posted = [];
globalThis.acquireVsCodeApi = () => ({
  postMessage: message => globalThis.posted.push(message),
  getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined,
  setState: state => sessionStorage.setItem('state', JSON.stringify(state)),
});
`;

function html(theme: Theme): string {
  const policy = `default-src 'none'; script-src 'nonce-${NONCE}'; style-src 'self'; font-src 'self'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>Plurnk</title>
<link rel="stylesheet" href="theme-${theme}.css">
<link rel="stylesheet" href="codicon.css" id="vscode-codicon-stylesheet">
<link rel="stylesheet" href="view.css">
<link rel="stylesheet" href="host.css">
</head>
<body class="${BODY_CLASSES[theme]}">
<script nonce="${NONCE}" src="api.js"></script>
<script type="module" nonce="${NONCE}" src="view.js"></script>
</body>
</html>`;
}
