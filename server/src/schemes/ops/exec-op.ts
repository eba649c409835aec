/** EXEC (RES-22 … RES-24): a command in a runtime; what can change the machine is proposed. */
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Executor, StreamRequest } from '../../executors/contract.ts';
import { type Address, addressOf, rowTarget } from '../address.ts';
import type { OpContext, OpOutcome, OpResult } from '../contract.ts';
import { relativePath } from '../file-scheme.ts';
import { type Failure, fail, failed, isFailed, refuse, rows } from '../scheme.ts';
import type { OpHandler, OpServices, StatementOf } from './op.ts';

const DEFAULT_RUNTIME = 'sh';

interface Times {
  readonly lifetime: number | null;
  readonly pollSeconds: number | null;
}

/** `<T,P>`: lifetime (−1 or none: until the run ends) and how often a parked run is woken to look. */
function times(marks: readonly number[] | null): Times | Failure {
  const [lifetime = -1, poll = null, ...more] = marks ?? [];
  const wrong = more.length > 0 || (lifetime < 0 && lifetime !== -1) || (poll !== null && poll <= 0);
  if (wrong)
    return fail(400, `<${(marks ?? []).join(',')}> is no time: use <T> seconds, <0> until the next turn, or <T,P>.`);
  return { lifetime: lifetime === -1 ? null : lifetime, pollSeconds: poll };
}

function runtimeOf(name: string, services: OpServices): Executor | Failure {
  const executor = services.executors.find(one => one.runtime === name);
  const known = services.executors.map(one => one.runtime).join(', ');
  if (executor === undefined) return fail(501, `There is no runtime ${name}. Known: ${known}.`, 'unknown_runtime');
  const info = services.streams.runtimes().find(one => one.name === name);
  if (info?.available !== false) return executor;
  return fail(501, `${name} is not available: ${info.reason ?? 'it was not found'}.`, 'unavailable_runtime');
}

interface Where {
  readonly cwd: string;
  /** The target's file, for runtimes that take one. */
  readonly file: string | null;
}

async function whereOf(
  statement: StatementOf<'EXEC'>,
  executor: Executor,
  context: OpContext,
  services: OpServices,
): Promise<Where | Failure> {
  const address = statement.target === null ? null : addressOf(statement.target);
  if (statement.target !== null && address?.scheme !== 'file')
    return fail(400, 'The target of EXEC is a folder of the workspace.');
  const command = statement.body ?? '';
  if (address === null && context.projectRoot === null && executor.effect(command) === 'pure')
    return { cwd: tmpdir(), file: null };
  if (address !== null && executor.takesFile === true) {
    const file = await fileOf(address, executor.effect(command, address.path) !== 'read', context, services);
    if (file !== null) return file;
  }
  const cwd = await services.workspace.directory(context.sessionId, address?.path ?? null);
  return typeof cwd === 'string' ? { cwd, file: null } : cwd;
}

/** null: the target is a folder. */
async function fileOf(
  address: Address,
  forWriting: boolean,
  context: OpContext,
  services: OpServices,
): Promise<Where | Failure | null> {
  if (typeof (await services.workspace.directory(context.sessionId, address.path)) === 'string') return null;
  const place = await services.workspace.resolve(context.sessionId, relativePath(address, context), forWriting);
  if ('message' in place) return place;
  const { absolute } = services.workspace.locator(context.sessionId)(place.path);
  return { cwd: path.dirname(absolute), file: absolute };
}

/** As a person reads it: relative to the workspace. */
function folderName(root: string | null, cwd: string): string {
  const relative = root === null ? cwd : path.relative(root, cwd);
  return relative === '' ? '.' : relative.split(path.sep).join('/');
}

async function start(request: StreamRequest, context: OpContext, services: OpServices): Promise<OpResult> {
  return services.streams.start(request, context);
}

export const execOp: OpHandler<'EXEC'> = async (statement, context, services): Promise<OpOutcome> => {
  const runtime = statement.signal ?? DEFAULT_RUNTIME;
  const { loopSeq, turnSeq, sequence } = context.at;
  const target = rowTarget({ scheme: runtime, pathname: `/${loopSeq}/${turnSeq}/${sequence}` });
  const executor = runtimeOf(runtime, services);
  if (isFailed(executor)) return refuse(executor);
  const forbidden = services.runtimeRefusal(context.sessionId, runtime);
  if (forbidden !== null) return refuse(fail(403, forbidden, 'forbidden'));
  const command = statement.body ?? '';
  if (command.trim() === '') return refuse(fail(400, 'EXEC needs a command in its body.'));
  const limits = times(statement.lineMarker?.marks ?? null);
  if (isFailed(limits)) return refuse(limits);
  const objection = executor.objection?.(command) ?? null;
  if (objection !== null) return refuse(fail(400, objection));
  const where = await whereOf(statement, executor, context, services);
  if (isFailed(where)) return refuse(where);
  const { cwd, file } = where;
  const effect = executor.effect(command, file);
  const request: StreamRequest = { runtime, command, cwd, file, ...limits };
  if (effect !== 'host') return rows(await start(request, context, services));
  return {
    kind: 'proposal',
    proposal: {
      kind: 'exec',
      target,
      body: command,
      attrs: {
        command,
        runtime,
        cwd,
        folder: folderName(context.projectRoot, cwd),
        file: file === null ? null : folderName(context.projectRoot, file),
        effect,
        lifetime: limits.lifetime,
        pollSeconds: limits.pollSeconds,
      },
      baseline: null,
      baseSignature: null,
      proposed: command,
      async apply(amended, at) {
        const objected =
          amended === null
            ? null
            : amended.trim() === ''
              ? 'The command is empty.'
              : (executor.objection?.(amended) ?? null);
        if (objected !== null) return failed(fail(400, objected, 'apply_failed'));
        return start({ ...request, command: amended ?? command }, at, services);
      },
      stale: async () => false,
    },
  };
};
