import type { Matcher } from '@plurnk/plurnk-grammar';
import type { MatchedSpan, MatchResult } from '../contract.ts';

/** Content that does not parse as its mimetype is matched as text: the lines that hold the expression (203, RES-41). */
export function matchAsText(matcher: Matcher, text: string, reason: string): MatchResult {
  const spans: MatchedSpan[] = [];
  text.split('\n').forEach((line, i) => {
    if (line.includes(matcher.raw)) spans.push({ lineStart: i + 1, lineEnd: i + 1 });
  });
  return { status: 203, spans, reason };
}

/** Sorted by place, identical spans once (RES-16). */
export function distinct(spans: readonly MatchedSpan[]): readonly MatchedSpan[] {
  const sorted = [...spans].sort((a, b) => a.lineStart - b.lineStart || a.lineEnd - b.lineEnd);
  return sorted.filter((span, i) => {
    const before = sorted[i - 1];
    return !before || before.lineStart !== span.lineStart || before.lineEnd !== span.lineEnd;
  });
}
