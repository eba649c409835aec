import { ERROR_CODES, METHODS, type MethodName, type MethodResult, type MethodSpec } from '@plurnk/protocol';
import { failure, invalid, RpcFailure } from './failure.ts';
import { HANDLERS } from './handlers.ts';
import type { Caller, Handler, RpcServices, ServerServices } from './services.ts';
import { attachNewSession } from './session/attach-new-session.ts';

/** Calls methods: looks up, validates, attaches, keeps the deadline (RPC-2 … RPC-4). The same for every door. */
export class Dispatcher {
  readonly #services: ServerServices;

  constructor(services: ServerServices) {
    this.#services = services;
  }

  /** Rejects with `RpcFailure` only. The result is always an object (RPC-1). */
  async call(method: string, params: unknown, caller: Caller, signal: AbortSignal): Promise<object> {
    if (!Object.hasOwn(METHODS, method)) throw failure('methodNotFound', `There is no method "${method}".`, { method });
    const name = method as MethodName;
    const spec: MethodSpec = METHODS[name];
    const input = validate(spec, params);
    const services: RpcServices = { ...this.#services, caller };
    try {
      if (spec.requiresInit === true && caller.attachment === null) attachNewSession({}, services);
      const handler = HANDLERS[name] as unknown as Handler<'doctor'>;
      return await this.#withDeadline(name, spec, signal, inner =>
        handler(input as Record<string, never>, services, inner),
      );
    } catch (error) {
      throw asFailure(error, name);
    }
  }

  /** For in-process callers: typed by the method. */
  async invoke<Name extends MethodName>(
    method: Name,
    params: unknown,
    caller: Caller,
    signal: AbortSignal,
  ): Promise<MethodResult<Name>> {
    return (await this.call(method, params, caller, signal)) as MethodResult<Name>;
  }

  #withDeadline(
    name: string,
    spec: MethodSpec,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<object>,
  ): Promise<object> {
    if (signal.aborted) return Promise.reject(abortFailure(signal));
    return new Promise<object>((resolve, reject) => {
      const controller = new AbortController();
      const release = (): void => {
        timer?.cancel();
        signal.removeEventListener('abort', onAbort);
      };
      const stop = (reason: RpcFailure): void => {
        release();
        reject(reason);
        controller.abort(reason);
      };
      const onAbort = (): void => stop(abortFailure(signal));
      signal.addEventListener('abort', onAbort, { once: true });
      const timer = this.#deadline(name, spec, stop);
      work(controller.signal).finally(release).then(resolve, reject);
    });
  }

  #deadline(name: string, spec: MethodSpec, stop: (reason: RpcFailure) => void): { cancel(): void } | null {
    if (spec.longRunning === true) return null;
    const ms = this.#services.settings().rpcTimeout;
    const work = (): void => stop(failure('timedOut', `${name} took longer than ${ms} ms.`, { ms }));
    return this.#services.clock.setTimeout(work, ms);
  }
}

function abortFailure(signal: AbortSignal): RpcFailure {
  return signal.reason instanceof RpcFailure ? signal.reason : failure('cancelled', 'The request was cancelled.');
}

/** `[]`, null and nothing mean "no params" for every method (RPC-1). */
function validate(spec: MethodSpec, params: unknown): unknown {
  const none = params === undefined || params === null || (Array.isArray(params) && params.length === 0);
  if (Array.isArray(params) && params.length > 0) throw invalid('', 'parameters are given by name, as an object');
  const parsed = spec.params.safeParse(none ? {} : params);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw invalid(issue === undefined ? '' : fieldPath(issue), issue?.message ?? 'not valid');
}

function fieldPath(issue: { readonly path: readonly PropertyKey[] }): string {
  return issue.path
    .map((part, at) => (typeof part === 'number' ? `[${part}]` : `${at > 0 ? '.' : ''}${String(part)}`))
    .join('');
}

/** A throw that is not a `RpcFailure` is a bug: −32603 with its sentence, never its stack. */
function asFailure(error: unknown, method: string): RpcFailure {
  if (error instanceof RpcFailure) return error;
  const message = error instanceof Error && error.message !== '' ? error.message : 'The handler failed.';
  return new RpcFailure(ERROR_CODES.internal, message, { method });
}
