import { statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import type { JsonObject, MethodInput } from '@plurnk/protocol';
import type { RunRow, SessionRow } from '../../store/contract.ts';
import { failure, invalid } from '../failure.ts';
import type { RpcServices } from '../services.ts';

/** Makes a session and attaches the caller; synchronous, so that requests sent right after it find it (RPC-4). */
export function attachNewSession(
  params: MethodInput<'session.create'>,
  services: RpcServices,
): { session: SessionRow; run: RunRow } {
  const { store, engine } = services;
  const name = params.name ?? null;
  if (name !== null) refuseTakenName(services, name);
  const projectRoot = checkedRoot(params.projectRoot ?? null);
  const settings = (params.settings ?? {}) as JsonObject;
  const session = makeSession(() => engine.createSession({ name, projectRoot, settings }));
  for (const { effect, glob } of params.constraints ?? []) {
    store.constraints.add(session.id, effect, glob, services.clock.now());
  }
  if (params.constraints?.length) services.workspace.constraintsChanged(session.id);
  const run = engine.clientRun(session.id, null);
  services.caller.attach({ sessionId: session.id, runId: run.id });
  return { session, run };
}

function makeSession(work: () => SessionRow): SessionRow {
  try {
    return work();
  } catch (error) {
    throw failure('noSession', error instanceof Error ? error.message : 'No session could be made.');
  }
}

export function refuseTakenName(services: RpcServices, name: string): void {
  const other = services.store.sessions.byName(name);
  if (other !== null) {
    throw failure('noSession', `There is a session named "${name}" already.`, { field: 'name', id: other.id });
  }
}

/** The engine refuses names with a `RangeError` and a sentence (ENG-4): the caller's parameter is to blame. */
export function blame<T>(field: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) throw invalid(field, error.message);
    throw error;
  }
}

/** An existing folder, absolute; null = headless. */
export function checkedRoot(root: string | null): string | null {
  if (root === null) return null;
  if (!isAbsolute(root)) throw invalid('projectRoot', 'must be an absolute path');
  const found = statSync(root, { throwIfNoEntry: false });
  if (found?.isDirectory() !== true) throw invalid('projectRoot', 'is not a folder');
  return resolve(root);
}
