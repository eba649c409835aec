/** `#pattern#flags`: every line an occurrence touches; `^` and `$` match at line ends (3.4). */
import type { LineSpan, MatchResult } from '../contract.ts';
import { lineStarts } from '../lines.ts';
import { NOTHING, type TextDialect } from './dialect.ts';
import { requiredTexts } from './required-text.ts';

/** Line number of an offset, moving forward only: occurrences come in order. */
function lineCounter(text: string): (offset: number) => number {
  const starts = lineStarts(text);
  let line = 0;
  return offset => {
    while (line + 1 < starts.length && (starts[line + 1] ?? Number.POSITIVE_INFINITY) <= offset) line++;
    return line + 1;
  };
}

/** After an empty occurrence: a Unicode expression never stands inside a surrogate pair, it would go back for ever. */
const stepAt = (regex: RegExp, text: string, at: number): number =>
  (regex.unicode || regex.unicodeSets) && (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;

function find(regex: RegExp, text: string): MatchResult {
  regex.lastIndex = 0;
  let found = regex.exec(text);
  if (found === null) return NOTHING;
  const lineOf = lineCounter(text);
  const spans: LineSpan[] = [];
  for (; found !== null; found = regex.exec(text)) {
    const end = found.index + found[0].length;
    if (found.index === text.length && text.endsWith('\n') && text !== '') break;
    const lineStart = lineOf(found.index);
    const lineEnd = end > found.index ? lineOf(end - 1) : lineStart;
    const last = spans.at(-1);
    if (last?.lineStart !== lineStart || last.lineEnd !== lineEnd) spans.push({ lineStart, lineEnd });
    if (end === found.index) regex.lastIndex = end + stepAt(regex, text, end);
  }
  return spans.length === 0 ? NOTHING : { status: 200, spans };
}

/** Own flags are kept; `m` and `g` always apply, `y` never. */
export function compileRegex(pattern: string, flags: string): RegExp {
  return new RegExp(pattern, [...new Set(`${flags.replace('y', '')}gm`)].join(''));
}

export const regexDialect: TextDialect = {
  kind: 'text',
  needles: matcher => (matcher.dialect === 'regex' ? requiredTexts(matcher.pattern, matcher.flags) : null),
  compile(matcher) {
    if (matcher.dialect !== 'regex') return { ok: false, reason: 'This is no regular expression.' };
    try {
      const regex = compileRegex(matcher.pattern, matcher.flags);
      return { ok: true, run: ({ text }) => find(regex, text) };
    } catch (error) {
      return { ok: false, reason: error instanceof Error ? error.message : String(error) };
    }
  },
};
