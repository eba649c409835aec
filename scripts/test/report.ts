/** How one test ended. `title` is the full title, with its suites. */
export interface TestResult {
  readonly title: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  readonly durationMs: number;
  /** Message, difference and stack of a failure. */
  readonly error?: string;
  /** How the first try failed, when only the second passed (CI). */
  readonly retried?: string;
}

/** How one suite ended. */
export interface SuiteReport {
  readonly suite: string;
  readonly durationMs: number;
  readonly results: readonly TestResult[];
  /** What the suite printed; shown when something failed. */
  readonly output: string;
}

/** A suite: its name for `--only`, and how it runs. */
export interface Suite {
  readonly name: string;
  /** Suites of the editor run alone, after the others: two cores do not carry two workbenches. */
  readonly exclusive?: boolean;
  run(options: SuiteOptions): Promise<Omit<SuiteReport, 'suite' | 'durationMs'>>;
}

export interface SuiteOptions {
  readonly grep: string | undefined;
  readonly log: (line: string) => void;
}

export function countResults(reports: readonly SuiteReport[]): Record<TestResult['state'], number> {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { results } of reports) for (const { state } of results) counts[state] += 1;
  return counts;
}

/** One failed result that stands for a suite which could not tell its own. */
export function failedSuite(title: string, error: string, output = ''): { results: TestResult[]; output: string } {
  return { results: [{ title, state: 'failed', durationMs: 0, error }], output };
}
