import { type ParseItem, PlurnkParser } from '@plurnk/plurnk-grammar';
import type { MethodResult } from '@plurnk/protocol';
import { failure } from '../failure.ts';
import type { Handler, RpcServices } from '../services.ts';
import { execute } from './execute.ts';

type Results = MethodResult<'op.parse'>['results'];

/** Statements in order; a failure to parse is a result at its place and stops nothing. */
export const parse: Handler<'op.parse'> = async ({ text }, services, signal) => {
  const results: Results = [];
  for (const item of PlurnkParser.parseStatements(text).items) {
    if (signal.aborted) throw failure('cancelled', 'The request was cancelled.', { done: results.length });
    const result = await resultOf(item, services, signal);
    if (result !== null) results.push(result);
  }
  return { results };
};

async function resultOf(item: ParseItem, services: RpcServices, signal: AbortSignal): Promise<Results[number] | null> {
  if (item.kind === 'statement') return { op: item.statement.op, ...(await execute(item.statement, services, signal)) };
  if (item.kind === 'text' || item.error.severity === 'warning') return null;
  const { message, line, column } = item.error;
  return { status: 400, error: message, position: { type: 'content-offset', line, column } };
}
