/** Any other matcher body: a wildcard over whole lines (`TODO*` starts, `*TODO*` contains). */
import type { LineSpan, MatchResult } from '../contract.ts';
import { splitLines } from '../lines.ts';
import { wildcard } from '../wildcard.ts';
import { NOTHING, type TextDialect } from './dialect.ts';

export const globDialect: TextDialect = {
  kind: 'text',
  compile(matcher) {
    const accepts = wildcard(matcher.raw);
    const run = ({ text }: { readonly text: string }): MatchResult => {
      const spans: LineSpan[] = [];
      for (const [index, line] of splitLines(text).entries()) {
        if (accepts(line)) spans.push({ lineStart: index + 1, lineEnd: index + 1 });
      }
      return spans.length === 0 ? NOTHING : { status: 200, spans };
    };
    return { ok: true, run };
  },
};
