/** KILL (RES-19): the only delete. */
import { addressOf, formatAddress } from '../address.ts';
import type { OpContext, OpOutcome } from '../contract.ts';
import { fail, isFailed, refuse, rows } from '../scheme.ts';
import { isSet, select } from '../selection.ts';
import { notWritable } from './edit-op.ts';
import type { OpHandler, OpServices, StatementOf } from './op.ts';

/** A set of entries goes at once; files are proposed one by one. */
async function killSet(statement: StatementOf<'KILL'>, context: OpContext, services: OpServices): Promise<OpOutcome> {
  const selection = await select(services.registry, services.matching, statement.target, null, context);
  if (isFailed(selection)) return refuse(selection);
  const { scheme, items } = selection;
  if (scheme.info.name === 'file')
    return refuse(fail(400, 'KILL takes one file at a time, because each is proposed by itself.'));
  if (scheme.remove === undefined) return refuse(fail(501, `${scheme.info.name} addresses cannot be killed.`));
  let removed = 0;
  for (const item of items) {
    const outcome = await scheme.remove(item.address, context, null);
    if (outcome.kind === 'rows' && outcome.rows.every(row => row.status < 400)) removed++;
  }
  return items.length === 0 ? rows({ status: 204, rx: null }) : rows({ status: 200, rx: null, attrs: { removed } });
}

export const killOp: OpHandler<'KILL'> = async (statement, context, services) => {
  const { registry } = services;
  const address = statement.target === null ? null : addressOf(statement.target);
  if (address === null)
    return refuse(fail(400, 'KILL needs a target, for example (known:///old.md) or (sh:///1/2/3).'));
  const scheme = registry.find(address.scheme);
  if (scheme === null) return refuse(registry.unknown(address.scheme));
  const target = scheme.target(address, context);
  if (scheme.remove === undefined) return refuse(fail(501, `${scheme.info.name} addresses cannot be killed.`), target);
  const forbidden = notWritable(scheme, context, formatAddress(target));
  if (forbidden !== null && scheme.info.name !== 'log') return refuse(forbidden, target);
  const exact = isSet(address, scheme) && !address.path.endsWith('/') ? await scheme.item?.(address, context) : null;
  const one = !isSet(address, scheme) || (exact !== null && exact !== undefined && !isFailed(exact));
  if (!one && address.path !== '') return killSet(statement, context, services);
  return scheme.remove(address, context, statement);
};
