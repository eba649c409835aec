import { readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { type Editor, startEditor } from './editor.ts';
import { projectRoot } from './paths.ts';
import { makeTestWorkspace, type TestWorkspace } from './test-workspaces.ts';
import { openWindow } from './window.ts';

/** An extension that provides language models to the tests. */
export const TEST_MODELS = join(projectRoot, 'test/vscode/fixtures/language-models');

export interface ExtensionTestOptions {
  /** Compiled test files (CommonJS), run in this order. */
  readonly files: readonly string[];
  readonly workspace: TestWorkspace;
  /** Opens the folder untrusted, as a stranger's. */
  readonly untrusted?: boolean;
  /** Receives one JSON line per test, then `{"end":true}`. */
  readonly reportFile: string;
  readonly grep?: string | undefined;
  readonly timeoutMs: number;
}

/** Runs mocha inside the extension host of a real window. Resolves when the suite has ended, with what the console said. */
export async function runExtensionTests(
  browser: Browser,
  options: ExtensionTestOptions,
): Promise<{ code: number | null; output: string }> {
  const workspace = await makeTestWorkspace(options.workspace);
  const editor = await startEditor({
    workspaceTrust: options.untrusted ?? false,
    extensions: [TEST_MODELS],
    settings: options.untrusted ? { 'security.workspace.trust.startupPrompt': 'never' } : {},
    env: {
      PLURNK_TEST_REPORT: options.reportFile,
      PLURNK_TEST_FILES: JSON.stringify(options.files),
      ...(options.grep ? { PLURNK_TEST_GREP: options.grep } : {}),
    },
  });
  try {
    return await runInWindow(browser, editor, workspace.path, options);
  } finally {
    await editor.stop();
    await workspace.remove();
  }
}

async function runInWindow(
  browser: Browser,
  editor: Editor,
  workspace: string | undefined,
  options: ExtensionTestOptions,
): Promise<{ code: number | null; output: string }> {
  const window = await openWindow(browser, editor, {
    ...(workspace ? { workspace } : {}),
    extensionPath: projectRoot,
    extensionTestsPath: join(projectRoot, 'dist/test/support/run.cjs'),
  });
  const said = () => window.console.map(({ type, text }) => `${type}: ${text.slice(0, 500)}`).join('\n');
  try {
    await reportEnds(options.reportFile, options.timeoutMs);
    return { code: 0, output: said() };
  } catch (error) {
    return { code: null, output: `${String(error)}\n${said()}\n${editor.output()}` };
  } finally {
    await window.close();
  }
}

async function reportEnds(file: string, timeoutMs: number): Promise<void> {
  writeFileSync(file, '', { flag: 'a' });
  await new Promise<void>((resolve, reject) => {
    const ended = () => readFileSync(file, 'utf8').includes('"end":true');
    const finish = (outcome: () => void) => {
      watcher.close();
      clearTimeout(timer);
      outcome();
    };
    const watcher = watch(file, () => {
      if (ended()) finish(resolve);
    });
    const timer = setTimeout(
      () => finish(ended() ? resolve : () => reject(new Error(`the suite did not end within ${timeoutMs} ms`))),
      timeoutMs,
    );
    if (ended()) finish(resolve);
  });
}
