import { globSync } from 'node:fs';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../../../scripts/host/browser.ts';
import { type Editor, type EditorOptions, startEditor } from '../../../scripts/host/editor.ts';
import { artifactsFolder, projectRoot } from '../../../scripts/host/paths.ts';
import { copySampleWorkspace } from '../../../scripts/host/sample-workspace.ts';
import { type EditorWindow, openWindow } from '../../../scripts/host/window.ts';

/** A running editor with our extension and one open window. */
export interface EditorStory {
  readonly browser: Browser;
  readonly editor: Editor;
  readonly window: EditorWindow;
  /** The opened folder; undefined in a window without one. */
  readonly workspace: string | undefined;
  /** Saves what the window shows as `.artifacts/<folder>/<name>.png`; returns the path. */
  screenshot(name: string): Promise<string>;
  /** The same of another window. */
  screenshotOf(window: EditorWindow, name: string): Promise<string>;
  /** After a failure: a screenshot, what the console said, and the logs of our extension, into the same folder. */
  saveFailure(): Promise<void>;
  /** Closes everything and removes the temporary folders. */
  end(): Promise<void>;
}

export interface StoryOptions extends EditorOptions {
  /** The folder of the screenshots. */
  readonly name: string;
  /** A folder to open; `null` opens none; without it, a fresh copy of the sample workspace. */
  readonly workspace?: string | null;
  /** Lets extensions use the API proposals that their manifests name. */
  readonly proposedApi?: boolean;
  /** Runs the extension that `vsix` installs, not the one under development, in an editor that shows its notifications. */
  readonly installedOnly?: boolean;
}

/** Starts the editor, the browser and a window. When a step fails, what was started before is ended. */
export async function startStory(options: StoryOptions): Promise<EditorStory> {
  const endings: (() => Promise<unknown>)[] = [];
  const end = async () => {
    for (const ending of endings.splice(0).reverse()) await ending();
  };
  try {
    const workspace = options.workspace === null ? undefined : (options.workspace ?? (await copySampleWorkspace()));
    if (workspace && !options.workspace)
      endings.push(() => rm(dirname(workspace), { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
    const { workspace: _folder, name, installedOnly, proposedApi, ...editorOptions } = options;
    const editor = await startEditor({ ...editorOptions, asShipped: installedOnly ?? false });
    endings.push(() => editor.stop());
    const browser = await launchBrowser(options.log ? { log: options.log } : {});
    endings.push(() => browser.close());
    const window = await openWindow(browser, editor, {
      ...(workspace ? { workspace } : {}),
      ...(proposedApi ? { proposedApi } : {}),
      ...(installedOnly ? {} : { extensionPath: projectRoot }),
    });
    const screenshot = (title: string) => saveScreenshot(window, name, title);
    const screenshotOf = (other: EditorWindow, title: string) => saveScreenshot(other, name, title);
    const saveFailure = async () => {
      await screenshot('failure').catch(() => undefined);
      await saveLogs(editor, window, join(artifactsFolder, name));
    };
    return { browser, editor, window, workspace, end, screenshot, screenshotOf, saveFailure };
  } catch (error) {
    await end();
    throw error;
  }
}

async function saveScreenshot(window: EditorWindow, folder: string, name: string): Promise<string> {
  const path = join(artifactsFolder, folder, `${name}.png`);
  await mkdir(dirname(path), { recursive: true });
  await window.page.screenshot({ path });
  return path;
}

async function saveLogs(editor: Editor, window: EditorWindow, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const said = window.console.map(({ type, text, url }) => `${type}: ${text}${url ? `  (${url})` : ''}`);
  await writeFile(join(folder, 'console.log'), said.join('\n'));
  const logs = globSync('data/logs/**/exthost*/{plurnk.plurnk/*.log,remoteexthost.log}', { cwd: editor.dataFolder });
  for (const [index, file] of logs.entries())
    await copyFile(join(editor.dataFolder, file), join(folder, `${index}-${basename(file)}`));
}
