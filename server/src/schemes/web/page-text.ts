/** From a fetched page to the text a model reads. */
import iconv from 'iconv-lite';
import { decode } from '../../content/encoding.ts';
import { isBinary, isTextual, mimetypeOf } from '../../content/mimetype.ts';
import type { Page } from './fetch-page.ts';
import { convertPage } from './page-converter.ts';

export interface PageText {
  readonly text: string;
  readonly mimetype: string;
  /** Status line and headers. */
  readonly headers: string;
}

export type PageTextFailure = { readonly status: 415 | 500 | 504; readonly message: string };

const CONVERT_MS = 10_000;
const META_CHARSET = /<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)/i;

function charsetOf(page: Page, type: string): string | null {
  const named = /charset\s*=\s*"?([\w-]+)/i.exec(page.headers['content-type'] ?? '')?.[1];
  if (named !== undefined) return named;
  return type === 'text/html'
    ? (META_CHARSET.exec(page.bytes.subarray(0, 2048).toString('latin1'))?.[1] ?? null)
    : null;
}

function textOf(page: Page, type: string): string {
  const charset = charsetOf(page, type);
  const other = charset !== null && !/^utf-?8$/i.test(charset) && iconv.encodingExists(charset);
  return other ? iconv.decode(page.bytes, charset) : decode(page.bytes).text;
}

function headerText(page: Page): string {
  const lines = Object.entries(page.headers).flatMap(([name, value]) => {
    if (value === undefined || name === 'set-cookie') return [];
    return [`${name}: ${Array.isArray(value) ? value.join(', ') : value}`];
  });
  return [`${page.status} ${page.statusText}`.trim(), `url: ${page.url}`, ...lines, ''].join('\n');
}

/** What the server says it is; without that, what the path says. */
function typeOf(page: Page): string {
  const declared = (page.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (declared === '' || declared === 'application/octet-stream')
    return mimetypeOf(new URL(page.url).pathname, 'text/html');
  return declared === 'text/plain' ? mimetypeOf(new URL(page.url).pathname) : declared;
}

export async function pageText(page: Page): Promise<PageText | PageTextFailure> {
  const headers = headerText(page);
  const type = typeOf(page);
  const html = type === 'text/html' || type === 'application/xhtml+xml';
  if (isBinary(page.bytes) || (!isTextual(type) && !/javascript|ecmascript/.test(type))) {
    return { status: 415, message: `${page.url} is ${type}, which is not text.` };
  }
  const text = textOf(page, html ? 'text/html' : type).replaceAll('\r\n', '\n');
  if (!html) return { text, mimetype: type, headers };
  const converted = await convertPage(text, page.url, CONVERT_MS);
  return 'markdown' in converted ? { text: converted.markdown, mimetype: 'text/markdown', headers } : converted;
}
