import type { LanguageModelV3CallOptions } from '@ai-sdk/provider';
import { type FailureContext, silenceError, toProviderError } from '../classify.ts';
import type { ProviderDeps } from '../deps.ts';
import type { GenerateRequest } from '../provider.ts';
import { ProviderError } from '../provider-error.ts';
import { guardFetch, replayFetch, type WireRecord } from '../transport/guarded-fetch.ts';
import { TransportFailure } from '../transport/transport-failure.ts';
import { assertFinished, type Collected, emptyCollection, takeContent, takePart, toUsage } from './collect.ts';
import type { BuildModel } from './vendor.ts';
import { startWatchdog, type Watchdog } from './watchdog.ts';

export interface AttemptSetup {
  readonly build: BuildModel;
  readonly options: Omit<LanguageModelV3CallOptions, 'abortSignal'>;
  readonly extraBody: Readonly<Record<string, unknown>>;
  readonly streaming: boolean;
  readonly deps: ProviderDeps;
  readonly context: FailureContext;
}

/** One HTTP exchange. Rejects with `ProviderError`; the socket is closed when it settles. */
export async function attemptOnce(setup: AttemptSetup, request: GenerateRequest): Promise<Collected> {
  const abort = new AbortController();
  const record: WireRecord = { failure: null, sawDone: false };
  const onCancel = (): void => abort.abort(request.signal.reason);
  request.signal.addEventListener('abort', onCancel, { once: true });
  const watchdog = startWatchdog(setup.deps.clock, setup.deps.fetchTimeoutMs, () => abort.abort());
  try {
    if (request.signal.aborted) {
      throw request.signal.reason;
    }
    return await untilAborted(exchange(setup, request, record, { watchdog, signal: abort.signal }), abort.signal);
  } catch (error) {
    throw judge(error, { request, record, watchdog, context: setup.context });
  } finally {
    watchdog.stop();
    request.signal.removeEventListener('abort', onCancel);
    abort.abort();
  }
}

interface Running {
  readonly watchdog: Watchdog;
  readonly signal: AbortSignal;
}

async function exchange(
  setup: AttemptSetup,
  request: GenerateRequest,
  record: WireRecord,
  running: Running,
): Promise<Collected> {
  if (!setup.streaming) {
    return askOnce(setup, request, guardFetch(setup.deps.fetch, record, false), running);
  }
  try {
    return await askStream(setup, request, record, running);
  } catch (error) {
    const fault = record.failure?.fault;
    if (fault?.kind === 'json_instead') {
      record.failure = null;
      return askOnce(setup, request, replayFetch(fault.body), running);
    }
    throw error;
  }
}

async function askStream(
  setup: AttemptSetup,
  request: GenerateRequest,
  record: WireRecord,
  running: Running,
): Promise<Collected> {
  const model = setup.build({ fetch: guardFetch(setup.deps.fetch, record, true), extraBody: setup.extraBody });
  const { stream } = await model.doStream({ ...setup.options, abortSignal: running.signal });
  const collected = emptyCollection();
  for await (const part of stream) {
    if (request.signal.aborted) {
      throw request.signal.reason;
    }
    running.watchdog.touch();
    takePart(collected, part, request);
  }
  assertFinished(collected, record.sawDone);
  return collected;
}

async function askOnce(
  setup: AttemptSetup,
  request: GenerateRequest,
  fetch: typeof globalThis.fetch,
  running: Running,
): Promise<Collected> {
  const model = setup.build({ fetch, extraBody: setup.extraBody });
  const answer = await model.doGenerate({ ...setup.options, abortSignal: running.signal });
  const collected = emptyCollection();
  takeContent(collected, answer.content, request);
  collected.finishReason = answer.finishReason;
  collected.usage = toUsage(answer.usage);
  collected.model = answer.response?.modelId ?? null;
  collected.responseId = answer.response?.id ?? null;
  collected.warnings = answer.warnings.map(warning => JSON.stringify(warning));
  collected.vendor = answer.providerMetadata ?? null;
  return collected;
}

/** An SDK that does not look at the signal while it waits must not keep the caller waiting. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(new Error('aborted'));
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

function judge(
  error: unknown,
  about: {
    readonly request: GenerateRequest;
    readonly record: WireRecord;
    readonly watchdog: Watchdog;
    readonly context: FailureContext;
  },
): ProviderError {
  const who = { provider: about.context.provider, model: about.context.model };
  if (about.request.signal.aborted) {
    return new ProviderError({ kind: 'cancelled', message: 'The request was cancelled.', ...who });
  }
  if (about.watchdog.fired) {
    return silenceError(about.context);
  }
  const failure = error instanceof TransportFailure ? error : about.record.failure;
  return toProviderError(failure ?? error, about.context);
}
