import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';

/**
 * `fetch` over node:http(s), for model endpoints. Differs from the built-in one where that matters here: no limit of
 * its own on how long headers or a body may take (a local model may read a long prompt for minutes), no redirect is
 * followed (a key must not travel to another host), and an abort destroys the socket at once.
 */
export const nodeFetch: typeof globalThis.fetch = async (input, init) => {
  const request = new Request(input, init);
  const body = request.body === null ? null : Buffer.from(await request.arrayBuffer());
  return send(new URL(request.url), request, body, init?.signal ?? request.signal);
};

function send(url: URL, request: Request, body: Buffer | null, signal: AbortSignal): Promise<Response> {
  const options: RequestOptions = {
    method: request.method,
    headers: {
      ...Object.fromEntries(request.headers),
      ...(body === null ? {} : { 'content-length': body.byteLength }),
    },
    agent: false,
    signal,
  };
  return new Promise((resolve, reject) => {
    const client = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const outgoing = client(url, options, incoming => resolve(toResponse(incoming)));
    outgoing.on('error', reject);
    outgoing.end(body ?? undefined);
  });
}

function toResponse(incoming: IncomingMessage): Response {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) {
      headers.set(name, Array.isArray(value) ? value.join(', ') : value);
    }
  }
  const status = incoming.statusCode ?? 0;
  const bodyless = status === 204 || status === 304 || status < 200;
  if (bodyless) {
    incoming.resume();
  }
  const stream = bodyless ? null : (Readable.toWeb(incoming) as ReadableStream<Uint8Array>);
  return new Response(stream, { status, headers, statusText: incoming.statusMessage ?? '' });
}
