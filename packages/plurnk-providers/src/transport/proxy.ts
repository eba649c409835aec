import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import type { Environment } from '../alias.ts';
import { isLoopback } from '../endpoint/base-url.ts';
import { TransportFailure } from './transport-failure.ts';

/** Proxies by the scheme of what is asked; null: none. */
export interface ProxySettings {
  readonly http: string | null;
  readonly https: string | null;
  /** Hosts that are reached directly: `example.com` (also its subdomains), `.example.com`, `10.0.0.1:8080`, `*`. */
  readonly noProxy: readonly string[];
}

/** `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, also in lower case, which wins. `editor`: the editor's `http.proxy`. */
export function proxyFromEnvironment(env: Environment, editor: string | null = null): ProxySettings {
  const read = (name: string): string | null => env[name.toLowerCase()] || env[name] || null;
  const all = read('ALL_PROXY');
  return {
    http: editor ?? read('HTTP_PROXY') ?? all,
    https: editor ?? read('HTTPS_PROXY') ?? all,
    noProxy: (read('NO_PROXY') ?? '').split(/[\s,]+/).filter(Boolean),
  };
}

/** The proxy for an address; never one for this machine itself. */
export function proxyFor(url: URL, settings: ProxySettings): URL | null {
  const given = url.protocol === 'https:' ? settings.https : settings.http;
  if (given === null || isLoopback(url.href) || settings.noProxy.some(pattern => covers(pattern, url))) {
    return null;
  }
  const text = given.includes('://') ? given : `http://${given}`;
  const proxy = URL.canParse(text) ? new URL(text) : null;
  return proxy !== null && /^https?:$/.test(proxy.protocol) ? proxy : null;
}

function covers(pattern: string, url: URL): boolean {
  if (pattern === '*') {
    return true;
  }
  const [, host = pattern, port] = /^(.*?)(?::(\d+))?$/.exec(pattern.toLowerCase()) ?? [];
  const bare = host.replace(/^\*?\./, '');
  const matches = url.hostname === bare || url.hostname.endsWith(`.${bare}`);
  return matches && (port === undefined || port === portOf(url));
}

/** What a request through a forwarding proxy says about itself. */
export function proxyHeaders(proxy: URL): Record<string, string> {
  if (proxy.username === '') {
    return {};
  }
  const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}

/** A TLS connection to `target` through `CONNECT`. Rejects with `TransportFailure` when the proxy does not open one. */
export async function openTunnel(target: URL, proxy: URL, signal: AbortSignal): Promise<Socket> {
  const socket = await connectThrough(target, proxy, signal);
  return tlsConnect({ socket, servername: target.hostname, ALPNProtocols: ['http/1.1'] });
}

function connectThrough(target: URL, proxy: URL, signal: AbortSignal): Promise<Socket> {
  const client = proxy.protocol === 'https:' ? httpsRequest : httpRequest;
  const authority = `${target.hostname}:${portOf(target)}`;
  const options = {
    host: proxy.hostname.replace(/^\[|\]$/g, ''),
    port: portOf(proxy),
    method: 'CONNECT',
    path: authority,
    headers: { host: authority, ...proxyHeaders(proxy) },
    agent: false,
    signal,
  };
  return new Promise((resolve, reject) => {
    const asking = client(options);
    asking.on('connect', (response, socket) => {
      if (response.statusCode === 200) {
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(refusal(proxy, response.statusCode ?? 0));
    });
    asking.on('response', response => {
      response.destroy();
      reject(refusal(proxy, response.statusCode ?? 0));
    });
    asking.on('error', (error: NodeJS.ErrnoException) => reject(signal.aborted ? error : unreachable(proxy, error)));
    asking.end();
  });
}

export function unreachable(proxy: URL, error: NodeJS.ErrnoException): TransportFailure {
  return new TransportFailure({ kind: 'proxy', host: proxy.host, status: null, code: error.code ?? 'UNKNOWN' });
}

export function refusal(proxy: URL, status: number): TransportFailure {
  return new TransportFailure({ kind: 'proxy', host: proxy.host, status, code: String(status) });
}

export function portOf(url: URL): string {
  return url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
}
