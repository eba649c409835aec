import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { PlurnkParser } from './parser.ts';
import type { ParseResult } from './result.ts';

const USAGE = `Usage: plurnk-parse [--statements] [file]

Prints the parse of a turn as JSON. Reads standard input if no file is given or the file is -.

  --statements  parse a bare sequence of statements instead of a turn
  --help        print this

Exit code: 0 parsed without errors, 1 with errors, 2 the file could not be read or the call was wrong.
`;

/** Runs the command; gives its exit code. */
function run(args: readonly string[]): number {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { statements: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help === true) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (positionals.length > 1) throw new Error('Give one file.');
  const file = positionals[0] ?? '-';
  const text = readFileSync(file === '-' ? 0 : file, 'utf8');
  const result = values.statements === true ? PlurnkParser.parseStatements(text) : PlurnkParser.parse(text);
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  return hasErrors(result) ? 1 : 0;
}

function hasErrors(result: ParseResult): boolean {
  return result.items.some(item => item.kind === 'error' && item.error.severity === 'error');
}

try {
  process.exitCode = run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`plurnk-parse: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
