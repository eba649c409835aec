import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../host/paths.ts';
import { runCommand } from '../host/processes.ts';
import type { Suite, TestResult } from './report.ts';

const CASES = 'test/language/textmate/**/*.{plurnk,plk,md}';

/**
 * Snapshots of the TextMate grammar: every case beside its `.snap`. A case without one fails;
 * `npm run textmate:update` writes them, for a person to read and commit.
 */
export const textmateSuite: Suite = {
  name: 'textmate',
  async run({ grep }) {
    const cases = globSync(CASES, { cwd: projectRoot }).sort();
    const results: TestResult[] = [];
    for (const file of cases.filter(name => !grep || new RegExp(grep).test(name))) results.push(await runCase(file));
    return { results, output: '' };
  },
};

async function runCase(file: string): Promise<TestResult> {
  const title = `textmate ${file}`;
  if (!existsSync(join(projectRoot, `${file}.snap`)))
    return {
      title,
      state: 'failed',
      durationMs: 0,
      error: `${file}.snap is missing; write it with npm run textmate:update`,
    };
  const started = performance.now();
  const tool = join(projectRoot, 'node_modules/vscode-tmgrammar-test/dist/snapshot.js');
  const { code, output } = await runCommand(process.execPath, [tool, file], { cwd: projectRoot, timeoutMs: 120_000 });
  const durationMs = Math.round(performance.now() - started);
  return code === 0 ? { title, state: 'passed', durationMs } : { title, state: 'failed', durationMs, error: output };
}
