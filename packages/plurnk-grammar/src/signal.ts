import { CLOSE_BRACKET, COMMA, CR, isWhiteSpaceCode, LESS, LF, SPACE, TAB } from './chars.ts';
import { BROKEN, ENDS, type FailureSink } from './slot.ts';
import { describeAt, excerpt } from './words.ts';

const WHOLE_NUMBER = /^[+-]?\d+$/;
const RUNTIME_NAME = /^[A-Za-z_][A-Za-z0-9_.+-]*$/;

/** Scans tags from after `[` to after `]` into `tags` (LNG-5). */
export function scanTags(text: string, from: number, tags: string[], sink: FailureSink): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === CLOSE_BRACKET) return at + 1;
    if (code === COMMA || code === SPACE || code === TAB) {
      at++;
      continue;
    }
    const end = scanTag(text, at, sink);
    if (end < 0) return end;
    if (end > at) tags.push(text.slice(at, end));
    at = end > at ? end : at + 1;
  }
}

/** The end of the tag at `from`; equal to `from` if a lone character there has been reported. */
function scanTag(text: string, from: number, sink: FailureSink): number {
  let at = from;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === CLOSE_BRACKET || code === COMMA) return at;
    if (code === LESS) {
      const verdict = checkLess(text, at, sink);
      if (verdict === BROKEN) return BROKEN;
    } else if (isWhiteSpaceCode(code)) {
      return at > from ? at : rejectWhiteSpace(text, at, code, sink);
    }
  }
  return ENDS;
}

/** A `<` in a tag needs a tag character after it, so that an unclosed signal never swallows the next statement. */
function checkLess(text: string, at: number, sink: FailureSink): number {
  const next = text.charCodeAt(at + 1);
  if (next === LESS) {
    sink.fail('signal', at, at + 2, 'lexer', 'found `<<` inside the tags, expected `]` before it');
    return BROKEN;
  }
  const isLineBreak = next === LF || next === CR;
  if (next === CLOSE_BRACKET || next === COMMA || (isWhiteSpaceCode(next) && !isLineBreak)) {
    sink.fail('signal', at, at + 1, 'lexer', 'found `<` at the end of a tag, expected a tag character after it');
  }
  return at;
}

function rejectWhiteSpace(text: string, at: number, code: number, sink: FailureSink): number {
  const found = describeAt(text, at);
  if (code === LF || code === CR) {
    sink.fail('signal', at, at + 1, 'lexer', `found ${found} inside the tags, expected \`]\` on the same line`);
    return BROKEN;
  }
  sink.fail('signal', at, at + 1, 'lexer', `found ${found} between tags, expected a comma, a space or a tab`);
  return at;
}

/** Scans a scalar signal from after `[` to after `]`; the text between is then judged by its op (LNG-6). */
export function scanScalar(text: string, from: number, sink: FailureSink): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === CLOSE_BRACKET) return at + 1;
    if (code === LF || code === CR || (code === LESS && text.charCodeAt(at + 1) === LESS)) {
      const found = code === LESS ? '`<<`' : describeAt(text, at);
      sink.fail('signal', at, at + 1, 'lexer', `found ${found}, expected \`]\` before it`);
      return BROKEN;
    }
  }
  return ENDS;
}

/** The signal of SEND and KILL: a whole number, null for `[]`; undefined after a failure. */
export function numberSignal(raw: string, from: number, sink: FailureSink): number | null | undefined {
  if (raw === '') return null;
  const value = WHOLE_NUMBER.test(raw) ? Number(raw) : Number.NaN;
  if (Number.isSafeInteger(value)) return value === 0 ? 0 : value;
  const what = Number.isNaN(value) ? 'one whole number such as `[200]`' : 'a number below 2^53';
  sink.fail('signal', from, from + raw.length, 'parser', `found \`${excerpt(raw)}\`, expected ${what}, or nothing`);
  return undefined;
}

/** The signal of EXEC: the name of a runtime, null for `[]`; undefined after a failure. */
export function runtimeSignal(raw: string, from: number, sink: FailureSink): string | null | undefined {
  if (raw === '') return null;
  if (RUNTIME_NAME.test(raw)) return raw;
  const what = 'one runtime name such as `[sh]` (letters, digits, `_`, `.`, `+`, `-`), or nothing';
  sink.fail('signal', from, from + raw.length, 'parser', `found \`${excerpt(raw)}\`, expected ${what}`);
  return undefined;
}
