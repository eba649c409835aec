/** SEND (RES-20): without target to the user (the engine reads its signal), with target to a scheme. */
import { addressOf } from '../address.ts';
import { fail, refuse, rows } from '../scheme.ts';
import type { OpHandler } from './op.ts';

export const sendOp: OpHandler<'SEND'> = async (statement, context, { registry }) => {
  if (statement.target === null) {
    if (statement.signal !== null) return rows({ status: 200, rx: null });
    return refuse(fail(400, 'SEND needs a signal: [102] to go on, [200] when done, [202] to wait, [499] to give up.'));
  }
  const address = addressOf(statement.target);
  if (address === null)
    return refuse(fail(400, 'SEND needs one address, for example (run://worker) or (sh:///1/2/3).'));
  const scheme = registry.find(address.scheme);
  if (scheme === null) return refuse(registry.unknown(address.scheme));
  const target = scheme.target(address, context);
  if (scheme.send === undefined)
    return refuse(fail(501, `Nothing can be sent to ${scheme.info.name} addresses.`), target);
  return rows({ target, ...(await scheme.send(address, statement, context)) });
};
