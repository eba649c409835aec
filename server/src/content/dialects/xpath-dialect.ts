import xpath from 'xpath';
import type { MatchedSpan, MatchResult } from '../contract.ts';
import { ProjectionCache } from '../projection/cache.ts';
import type { DomProjection, Node, Projected } from '../projection/projection.ts';
import { domProjection } from '../projection/projections.ts';
import { distinct, matchAsText } from './as-text.ts';
import { type DialectText, NOTHING, type TextDialect } from './dialect.ts';

/** The library's compiled expression; its type declarations leave it out. */
interface Expression {
  select(context: { readonly node: Node; readonly namespaces: (prefix: string) => string }): readonly Node[];
}
const parse = (xpath as unknown as { parse(expression: string): Expression }).parse;

const cache = new ProjectionCache<Projected<DomProjection> | null>(32 << 20);

/** XPath 1.0 over HTML, XML, and the outlines of Markdown and source code. */
export const xpathDialect: TextDialect = {
  kind: 'text',
  compile(matcher) {
    try {
      const expression = parse(matcher.raw);
      return { ok: true, run: text => match(expression, text, reason => matchAsText(matcher, text.text, reason)) };
    } catch (error) {
      return {
        ok: false,
        reason: `not an XPath 1.0 expression: ${error instanceof Error ? error.message : String(error)}`,
      };
    }
  },
};

async function match(
  expression: Expression,
  { text, mimetype, key }: DialectText,
  asText: (reason: string) => MatchResult,
): Promise<MatchResult> {
  const projected = await cache.get(`${mimetype}\n${key}`, text.length, () => domProjection(text, mimetype));
  if (!projected) return { status: 415, spans: [], reason: `XPath has nothing to look at in ${mimetype}` };
  if (!projected.ok) return asText(projected.reason);
  return evaluate(expression, projected.projection, asText);
}

function evaluate(
  expression: Expression,
  { document, spanOf }: DomProjection,
  asText: (reason: string) => MatchResult,
): MatchResult {
  try {
    const nodes = expression.select({ node: document, namespaces: prefix => prefix });
    const spans = nodes.map(spanOf).filter((span): span is MatchedSpan => span !== null);
    return spans.length ? { status: 200, spans: distinct(spans) } : NOTHING;
  } catch (error) {
    if (error instanceof RangeError) return asText('the content is nested too deeply for XPath');
    const message = error instanceof Error ? error.message : String(error);
    return { status: 400, spans: [], reason: `XPath must select nodes: ${message}` };
  }
}
