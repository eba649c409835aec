import { parsePath } from '@plurnk/plurnk-grammar';
import { mimetypeOf } from '../../content/mimetype.ts';
import type { SessionId } from '../../store/contract.ts';
import { failure } from '../failure.ts';
import type { RpcServices } from '../services.ts';

/** −32005 for a scheme that nothing here serves; `field` names the parameter that asked for it (RPC-2). */
export function requireScheme({ operations }: RpcServices, scheme: string, field: string): void {
  const known = [...operations.schemes, ...operations.runtimes()].map(({ name }) => name);
  if (known.includes(scheme)) return;
  const names = [...new Set(known)].sort().join(', ');
  throw failure('schemeUnavailable', `There is no scheme "${scheme}". Known are: ${names}.`, { field, scheme });
}

/**
 * Why nothing is stored at an address: nothing serves its scheme (−32005), or it is a member file that is no text, so
 * nothing of it ever is (−32006). Returns when there could be an entry, and is none.
 */
export async function explainAbsence(services: RpcServices, sessionId: SessionId, address: string): Promise<void> {
  const target = parsePath(address);
  if (target?.kind === 'url' && target.scheme !== 'file') return requireScheme(services, target.scheme, 'target');
  const path = target?.kind === 'url' ? (target.pathname ?? '').replace(/^\//, '') : address;
  const found = await services.workspace.signature(sessionId, path);
  if (!('binary' in found) || !found.binary) return;
  const mimetype = mimetypeOf(path, 'application/octet-stream');
  const message = `${path} is ${mimetype}: it is no text, and no channel can hold it.`;
  throw failure('mimetypeUnavailable', message, { field: 'target', mimetype });
}
