/** What a loop's flags forbid (ENG-36). */
import type { Statement } from '@plurnk/plurnk-grammar';
import type { Executor } from '../executors/contract.ts';
import { addressOf } from './address.ts';
import type { OpContext, OpResult } from './contract.ts';
import type { Registry } from './registry.ts';

const refused = (rx: string, outcome: string): OpResult => ({ status: 403, rx, mimetypeRx: 'text/plain', outcome });

/** Reading ops, and SEND to the user. A command that provably only reads counts as reading. */
function onlyReads(statement: Statement, executors: readonly Executor[]): boolean {
  switch (statement.op) {
    case 'PLAN':
    case 'FIND':
    case 'READ':
    case 'OPEN':
    case 'FOLD':
      return true;
    case 'SEND':
      return statement.target === null;
    case 'EXEC': {
      const executor = executors.find(one => one.runtime === (statement.signal ?? 'sh'));
      return executor !== undefined && executor.effect(statement.body ?? '') !== 'host';
    }
    case 'EDIT':
    case 'COPY':
    case 'MOVE':
    case 'KILL':
      return false;
  }
}

export function refusalOf(
  statement: Statement,
  context: OpContext,
  registry: Registry,
  executors: readonly Executor[],
): OpResult | null {
  if (context.flags.mode === 'ask' && !onlyReads(statement, executors)) {
    return refused(`Ask mode only reads: ${statement.op} is refused. Answer with what you know.`, 'ask_mode');
  }
  const address = statement.target === null ? null : addressOf(statement.target);
  const scheme = address === null ? null : registry.find(address.scheme);
  if (context.flags.noWeb && scheme?.flags.requiresWeb === true) {
    return refused('The web is switched off for this loop.', 'no_web');
  }
  if (context.flags.mode === 'ask' && scheme?.flags.excludedInAsk === true) {
    return refused(`Ask mode does not use ${scheme.info.name}.`, 'ask_mode');
  }
  return null;
}
