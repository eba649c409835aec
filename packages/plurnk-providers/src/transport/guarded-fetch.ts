import { retryAfterMs } from './retry-after.ts';
import { faultOf, TransportFailure } from './transport-failure.ts';

/** What the guard saw of one attempt, for judging it afterwards. */
export interface WireRecord {
  /** The first fault, if any: truer than what the SDK makes of it. */
  failure: TransportFailure | null;
  /** The stream ended with the marker `[DONE]`. */
  sawDone: boolean;
}

const MOST_ERROR_BYTES = 64 * 1024;
const STREAM_TYPES = /^(text\/event-stream|application\/(x-ndjson|stream\+json|octet-stream)|text\/plain)/i;

/**
 * Wraps `fetch` for one attempt: redirects, error statuses and content types that no model endpoint has become
 * `TransportFailure`s, so that every vendor's failures look the same.
 */
export function guardFetch(
  fetch: typeof globalThis.fetch,
  record: WireRecord,
  streaming: boolean,
): typeof globalThis.fetch {
  return async (input, init) => {
    try {
      const response = await fetch(input, { ...init, redirect: 'manual' });
      await refuseBadAnswers(response, streaming);
      return new Response(watchBody(response.body, record), { status: response.status, headers: response.headers });
    } catch (error) {
      throw keep(record, error);
    }
  };
}

/** Answers every request with one stored JSON document. */
export function replayFetch(body: string): typeof globalThis.fetch {
  return () => Promise.resolve(new Response(body, { status: 200, headers: { 'content-type': 'application/json' } }));
}

function keep(record: WireRecord, error: unknown): TransportFailure {
  const failure = error instanceof TransportFailure ? error : new TransportFailure(faultOf(error));
  record.failure ??= failure;
  return failure;
}

async function refuseBadAnswers(response: Response, streaming: boolean): Promise<void> {
  const { status, headers } = response;
  if (status >= 300 && status < 400) {
    await response.body?.cancel();
    throw new TransportFailure({ kind: 'redirect', status, to: originOf(headers.get('location')) });
  }
  if (status >= 400) {
    const body = await readSome(response.body);
    throw new TransportFailure({ kind: 'http', status, body, retryAfterMs: retryAfterMs(headers, body, Date.now()) });
  }
  const contentType = (headers.get('content-type') ?? '').split(';')[0]?.trim() ?? '';
  if (contentType === '' || (streaming ? STREAM_TYPES : /json/i).test(contentType)) {
    return;
  }
  if (streaming && /json/i.test(contentType)) {
    throw new TransportFailure({ kind: 'json_instead', body: await response.text() });
  }
  await response.body?.cancel();
  throw new TransportFailure({ kind: 'content_type', contentType });
}

/** Only the place, never the query: a redirect may carry tokens. */
function originOf(location: string | null): string {
  try {
    const url = new URL(location ?? '');
    return `${url.origin}${url.pathname}`;
  } catch {
    return location?.split('?')[0] ?? 'nowhere';
  }
}

async function readSome(body: ReadableStream<Uint8Array> | null): Promise<string> {
  if (body === null) {
    return '';
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size >= MOST_ERROR_BYTES) {
      break;
    }
  }
  return Buffer.concat(chunks).toString('utf8').slice(0, MOST_ERROR_BYTES);
}

function watchBody(body: ReadableStream<Uint8Array> | null, record: WireRecord): ReadableStream<Uint8Array> | null {
  if (body === null) {
    return null;
  }
  const reader = body.getReader();
  let tail = '';
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) {
          record.sawDone = tail.includes('[DONE]');
          controller.close();
          return;
        }
        tail = (tail + Buffer.from(value).toString('latin1')).slice(-64);
        controller.enqueue(value);
      } catch (error) {
        controller.error(keep(record, error));
      }
    },
    cancel: reason => reader.cancel(reason),
  });
}
