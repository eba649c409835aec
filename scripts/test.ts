// Runs every suite: `npm test`, a part with `npm test -- --only unit,engine`, some tests with `--grep ENG-42`.
import { parseArgs } from 'node:util';
import { build } from '../esbuild.mjs';
import { writeReports } from './test/artifacts.ts';
import { checkSuite } from './test/check-suite.ts';
import { extensionSuite, storySuite } from './test/editor-suites.ts';
import { mochaSuite } from './test/mocha-suite.ts';
import { countResults, failedSuite, type Suite, type SuiteReport } from './test/report.ts';

/** The longest first: two lanes end together then. */
const SUITES: readonly Suite[] = [
  mochaSuite('engine', 'test/engine/**/*.test.ts'),
  mochaSuite('rpc', 'test/rpc/**/*.test.ts'),
  mochaSuite('unit', 'test/unit/**/*.test.ts'),
  mochaSuite('providers', 'packages/plurnk-providers/test/**/*.test.ts'),
  checkSuite,
  mochaSuite('grammar', 'packages/plurnk-grammar/test/**/*.test.ts'),
  mochaSuite('language', 'test/language/**/*.test.ts'),
  mochaSuite('protocol', 'packages/protocol/test/**/*.test.ts'),
  mochaSuite('cli', 'packages/cli/test/**/*.test.ts'),
  mochaSuite('webview', 'packages/webview/test/**/*.test.ts'),
  extensionSuite,
  storySuite,
];
/** Suites side by side; two cores carry two. */
const LANES = 2;

const started = performance.now();
const log = (line: string) => console.log(line);
const { values } = parseArgs({
  options: { only: { type: 'string' }, grep: { type: 'string' }, 'no-build': { type: 'boolean' } },
});
const chosen = chooseSuites(values.only);
if (!values['no-build']) await build({ tests: true, log });
const reports = await runAll(chosen);
await writeReports(reports);
summarize(reports);

function chooseSuites(only: string | undefined): readonly Suite[] {
  if (!only) return SUITES;
  const names = only.split(',').map(name => name.trim());
  const unknown = names.filter(name => !SUITES.some(suite => suite.name === name));
  if (unknown.length > 0) {
    console.error(`No suite ${unknown.join(', ')}. There are: ${SUITES.map(({ name }) => name).join(', ')}.`);
    process.exit(1);
  }
  return SUITES.filter(({ name }) => names.includes(name));
}

async function runAll(suites: readonly Suite[]): Promise<SuiteReport[]> {
  const finished: SuiteReport[] = [];
  const shared = suites.filter(suite => !suite.exclusive);
  const lane = async () => {
    for (let suite = shared.shift(); suite; suite = shared.shift()) finished.push(await runSuite(suite));
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  for (const suite of suites.filter(({ exclusive }) => exclusive)) finished.push(await runSuite(suite));
  return finished;
}

async function runSuite(suite: Suite): Promise<SuiteReport> {
  const begun = performance.now();
  const outcome = await suite
    .run({ grep: values.grep, log })
    .catch((error: unknown) =>
      failedSuite(
        `${suite.name}: the suite did not run`,
        error instanceof Error ? (error.stack ?? error.message) : String(error),
      ),
    );
  // A suite without a test proves nothing: it must not look like one that passed.
  const isEmpty = outcome.results.length === 0 && values.grep === undefined;
  const results = isEmpty
    ? failedSuite(`${suite.name}: no test ran`, outcome.output.slice(-4000)).results
    : outcome.results;
  const report = { suite: suite.name, durationMs: Math.round(performance.now() - begun), ...outcome, results };
  const { passed, failed, skipped } = countResults([report]);
  const marks = [
    `${passed} passed`,
    ...(failed ? [`${failed} FAILED`] : []),
    ...(skipped ? [`${skipped} skipped`] : []),
  ];
  log(`${suite.name.padEnd(10)} ${marks.join(', ')} (${(report.durationMs / 1000).toFixed(1)} s)`);
  return report;
}

function summarize(all: readonly SuiteReport[]): void {
  for (const report of all) {
    for (const result of report.results.filter(({ state }) => state === 'failed'))
      log(`\nFAILED [${report.suite}] ${result.title}\n${result.error ?? ''}`);
    for (const result of report.results.filter(({ retried }) => retried !== undefined))
      log(`\nPASSED AT THE SECOND TRY [${report.suite}] ${result.title}\n${result.retried}`);
    for (const result of report.results.filter(({ state }) => state === 'skipped'))
      log(`skipped [${report.suite}] ${result.title}`);
  }
  const { passed, failed, skipped } = countResults(all);
  log(`\n${all.length} suites in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}
