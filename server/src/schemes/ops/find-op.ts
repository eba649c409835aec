/** FIND (RES-15, RES-16): entries, or places in them, as JSON items. */
import type { JsonObject, JsonValue } from '@plurnk/protocol';
import { formatAddress } from '../address.ts';
import { mapLimited } from '../map-limited.ts';
import { type Page, pageOf } from '../page.ts';
import { type Item, isFailed, refuse, rows } from '../scheme.ts';
import { locate, type Place, select } from '../selection.ts';
import type { OpHandler } from './op.ts';

interface Shown<T> {
  readonly items: readonly T[];
  /** Items of the page that are left out. */
  readonly left: number;
}

function within<T>(items: readonly T[], { from, to }: Page, limit: number): Shown<T> {
  const page = items.slice(from, to);
  return { items: page.slice(0, limit), left: Math.max(0, page.length - limit) };
}

const leftOut = (left: number, next: number): JsonObject => ({
  note: `${left} more are not shown. Narrow the target or the pattern, or page with <${next},-1>.`,
});

async function describe(item: Item): Promise<JsonObject> {
  const channels: JsonObject = {};
  for (const [uri, { mimetype, tokens, lines }] of Object.entries(await item.channels())) {
    channels[uri] = { mimetype, tokens, lines };
  }
  return {
    path: formatAddress(item.target),
    ...(item.description === undefined ? {} : { description: item.description }),
    ...(item.tags.length === 0 ? {} : { tags: [...item.tags] }),
    ...(item.seconds === undefined ? {} : { seconds: item.seconds }),
    channels,
  };
}

/** `note`: why, where it is another reason than that of the item before. */
async function describePlace(place: Place, index: number, all: readonly Place[]): Promise<JsonObject> {
  const { lineStart, lineEnd, score } = place.span;
  return {
    ...(await describe(place.item)),
    matchSpan: { lineStart, lineEnd },
    ...(score === undefined ? {} : { score: Math.round(score * 1000) / 1000 }),
    ...(place.reason === undefined || place.reason === all[index - 1]?.reason ? {} : { note: place.reason }),
  };
}

/** One item per line, so that a long list can be read and cut. */
const listing = (items: readonly JsonValue[]): string =>
  items.length === 0 ? '[]' : `[\n${items.map(item => JSON.stringify(item)).join(',\n')}\n]`;

export const findOp: OpHandler<'FIND'> = async (statement, context, services) => {
  const page = pageOf(statement.lineMarker?.marks ?? null);
  if (isFailed(page)) return refuse(page);
  const selection = await select(services.registry, services.matching, statement.target, statement.signal, context);
  if (isFailed(selection)) return refuse(selection);
  const result = (described: readonly JsonObject[], left: number, total: number, attrs: JsonObject = {}) =>
    rows({
      status: 200,
      rx: listing(left === 0 ? described : [...described, leftOut(left, page.from + described.length + 1)]),
      mimetypeRx: 'application/json',
      attrs: { count: described.length, total, ...attrs },
    });
  if (statement.body === null) {
    const { items, left } = within(selection.items, page, services.findLimit);
    return result(await mapLimited(items, describe), left, selection.items.length);
  }
  const found = await locate(services.matching, statement.body, selection.items, context.signal);
  if (isFailed(found)) return refuse(found);
  const [only] = found.refused;
  if (only !== undefined && !selection.many)
    return refuse({ status: only.status, message: only.reason }, only.item.target);
  const { minScore } = page;
  const kept = minScore === null ? found.places : found.places.filter(({ span }) => (span.score ?? 1) >= minScore);
  const { items, left } = within(kept, page, services.findLimit);
  const described = await mapLimited(items, describePlace);
  return result(described, left, kept.length, found.refused.length === 0 ? {} : { skipped: found.refused.length });
};
