/** OPEN and FOLD (RES-17): the open bit of log rows. Success writes no row. */
import type { LogRow } from '../../store/contract.ts';
import type { OpContext, OpOutcome } from '../contract.ts';
import { pageOf } from '../page.ts';
import { fail, isFailed, refuse, rows } from '../scheme.ts';
import { locate, select } from '../selection.ts';
import type { OpHandler, OpServices, StatementOf } from './op.ts';

async function setOpen(
  statement: StatementOf<'OPEN' | 'FOLD'>,
  expanded: boolean,
  context: OpContext,
  services: OpServices,
): Promise<OpOutcome> {
  const { registry, matching, store } = services;
  const page = pageOf(statement.lineMarker?.marks ?? null);
  if (isFailed(page)) return refuse(page);
  const selection = await select(registry, matching, statement.target, statement.signal, context);
  if (isFailed(selection)) return refuse(selection);
  const target = selection.address === null ? undefined : selection.scheme.target(selection.address, context);
  if (selection.scheme.info.name !== 'log') {
    return refuse(fail(501, `${statement.op} works on log rows only, for example (log:///1/2/*).`), target);
  }
  const found =
    statement.body === null ? null : await locate(matching, statement.body, selection.items, context.signal);
  if (found !== null && isFailed(found)) return refuse(found, target);
  const items = found === null ? selection.items : found.places.map(place => place.item);
  const chosen = [...new Set(items.flatMap((item): LogRow[] => (item.row === undefined ? [] : [item.row])))];
  const paged = chosen.slice(page.from, page.to);
  if (paged.length > 0) {
    store.log.setExpanded(
      paged.map(row => row.id),
      expanded,
    );
    return { kind: 'silent' };
  }
  if (selection.many || statement.body !== null)
    return rows({ status: 204, rx: null, ...(target === undefined ? {} : { target }) });
  return refuse(fail(404, 'There is no such log row. FIND(log:///**) lists them.'), target);
}

export const openOp: OpHandler<'OPEN'> = (statement, context, services) => setOpen(statement, true, context, services);
export const foldOp: OpHandler<'FOLD'> = (statement, context, services) => setOpen(statement, false, context, services);
