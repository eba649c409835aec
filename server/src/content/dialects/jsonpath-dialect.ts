import { compile, type JSONPathQuery, type JSONValue } from 'json-p3';
import type { MatchResult } from '../contract.ts';
import { ProjectionCache } from '../projection/cache.ts';
import type { Projected, ValueProjection } from '../projection/projection.ts';
import { valueProjection } from '../projection/projections.ts';
import { distinct, matchAsText } from './as-text.ts';
import { type DialectText, NOTHING, type TextDialect } from './dialect.ts';

const cache = new ProjectionCache<Projected<ValueProjection> | null>(32 << 20);

/** JSONPath (RFC 9535) over JSON, YAML, TOML, CSV, and the outlines of Markdown and source code. */
export const jsonpathDialect: TextDialect = {
  kind: 'text',
  compile(matcher) {
    try {
      const query = compile(matcher.raw);
      return { ok: true, run: text => match(query, text, reason => matchAsText(matcher, text.text, reason)) };
    } catch (error) {
      return {
        ok: false,
        reason: `not a JSONPath expression: ${error instanceof Error ? error.message : String(error)}`,
      };
    }
  },
};

async function match(
  query: JSONPathQuery,
  { text, mimetype, key }: DialectText,
  asText: (reason: string) => MatchResult,
): Promise<MatchResult> {
  const projected = await cache.get(`${mimetype}\n${key}`, text.length, () => valueProjection(text, mimetype));
  if (!projected) return { status: 415, spans: [], reason: `JSONPath has nothing to look at in ${mimetype}` };
  if (!projected.ok) return asText(projected.reason);
  const { value, spanOf } = projected.projection;
  try {
    const spans = [...query.query(value as JSONValue)].map(node => spanOf(node.location));
    return spans.length ? { status: 200, spans: distinct(spans) } : NOTHING;
  } catch (error) {
    return asText(error instanceof RangeError ? 'the content is nested too deeply for JSONPath' : String(error));
  }
}
