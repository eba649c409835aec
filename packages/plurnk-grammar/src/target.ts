import { BACKSLASH, CLOSE_PAREN, CR, HASH, LESS, LF } from './chars.ts';
import { BROKEN, ENDS, type FailureSink } from './slot.ts';
import { describeAt } from './words.ts';

/** Scans a target from after `(` to after its `)` (LNG-7). */
export function scanTarget(text: string, from: number, sink: FailureSink): number {
  if (text.charCodeAt(from) === HASH) {
    const end = regexTargetEnd(text, from);
    if (end !== -1) return checkRegexTarget(text, from, end, sink);
  }
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === CLOSE_PAREN) return at + 1;
    if (code === LF || code === CR) return unclosed(text, at, sink);
    if (code === LESS && checkLess(text, at, sink) === BROKEN) return BROKEN;
  }
  return ENDS;
}

/** The offset after the `)` of a whole target `#pattern#flags`, or -1 if the target has not that form. */
function regexTargetEnd(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === LF || code === CR) return -1;
    if (code === LESS && text.charCodeAt(at + 1) === LESS) return -1;
    if (code === BACKSLASH && !isLineBreak(text.charCodeAt(at + 1))) at++;
    else if (code === HASH) return flagsEnd(text, at + 1);
  }
  return -1;
}

function flagsEnd(text: string, from: number): number {
  let at = from;
  while ((text.charCodeAt(at) | 32) >= 97 && (text.charCodeAt(at) | 32) <= 122) at++;
  return text.charCodeAt(at) === CLOSE_PAREN ? at + 1 : -1;
}

function checkRegexTarget(text: string, from: number, end: number, sink: FailureSink): number {
  for (let at = from; at < end - 1; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === LESS) checkLess(text, at, sink);
  }
  return end;
}

/** A `<` before `)`, a line break or `<` is refused, so that an unclosed target never swallows the next statement. */
function checkLess(text: string, at: number, sink: FailureSink): number {
  const next = text.charCodeAt(at + 1);
  if (next === LESS) {
    sink.fail('target', at, at + 2, 'lexer', 'found `<<`, expected `)` before it');
    return BROKEN;
  }
  if (next === CLOSE_PAREN) {
    sink.fail('target', at, at + 1, 'lexer', 'found `<` right before `)`, expected another character between them');
  }
  return at;
}

function unclosed(text: string, at: number, sink: FailureSink): number {
  sink.fail('target', at, at + 1, 'lexer', `found ${describeAt(text, at)}, expected \`)\` on the same line`);
  return BROKEN;
}

function isLineBreak(code: number): boolean {
  return code === LF || code === CR;
}
