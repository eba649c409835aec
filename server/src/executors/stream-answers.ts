/** What the registry answers, and what it says about the end of a stream. */
import type { OpResult, RuntimeInfo } from '../schemes/contract.ts';
import type { ChildEnd } from './child.ts';
import type { Executor } from './contract.ts';

/** What counts about a stream when its process is gone. */
interface Ending {
  readonly scheme: string;
  readonly coordinate: string;
  readonly sent: ReadonlySet<NodeJS.Signals>;
}

export const describe = (
  { runtime, example, doc }: Executor,
  available: boolean,
  reason: string | null,
): RuntimeInfo => ({
  name: runtime,
  available,
  reason,
  example,
  doc,
});

export function streamTarget(runtime: string, coordinate: string): NonNullable<OpResult['target']> {
  const rest = { username: null, password: null, hostname: null, port: null, params: {}, fragment: null };
  return { scheme: runtime, pathname: `/${coordinate}`, ...rest };
}

export const unknownRuntime = (runtime: string, known: readonly string[]): OpResult => ({
  status: 501,
  rx: `There is no runtime ${runtime}. Known: ${known.join(', ')}.`,
  outcome: 'unknown_runtime',
});
export const unavailable = (info: RuntimeInfo): OpResult => ({
  status: 501,
  rx: `${info.name} is not available: ${info.reason ?? 'it was not found'}.`,
  outcome: 'unavailable_runtime',
});
export const untrusted = (): OpResult => ({
  status: 403,
  rx: 'This workspace is not trusted, so no command runs.',
  outcome: 'untrusted',
});
export const cancelled = (): OpResult => ({
  status: 499,
  rx: 'The run was cancelled before the command started.',
  outcome: 'cancelled',
});
export const alreadyKilled = (scheme: string, coordinate: string): OpResult => ({
  status: 410,
  rx: `${scheme}:///${coordinate} has been killed already.`,
});
export const unknownStream = (scheme: string, coordinate: string): OpResult => ({
  status: 404,
  rx: `There is no stream ${scheme}:///${coordinate}.`,
});

export function exitStatus(live: Ending, end: ChildEnd): number {
  if (end.code === 0) return 200;
  return end.signal !== null && live.sent.has(end.signal) ? 499 : 500;
}

export function summary(live: Ending, end: ChildEnd, closeStatus: number): string {
  const name = `${live.scheme}:///${live.coordinate}`;
  if (end.error !== null) return `${name} could not start: ${end.error}`;
  if (closeStatus === 504) return `${name} ran longer than its lifetime and was ended.`;
  if (closeStatus === 499) return `${name} was ended.`;
  if (closeStatus === 413) return `${name} printed far more than a channel holds and was ended.`;
  return end.signal === null ? `${name} ended with exit code ${end.code}.` : `${name} was ended by ${end.signal}.`;
}
