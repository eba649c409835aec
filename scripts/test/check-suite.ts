import { join } from 'node:path';
import { checkImports } from '../check-imports.ts';
import { checkManifest } from '../check-manifest.ts';
import { checkLockFile } from '../checks/lock-file.ts';
import { staleFiles } from '../generate.ts';
import { projectRoot } from '../host/paths.ts';
import { runCommand } from '../host/processes.ts';
import type { Suite, TestResult } from './report.ts';

/** One check: its name, and what it found wrong (nothing when all is well). */
interface Check {
  readonly name: string;
  run(): Promise<readonly string[]> | readonly string[];
}

const typeCheck = (project: string): Check => ({
  name: `types: ${project}`,
  run: () => program('node_modules/typescript/bin/tsc', ['-p', project]),
});

const CHECKS: readonly Check[] = [
  typeCheck('tsconfig.json'),
  typeCheck('tsconfig.client.json'),
  typeCheck('tsconfig.webview.json'),
  typeCheck('packages/webview/test/tsconfig.json'),
  { name: 'biome', run: () => program('node_modules/@biomejs/biome/bin/biome', ['check', '--colors=off']) },
  { name: 'imports point one way', run: checkImports },
  { name: 'manifest agrees with the code', run: checkManifest },
  { name: 'lock file: exact pins, no addresses', run: checkLockFile },
  {
    name: 'generated files are not stale',
    run: async () => (await staleFiles()).map(path => `${path} is stale: npm run generate`),
  },
];

/** The checks of the code itself; each counts as one test. */
export const checkSuite: Suite = {
  name: 'checks',
  async run({ grep }) {
    const results: TestResult[] = [];
    for (const check of CHECKS.filter(({ name }) => !grep || new RegExp(grep).test(name))) {
      const started = performance.now();
      const wrong = await check.run();
      const durationMs = Math.round(performance.now() - started);
      const failure = wrong.length > 0 ? { error: wrong.join('\n') } : {};
      results.push({
        title: `checks ${check.name}`,
        state: wrong.length > 0 ? 'failed' : 'passed',
        durationMs,
        ...failure,
      });
    }
    return { results, output: '' };
  },
};

async function program(script: string, args: readonly string[]): Promise<string[]> {
  const flags = ['--conditions=plurnk-source', '--no-warnings'];
  const { code, output } = await runCommand(process.execPath, [...flags, join(projectRoot, script), ...args], {
    cwd: projectRoot,
    timeoutMs: 300_000,
  });
  return code === 0 ? [] : [output.trim() || `${script} exited with ${code}`];
}
