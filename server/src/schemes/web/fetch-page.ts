/** One page from the web: redirects, size and time limits, decoding. No cookies, no credentials. */

import { type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { deferred } from '../../platform/deferred.ts';
import { isPrivateAddress, PrivateAddressError, publicLookup } from './address-guard.ts';

export interface FetchLimits {
  /** Bytes after decompression. */
  readonly maxBytes: number;
  /** Milliseconds for everything, redirects included. */
  readonly timeout: number;
  readonly maxRedirects: number;
  /** Loopback, private and link-local addresses too. */
  readonly allowPrivate: boolean;
}

export interface Page {
  readonly url: string;
  readonly status: number;
  readonly statusText: string;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
}

export interface PageFailure {
  readonly status: 400 | 403 | 404 | 413 | 499 | 502 | 504 | 508;
  readonly message: string;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const HEADERS = {
  accept:
    'text/markdown, text/html;q=0.9, application/xhtml+xml;q=0.9, application/json;q=0.8, text/*;q=0.7, */*;q=0.1',
  'accept-encoding': 'gzip, deflate, br',
  'user-agent': 'Mozilla/5.0 (compatible; Plurnk)',
};

const fail = (status: PageFailure['status'], message: string): PageFailure => ({ status, message });
export const isPageFailure = (value: Page | PageFailure): value is PageFailure => 'message' in value;

/** Why an address may not be fetched, before anything is resolved. */
function refused(url: URL, limits: FetchLimits): PageFailure | null {
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return fail(403, `${url.protocol} addresses are not fetched.`);
  if (url.username !== '' || url.password !== '')
    return fail(400, 'An address with a user name or password is not fetched.');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (!limits.allowPrivate && isIP(host) !== 0 && isPrivateAddress(host)) return privateHost(url.host);
  return null;
}

const privateHost = (host: string): PageFailure =>
  fail(403, `${host} is a private or loopback address. The setting webPrivate, which allows those, is off.`);

/** The answer's head; the body is still to come. */
function ask(url: URL, limits: FetchLimits, signal: AbortSignal): Promise<IncomingMessage> {
  const { promise, resolve, reject } = deferred<IncomingMessage>();
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  const lookup = limits.allowPrivate ? {} : { lookup: publicLookup };
  const sent = request(url, { method: 'GET', headers: HEADERS, agent: false, signal, ...lookup });
  sent.on('response', resolve);
  sent.on('error', reject);
  sent.end();
  return promise;
}

function decoded(message: IncomingMessage): Readable {
  const encoding = (message.headers['content-encoding'] ?? '').trim().toLowerCase();
  const decoder =
    encoding === 'gzip' || encoding === 'x-gzip'
      ? createGunzip()
      : encoding === 'br'
        ? createBrotliDecompress()
        : encoding === 'deflate'
          ? createInflate()
          : null;
  if (decoder === null) return message;
  message.on('error', error => decoder.destroy(error));
  return message.pipe(decoder);
}

/** null: larger than allowed; what was compressed counts at its full size. */
async function bodyOf(message: IncomingMessage, maxBytes: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of decoded(message)) {
    size += chunk.length;
    if (size > maxBytes) {
      message.destroy();
      return null;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function explain(error: unknown, url: URL, limits: FetchLimits, signal: AbortSignal, stop: AbortSignal): PageFailure {
  if (signal.aborted) return fail(499, 'The fetch was cancelled.');
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (error instanceof PrivateAddressError) return privateHost(url.host);
  if (stop.aborted) {
    return fail(504, `${url.host} did not answer within ${limits.timeout / 1000} s.`);
  }
  if (code === 'ENOTFOUND') return fail(404, `There is no host ${url.hostname}.`);
  return fail(502, `${url.host} could not be read: ${error instanceof Error ? error.message : String(error)}.`);
}

/** Follows redirects and reads the body. Any answer of the server is a page, also 404. */
export async function fetchPage(
  address: string,
  limits: FetchLimits,
  signal: AbortSignal,
): Promise<Page | PageFailure> {
  const stop = AbortSignal.any([signal, AbortSignal.timeout(limits.timeout)]);
  let url = new URL(address);
  url.hash = '';
  for (let hops = 0; hops <= limits.maxRedirects; hops++) {
    const no = refused(url, limits);
    if (no !== null) return no;
    try {
      const message = await ask(url, limits, stop);
      const { statusCode: status = 0, statusMessage: statusText = '', headers } = message;
      if (REDIRECTS.has(status) && headers.location !== undefined && URL.canParse(headers.location, url)) {
        message.resume();
        url = new URL(headers.location, url);
        continue;
      }
      const bytes = await bodyOf(message, limits.maxBytes);
      if (bytes === null)
        return fail(413, `${url.href} is larger than ${Math.round(limits.maxBytes / 1024 / 1024)} MiB.`);
      return { url: url.href, status, statusText, headers, bytes };
    } catch (error) {
      return explain(error, url, limits, signal, stop);
    }
  }
  return fail(508, `${address} was redirected more than ${limits.maxRedirects} times.`);
}
