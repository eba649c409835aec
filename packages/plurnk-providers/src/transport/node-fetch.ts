import { type ClientRequest, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import { openTunnel, type ProxySettings, portOf, proxyFor, proxyHeaders, refusal, unreachable } from './proxy.ts';

const NO_PROXY: ProxySettings = { http: null, https: null, noProxy: [] };
const PROXY_WANTS_CREDENTIALS = 407;

/**
 * `fetch` over node:http(s), for model endpoints. Differs from the built-in one where that matters here: no limit of
 * its own on how long headers or a body may take (a local model may read a long prompt for minutes), no redirect is
 * followed (a key must not travel to another host), an abort destroys the socket at once, and a proxy is used where
 * one is set.
 */
export function createNodeFetch(proxies: ProxySettings = NO_PROXY): typeof globalThis.fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const body = request.body === null ? null : Buffer.from(await request.arrayBuffer());
    const url = new URL(request.url);
    const signal = init?.signal ?? request.signal;
    const options: RequestOptions = {
      method: request.method,
      headers: {
        ...Object.fromEntries(request.headers),
        ...(body === null ? {} : { 'content-length': body.byteLength }),
      },
      signal,
    };
    return send(await connect(url, proxyFor(url, proxies), options, signal), body);
  };
}

interface Outgoing {
  readonly request: ClientRequest;
  /** The proxy that answers in the endpoint's place. */
  readonly proxy: URL | null;
}

async function connect(url: URL, proxy: URL | null, options: RequestOptions, signal: AbortSignal): Promise<Outgoing> {
  const secure = url.protocol === 'https:';
  if (proxy === null) {
    return { request: (secure ? httpsRequest : httpRequest)(url, { ...options, agent: false }), proxy };
  }
  if (secure) {
    const socket = await openTunnel(url, proxy, signal);
    return { request: httpsRequest(url, { ...options, createConnection: () => socket }), proxy: null };
  }
  const client = proxy.protocol === 'https:' ? httpsRequest : httpRequest;
  const forwarded: RequestOptions = {
    ...options,
    host: proxy.hostname.replace(/^\[|\]$/g, ''),
    port: portOf(proxy),
    path: url.href,
    headers: { ...options.headers, host: url.host, ...proxyHeaders(proxy) },
    agent: false,
  };
  return { request: client(forwarded), proxy };
}

function send({ request, proxy }: Outgoing, body: Buffer | null): Promise<Response> {
  return new Promise((resolve, reject) => {
    request.on('response', incoming => {
      if (proxy !== null && incoming.statusCode === PROXY_WANTS_CREDENTIALS) {
        incoming.destroy();
        reject(refusal(proxy, PROXY_WANTS_CREDENTIALS));
      } else resolve(toResponse(incoming));
    });
    request.on('error', error =>
      reject(proxy === null || (request.destroyed && error.name === 'AbortError') ? error : unreachable(proxy, error)),
    );
    request.end(body ?? undefined);
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
