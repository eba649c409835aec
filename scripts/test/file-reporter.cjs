// A mocha reporter that appends one JSON line per finished test to the file named by PLURNK_TEST_REPORT,
// and a last line {"end":true}: a report without it belongs to a suite that died.
const { appendFileSync } = require('node:fs');
const { inspect } = require('node:util');

class FileReporter {
  constructor(runner) {
    const file = process.env.PLURNK_TEST_REPORT;
    const write = line => appendFileSync(file, `${JSON.stringify(line)}\n`);
    const first = new Map();
    const test = (each, state, error) => ({
      title: each.fullTitle(),
      state,
      durationMs: each.duration ?? 0,
      ...(error ? { error: describe(error) } : {}),
      ...(state === 'passed' && first.has(each.fullTitle()) ? { retried: first.get(each.fullTitle()) } : {}),
    });
    runner.on('retry', (each, error) => first.set(each.fullTitle(), describe(error)));
    runner.on('pass', each => write(test(each, 'passed')));
    runner.on('fail', (each, error) => write(test(each, 'failed', error)));
    runner.on('pending', each => write(test(each, 'skipped')));
    runner.on('end', () => write({ end: true }));
  }
}

function describe(error) {
  if (!(error instanceof Error) && typeof error?.stack !== 'string') return inspect(error);
  const difference =
    'expected' in error || 'actual' in error
      ? `\n  expected: ${inspect(error.expected, { depth: 6 })}\n  actual:   ${inspect(error.actual, { depth: 6 })}`
      : '';
  const cause = error.cause ? `\n  cause: ${inspect(error.cause)}` : '';
  const stack = String(error.stack).includes(error.message) ? error.stack : `${error.message}\n${error.stack}`;
  return `${stack}${difference}${cause}`.slice(0, 8000);
}

module.exports = FileReporter;
