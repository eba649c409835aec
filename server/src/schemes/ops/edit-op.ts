/** EDIT (RES-10 … RES-12): splice, and leave the writing to the scheme. */
import type { LineSpan } from '../../content/contract.ts';
import { spliceItems } from '../../content/json-items.ts';
import { isFailure, type MarkerFailure, spliceLines } from '../../content/line-marker.ts';
import { countLines } from '../../content/lines.ts';
import { isJson } from '../../content/mimetype.ts';
import { addressOf, formatAddress } from '../address.ts';
import type { OpContext } from '../contract.ts';
import { type Content, fail, isFailed, refuse, rows, type Scheme } from '../scheme.ts';
import { changedSpan } from '../show.ts';
import type { OpHandler } from './op.ts';

interface Next {
  readonly text: string;
  readonly span: LineSpan;
}

/** The text after the edit. On an absent entry a marker means nothing. */
function nextText(before: Content | null, marks: readonly number[] | null, body: string | null): Next | MarkerFailure {
  if (before === null) return { text: body ?? '', span: { lineStart: 1, lineEnd: countLines(body ?? '') } };
  if (marks === null) return { text: body ?? '', span: changedSpan(before.text, body ?? '') };
  const items = isJson(before.mimetype) ? spliceItems(before.text, marks, body) : null;
  return items ?? spliceLines(before.text, marks, body);
}

/** Why this writer may not write here; null when it may (RES-1). */
export function notWritable(scheme: Scheme, context: OpContext, what: string) {
  if (scheme.writableBy.includes(context.writer)) return null;
  const by = scheme.writableBy.length === 0 ? 'nobody' : scheme.writableBy.join(', ');
  return fail(403, `${what} is not writable by the ${context.writer} (only by: ${by}).`, 'forbidden');
}

export const editOp: OpHandler<'EDIT'> = async (statement, context, { registry }) => {
  const address = statement.target === null ? null : addressOf(statement.target);
  if (address === null)
    return refuse(fail(400, 'EDIT needs one target, for example (src/a.ts) or (known:///plan.md).'));
  const scheme = registry.find(address.scheme);
  if (scheme === null) return refuse(registry.unknown(address.scheme));
  const target = scheme.target(address, context);
  if (scheme.writable === undefined || scheme.write === undefined) {
    return refuse(fail(501, `${scheme.info.name} addresses cannot be edited.`), target);
  }
  const forbidden = notWritable(scheme, context, formatAddress(target));
  if (forbidden !== null) return refuse(forbidden, target);
  const before = await scheme.writable(address, context);
  if (before !== null && isFailed(before)) return refuse(before, target);
  const next = nextText(before, statement.lineMarker?.marks ?? null, statement.body);
  if (isFailure(next)) return refuse(next, target);
  const tags = [...new Set([...(before?.tags ?? []), ...(statement.signal ?? [])])];
  if (before !== null && before.text === next.text && tags.length === before.tags.length) {
    return rows({ status: 304, target, rx: null, tags });
  }
  return scheme.write(address, { before, ...next, tags }, context);
};
