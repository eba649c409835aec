import { globSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../host/paths.ts';
import { runCommand } from '../host/processes.ts';
import { failedSuite, type Suite, type TestResult } from './report.ts';

const SUITE_LIMIT_MS = 15 * 60_000;
/** A gate tries a failed test once more, and says which ones needed it; by hand nothing is tried again. */
export const RETRIES = process.env.CI ? 1 : 0;
const reporter = join(projectRoot, 'scripts/test/file-reporter.cjs');

/** A suite of test files that mocha runs in a process of its own, on Node. */
export function mochaSuite(
  name: string,
  pattern: string,
  options: { exclusive?: boolean; timeoutMs?: number } = {},
): Suite {
  return {
    name,
    ...(options.exclusive ? { exclusive: true } : {}),
    async run({ grep }) {
      const files = globSync(pattern, { cwd: projectRoot }).sort();
      if (files.length === 0) return failedSuite(`${name}: the suite is empty`, `There is no file ${pattern}.`);
      return await withReport(async report => {
        const args = [
          '--conditions=plurnk-source',
          '--no-warnings',
          join(projectRoot, 'node_modules/mocha/bin/mocha.js'),
          ...['--reporter', reporter],
          ...(options.timeoutMs ? ['--timeout', String(options.timeoutMs)] : []),
          ...['--retries', String(RETRIES)],
          ...(grep ? ['--grep', grep] : []),
          ...files,
        ];
        const env = { ...process.env, PLURNK_TEST_REPORT: report, FORCE_COLOR: '0' };
        return await runCommand(process.execPath, args, { cwd: projectRoot, env, timeoutMs: SUITE_LIMIT_MS });
      }, name);
    },
  };
}

/** Runs something that writes a report file, and reads it. A suite that died on the way counts as one failure more. */
export async function withReport(
  run: (reportFile: string) => Promise<{ code: number | null; output: string }>,
  name: string,
): Promise<{ results: TestResult[]; output: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'plurnk-report-'));
  const file = join(folder, 'report.jsonl');
  try {
    const { code, output } = await run(file);
    const { results, ended } = await readReport(file);
    if (!ended) {
      const died = failedSuite(
        `${name}: the suite ended before its last test`,
        `exit code ${code}\n${output.slice(-4000)}`,
      );
      return { results: [...results, ...died.results], output };
    }
    return { results, output };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readReport(file: string): Promise<{ results: TestResult[]; ended: boolean }> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const lines = text
    .split('\n')
    .filter(line => line.length > 0)
    .map(line => JSON.parse(line) as TestResult & { end?: true });
  return { results: lines.filter(line => !line.end), ended: lines.some(line => line.end) };
}
