// The module at `extensionTestsPath`: runs mocha inside the extension host. It reports by a file (PLURNK_TEST_REPORT).
import { appendFileSync } from 'node:fs';
import { resolve } from 'node:path';
import Mocha from 'mocha';

export async function run(): Promise<void> {
  const report = process.env.PLURNK_TEST_REPORT ?? '';
  try {
    const files = JSON.parse(process.env.PLURNK_TEST_FILES ?? '[]') as string[];
    const mocha = new Mocha({
      ui: 'bdd',
      timeout: 30_000,
      retries: process.env.CI ? 1 : 0,
      reporter: resolve(__dirname, '../../../scripts/test/file-reporter.cjs'),
      ...(process.env.PLURNK_TEST_GREP ? { grep: process.env.PLURNK_TEST_GREP } : {}),
    });
    for (const file of files) mocha.addFile(file);
    await new Promise<void>(done => {
      mocha.run(() => done());
    });
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const failure = { title: 'vscode: the tests could not be loaded', state: 'failed', durationMs: 0, error: text };
    appendFileSync(report, `${JSON.stringify(failure)}\n${JSON.stringify({ end: true })}\n`);
  }
}
