import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { type ExtensionTestOptions, TEST_MODELS } from './extension-tests.ts';
import { cacheFolder, projectRoot } from './paths.ts';
import { makeTestWorkspace } from './test-workspaces.ts';

/**
 * The same extension tests in a desktop VS Code of the given version (`stable`, `1.106.0`), which is downloaded into the cache.
 * Needs a network that reaches the editor's downloads and, on Linux, a display.
 */
export async function runElectronTests(
  version: string,
  options: ExtensionTestOptions,
): Promise<{ code: number | null; output: string }> {
  const workspace = await makeTestWorkspace(options.workspace);
  try {
    const code = await runTests({
      version,
      cachePath: join(cacheFolder(), 'vscode-test'),
      extensionDevelopmentPath: [projectRoot, TEST_MODELS],
      extensionTestsPath: join(projectRoot, 'dist/test/support/run.cjs'),
      launchArgs: [
        ...(workspace.path ? [workspace.path] : []),
        ...(options.untrusted ? [] : ['--disable-workspace-trust']),
        '--disable-extensions',
        '--skip-welcome',
      ],
      extensionTestsEnv: {
        PLURNK_TEST_REPORT: options.reportFile,
        PLURNK_TEST_FILES: JSON.stringify(options.files),
        ...(options.grep ? { PLURNK_TEST_GREP: options.grep } : {}),
      },
    });
    return { code, output: '' };
  } catch (error) {
    return { code: null, output: `VS Code ${version} could not be used: ${String(error)}` };
  } finally {
    await workspace.remove();
  }
}
