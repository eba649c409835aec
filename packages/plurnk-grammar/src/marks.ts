import { COMMA, CR, DOT, GREATER, isDigitCode, LESS, LF, MINUS, SPACE } from './chars.ts';
import { BROKEN, ENDS, type FailureSink } from './slot.ts';
import { describeAt } from './words.ts';

/** Scans marks from after `<` to after `>` into `marks` (LNG-9). Greedy from the left; a minus before a number is its sign. */
export function scanMarks(text: string, from: number, marks: number[], sink: FailureSink): number {
  let at = from;
  for (;;) {
    const end = numberEnd(text, at);
    if (end < 0) return malformed(text, -end - 1, 'a number', sink);
    marks.push(toNumber(text.slice(at, end)));
    const code = text.charCodeAt(end);
    if (code === GREATER) return end + 1;
    if (code === MINUS) at = end + 1;
    else if (code === COMMA) at = text.charCodeAt(end + 1) === SPACE ? end + 2 : end + 1;
    else return malformed(text, end, '`-`, `,` or `>`', sink);
  }
}

/** The end of the number at `from`; if there is none, minus the offset of the offending character, minus 1. */
function numberEnd(text: string, from: number): number {
  let at = text.charCodeAt(from) === MINUS ? from + 1 : from;
  if (!isDigitCode(text.charCodeAt(at))) return -at - 1;
  while (isDigitCode(text.charCodeAt(at))) at++;
  if (text.charCodeAt(at) !== DOT) return at;
  at++;
  if (!isDigitCode(text.charCodeAt(at))) return -at - 1;
  while (isDigitCode(text.charCodeAt(at))) at++;
  return at;
}

function toNumber(digits: string): number {
  const value = Number(digits);
  if (value === 0) return 0;
  return Number.isFinite(value) ? value : Math.sign(value) * Number.MAX_VALUE;
}

function malformed(text: string, at: number, expected: string, sink: FailureSink): number {
  if (at >= text.length) return ENDS;
  sink.fail('marks', at, at + 1, 'parser', `found ${describeAt(text, at)}, expected ${expected} (as in \`<4-7>\`)`);
  return skipToCloser(text, at);
}

/** Malformed marks whose `>` is on the same line and before any `<` still have a known extent. */
function skipToCloser(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === GREATER) return at + 1;
    if (code === LF || code === CR || code === LESS) return BROKEN;
  }
  return BROKEN;
}
