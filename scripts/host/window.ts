import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Editor } from './editor.ts';
import { projectRoot } from './paths.ts';

export interface WindowOptions {
  /** The folder or the `.code-workspace` file to open; none opens an empty window. */
  readonly workspace?: string;
  /** The extension under development: the folder with its package.json. Without it only installed extensions run. */
  readonly extensionPath?: string;
  /** A module with `run()`, executed inside the extension host. The host ends when it settles. */
  readonly extensionTestsPath?: string;
  /** Lets extensions use the API proposals that their manifests name. */
  readonly proposedApi?: boolean;
  readonly viewport?: { readonly width: number; readonly height: number };
}

export interface ConsoleLine {
  /** `error`, `warning`, `log`, …, or `pageerror` for an uncaught error. */
  readonly type: string;
  readonly text: string;
  /** The script or document that said it. */
  readonly url: string;
}

/** One window of the editor in the browser. */
export interface EditorWindow {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Everything the page's console and its uncaught errors said, across reloads. */
  readonly console: readonly ConsoleLine[];
  close(): Promise<void>;
}

/** The address that opens a window on this server with the given folder and extension. */
export function windowUrl(editor: Editor, options: WindowOptions): string {
  const remote = (path: string) => `vscode-remote://${editor.host}:${editor.port}${path}`;
  const payload: [string, string][] = [['skipWelcome', 'true']];
  if (options.extensionPath) payload.push(['extensionDevelopmentPath', remote(options.extensionPath)]);
  if (options.extensionTestsPath) payload.push(['extensionTestsPath', remote(options.extensionTestsPath)]);
  if (options.proposedApi) payload.push(['enableProposedApi', 'true']);
  const query = new URLSearchParams();
  if (options.workspace?.endsWith('.code-workspace')) query.set('workspace', options.workspace);
  else if (options.workspace) query.set('folder', options.workspace);
  else query.set('ew', 'true');
  query.set('payload', JSON.stringify(payload));
  return `${editor.url}/?${query}`;
}

/** The errors among the console's lines that come from our extension or its webviews, not from the editor itself. */
export function ownErrors(lines: readonly ConsoleLine[]): ConsoleLine[] {
  return lines.filter(({ type, text, url }) => {
    if (type !== 'error' && type !== 'pageerror') return false;
    const ours =
      /plurnk/i.test(text.replaceAll(projectRoot, '')) || /extensionId=plurnk|\/media\/(?:chat|inspector)\./.test(url);
    return ours && !EDITOR_NOISE.test(text);
  });
}

/** What the unbuilt native modules of the editor say; they name the cache folder, which may be inside our own. */
const EDITOR_NOISE = /spdlog|native-watchdog|Failed to register a ServiceWorker for scope/;

/** Opens a window in a fresh browser profile and waits until the workbench stands. */
export async function openWindow(browser: Browser, editor: Editor, options: WindowOptions): Promise<EditorWindow> {
  const context = await browser.newContext({
    viewport: options.viewport ?? { width: 1280, height: 860 },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  const lines: ConsoleLine[] = [];
  page.on('console', message =>
    lines.push({ type: message.type(), text: message.text(), url: message.location().url }),
  );
  page.on('pageerror', error => lines.push({ type: 'pageerror', text: error.stack ?? error.message, url: '' }));
  await page.goto(windowUrl(editor, options));
  await page.waitForSelector('.monaco-workbench .part.statusbar', { timeout: 60_000 });
  return { page, context, console: lines, close: () => context.close() };
}
