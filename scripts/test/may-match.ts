import { runInNewContext } from 'node:vm';

const CALL = /(?<![\w$.])(describe|context|suite|it|specify|test)(?:\.(?:only|skip))?\(\s*/g;
const LITERAL = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\$]|\\.|\$(?!\{))*`/y;
const SUITES = new Set(['describe', 'context', 'suite']);
/** Every way to nest this many suites is tried; there are 2^n. */
const MAX_SUITES = 8;

/**
 * Whether a compiled test file may hold a test that mocha's `grep` would choose. False only when no full title can
 * match: a title that is computed, or anything else that this reading does not understand, counts as a match.
 */
export function mayMatch(code: string, grep: string): boolean {
  const suites: string[] = [];
  const tests: string[] = [];
  for (const call of code.matchAll(CALL)) {
    const title = literalAt(code, call.index + call[0].length);
    if (title === null) return true;
    (SUITES.has(call[1] ?? '') ? suites : tests).push(title);
  }
  if (suites.length > MAX_SUITES) return true;
  const pattern = patternOf(grep);
  return nestings(suites).some(outer => tests.some(title => pattern.test([...outer, title].join(' '))));
}

/** The string that is a call's whole first argument. */
function literalAt(code: string, at: number): string | null {
  LITERAL.lastIndex = at;
  const literal = LITERAL.exec(code)?.[0];
  if (literal === undefined || !/^\s*,/.test(code.slice(at + literal.length, at + literal.length + 20))) return null;
  return String(runInNewContext(literal));
}

/** As mocha reads it: `/text/flags`, or the text of an expression. */
function patternOf(grep: string): RegExp {
  const [all, source, flags] = /^\/(.*)\/([gimy]{0,4})$|.*/.exec(grep) ?? [grep];
  return new RegExp(source || all, flags?.replace(/[gy]/g, ''));
}

/** Every choice of suites in the order of the file: the real nestings are among them. */
function nestings([first, ...rest]: readonly string[]): string[][] {
  if (first === undefined) return [[]];
  const inner = nestings(rest);
  return [...inner, ...inner.map(chosen => [first, ...chosen])];
}
