/** READ (RES-13, RES-14, RES-41): one entry, or one row per match. */
import type { Matcher } from '@plurnk/plurnk-grammar';
import type { Candidate } from '../../content/contract.ts';
import { isFailure } from '../../content/line-marker.ts';
import { type Address, addressOf, formatAddress } from '../address.ts';
import type { OpContext, OpOutcome, OpResult } from '../contract.ts';
import { mapLimited } from '../map-limited.ts';
import { pageOf } from '../page.ts';
import { type Content, type Failure, fail, failed, type Item, isFailed, refuse, rows, type Scheme } from '../scheme.ts';
import { isSet, locate, type Place, type Selection, select } from '../selection.ts';
import { showSpan, showText } from '../show.ts';
import type { OpHandler, OpServices, StatementOf } from './op.ts';

/** A fan-out writes at most this many rows; the last one then says what is missing. */
const MAX_ROWS = 500;

function present(content: Content, marks: readonly number[] | null): OpResult {
  const { target, text, mimetype, tags, status = 200, verbatim = false } = content;
  const shown = showText(text, mimetype, marks, verbatim);
  if (isFailure(shown)) return failed(shown, target);
  return { status, target, tags, attrs: { mimetype }, ...shown };
}

async function readOne(
  scheme: Scheme,
  address: Address,
  statement: StatementOf<'READ'>,
  context: OpContext,
): Promise<OpResult> {
  const target = scheme.target(address, context);
  if (scheme.read === undefined) return failed(fail(501, `${scheme.info.name} addresses cannot be read.`), target);
  const content = await scheme.read(address, context);
  if (content === null)
    return failed(fail(404, `${formatAddress(target)} does not exist. FIND lists what does.`), target);
  if (isFailed(content)) return failed(content, target);
  const missing = (statement.signal ?? []).filter(tag => !content.tags.includes(tag));
  if (missing.length > 0) return { status: 204, target, rx: null };
  return present(content, statement.lineMarker?.marks ?? null);
}

/** Rows of several entries, read as if each had been addressed by itself. */
async function readAll(selection: Selection, statement: StatementOf<'READ'>, context: OpContext): Promise<OpResult[]> {
  const results: OpResult[] = [];
  for (const item of selection.items.slice(0, MAX_ROWS)) {
    const content = await readItem(selection.scheme, item, context);
    results.push(
      isFailed(content) ? failed(content, item.target) : present(content, statement.lineMarker?.marks ?? null),
    );
  }
  return results;
}

async function readItem(scheme: Scheme, item: Item, context: OpContext): Promise<Content | Failure> {
  return (await scheme.read?.(item.address, context)) ?? fail(404, `${formatAddress(item.target)} is gone.`);
}

/** Each text is read once, however many places it has. */
function textReader(): (candidate: Candidate) => Promise<string> {
  const known = new Map<Candidate, Promise<string>>();
  return candidate => {
    const text = known.get(candidate) ?? candidate.text();
    known.set(candidate, text);
    return text;
  };
}

async function rowOf(place: Place, read: (candidate: Candidate) => Promise<string>): Promise<OpResult> {
  const text = await read(place.candidate);
  const shown = showSpan(text, place.candidate.mimetype, place.span);
  const { lineStart, lineEnd, score } = place.span;
  return {
    status: place.status,
    target: place.item.target,
    tags: place.item.tags,
    ...shown,
    attrs: {
      mimetype: place.candidate.mimetype,
      matchSpan: { lineStart, lineEnd },
      ...(score === undefined ? {} : { score }),
      ...(place.reason === undefined ? {} : { reason: place.reason }),
    },
  };
}

async function readMatches(
  selection: Selection,
  matcher: Matcher,
  statement: StatementOf<'READ'>,
  context: OpContext,
  services: OpServices,
): Promise<OpOutcome> {
  const page = pageOf(statement.lineMarker?.marks ?? null);
  if (isFailed(page)) return refuse(page);
  const found = await locate(services.matching, matcher, selection.items, context.signal);
  if (isFailed(found)) return refuse(found);
  const { minScore } = page;
  const kept = found.places
    .filter(({ span }) => minScore === null || (span.score ?? 1) >= minScore)
    .slice(page.from, page.to);
  const [first] = found.refused;
  if (
    kept.length === 0 &&
    first !== undefined &&
    (!selection.many || found.refused.length === selection.items.length)
  ) {
    return refuse(fail(first.status, first.reason), first.item.target);
  }
  const read = textReader();
  const results = await mapLimited(kept.slice(0, MAX_ROWS), place => rowOf(place, read));
  return kept.length === 0
    ? rows({ status: 204, rx: nothingFound(matcher, selection.items.length) })
    : many(results, kept.length);
}

/** How the body was read: a pattern that was meant as a regex may have been a glob. */
function nothingFound(matcher: Matcher, searched: number): string {
  return `The ${matcher.dialect} ${matcher.raw} matched nothing in ${searched} ${searched === 1 ? 'entry' : 'entries'}.`;
}

function many(results: readonly OpResult[], total: number): OpOutcome {
  if (total === 0) return rows({ status: 204, rx: null });
  if (total <= MAX_ROWS) return rows(...results);
  const rest = fail(
    413,
    `${total - MAX_ROWS} more are not shown. Narrow the target, or page with <${MAX_ROWS + 1},-1>.`,
    'too_many',
  );
  return rows(...results, failed(rest));
}

export const readOp: OpHandler<'READ'> = async (statement, context, services) => {
  const { registry, matching } = services;
  const address = statement.target === null ? null : addressOf(statement.target);
  const scheme = address === null ? null : registry.find(address.scheme);
  if (address !== null && scheme === null) return refuse(registry.unknown(address.scheme));
  if (address !== null && scheme !== null && statement.body === null && !isSet(address, scheme)) {
    return rows(await readOne(scheme, address, statement, context));
  }
  const selection = await select(registry, matching, statement.target, statement.signal, context);
  if (isFailed(selection)) return refuse(selection, address === null ? undefined : scheme?.target(address, context));
  if (!selection.many && selection.items.length === 0 && address !== null) {
    const target = selection.scheme.target(address, context);
    return refuse(fail(404, `${formatAddress(target)} does not exist. FIND lists what does.`), target);
  }
  if (statement.body !== null) return readMatches(selection, statement.body, statement, context, services);
  if (!selection.many && address !== null) return rows(await readOne(selection.scheme, address, statement, context));
  return many(await readAll(selection, statement, context), selection.items.length);
};
