import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { artifactsFolder } from '../host/paths.ts';
import type { SuiteReport } from './report.ts';

/** Leaves every suite's results and output in `.artifacts/tests/`, for reading after a failure. */
export async function writeReports(reports: readonly SuiteReport[]): Promise<void> {
  const folder = join(artifactsFolder, 'tests');
  await mkdir(folder, { recursive: true });
  for (const report of reports) {
    await writeFile(join(folder, `${report.suite}.json`), JSON.stringify(report.results, null, 2));
    await writeFile(join(folder, `${report.suite}.log`), report.output);
  }
}
