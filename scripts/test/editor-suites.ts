import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { launchBrowser } from '../host/browser.ts';
import { runElectronTests } from '../host/electron-tests.ts';
import { type ExtensionTestOptions, runExtensionTests } from '../host/extension-tests.ts';
import { projectRoot } from '../host/paths.ts';
import { mayMatch } from './may-match.ts';
import { mochaSuite, withReport } from './mocha-suite.ts';
import type { Suite, SuiteOptions } from './report.ts';

/** The windows in which extension tests run: tests of a folder named here run in that window, all others in the first. */
const WINDOWS: readonly (Pick<ExtensionTestOptions, 'workspace' | 'untrusted'> & { readonly folder: string })[] = [
  { folder: '', workspace: 'sample' },
  { folder: 'untrusted', workspace: 'sample', untrusted: true },
  { folder: 'no-folder', workspace: 'none' },
  { folder: 'folders', workspace: 'folders' },
  { folder: 'virtual', workspace: 'virtual' },
];
const WINDOW_LIMIT_MS = 8 * 60_000;

/** Mocha inside the extension host of a real VS Code: the editor of the cache, or a desktop one with `PLURNK_TEST_VSCODE=stable`. */
export const extensionSuite: Suite = {
  name: 'vscode',
  exclusive: true,
  async run(options) {
    const compiled = globSync('dist/test/**/*.test.cjs', { cwd: projectRoot }).sort();
    const results = [];
    const outputs = [];
    for (const window of WINDOWS) {
      const files = compiled.filter(file => windowOf(file) === window.folder);
      if (!files.some(file => isChosen(file, options.grep))) continue;
      const report = await runWindow(window, files, options);
      results.push(...report.results);
      outputs.push(report.output);
    }
    return { results, output: outputs.join('\n') };
  },
};

/** Stories: Playwright drives the real user interface. Each file starts its own editor through test/vscode/support. */
export const storySuite: Suite = mochaSuite('stories', 'test/vscode/stories/**/*.story.ts', {
  exclusive: true,
  timeoutMs: 180_000,
});

function windowOf(file: string): string {
  const folder = file.slice('dist/test/'.length).split('/')[0] ?? '';
  return WINDOWS.some(window => window.folder === folder) ? folder : '';
}

/** A window starts in some ten seconds: not for tests of which none is chosen. */
function isChosen(file: string, grep: string | undefined): boolean {
  return grep === undefined || mayMatch(readFileSync(join(projectRoot, file), 'utf8'), grep);
}

function runWindow(window: (typeof WINDOWS)[number], files: readonly string[], { grep, log }: SuiteOptions) {
  const title = `vscode (${window.folder || 'sample workspace'})`;
  return withReport(async reportFile => {
    const options = {
      ...window,
      files: files.map(file => join(projectRoot, file)),
      reportFile,
      grep,
      timeoutMs: WINDOW_LIMIT_MS,
    };
    const desktop = process.env.PLURNK_TEST_VSCODE;
    if (desktop) return await runElectronTests(desktop, options);
    const browser = await launchBrowser({ log });
    try {
      return await runExtensionTests(browser, options);
    } finally {
      await browser.close();
    }
  }, title);
}
