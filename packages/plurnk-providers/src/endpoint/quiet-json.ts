import type { Clock } from '../deps.ts';

export interface QuietRequest {
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly apiKey?: string | undefined;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/** Asks for JSON where nobody may be listening: null for every failure, no noise, never longer than the timeout. */
export async function quietJson(url: string, request: QuietRequest): Promise<unknown> {
  const abort = new AbortController();
  const settled = new AbortController();
  request.clock.sleep(request.timeoutMs, settled.signal).then(
    () => abort.abort(),
    () => undefined,
  );
  try {
    const response = await request.fetch(url, {
      method: request.body === undefined ? 'GET' : 'POST',
      headers: {
        accept: 'application/json',
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(request.apiKey === undefined ? {} : { authorization: `Bearer ${request.apiKey}` }),
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      redirect: 'manual',
      signal: request.signal === undefined ? abort.signal : AbortSignal.any([abort.signal, request.signal]),
    });
    return response.ok ? ((await response.json()) as unknown) : null;
  } catch {
    return null;
  } finally {
    settled.abort();
    abort.abort();
  }
}

/** The value at a path of keys and indices, or undefined. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let here = value;
  for (const key of path) {
    if (typeof here !== 'object' || here === null) {
      return undefined;
    }
    here = (here as Record<string | number, unknown>)[key];
  }
  return here;
}

export function positiveInteger(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : null;
}
