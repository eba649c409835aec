import type { ServerResponse } from 'node:http';
import type { Dialect } from './dialects.ts';
import { sendEvents, sendJson } from './model-server.ts';

/** A key with every character that some encoding changes. */
export const KEY = 'kanarienvogel+Zm9v/key=0123456789';
/** How it could look where it must not be. */
export const FORMS = [KEY, encodeURIComponent(KEY), Buffer.from(KEY).toString('base64'), 'kanarienvogel'];

/** Every way to fail, each with the key in everything the endpoint says. */
export const FAULTS: Readonly<Record<string, (response: ServerResponse, dialect: Dialect) => void>> = {
  ...Object.fromEntries(
    [400, 401, 402, 403, 404, 413, 422, 429, 500, 502, 503, 529].map(status => [
      `status ${status}`,
      (response: ServerResponse, dialect: Dialect) =>
        sendJson(response, status, dialect.error(`Incorrect API key provided: ${KEY} (${encodeURIComponent(KEY)})`), {
          'x-key': KEY,
          'www-authenticate': `Bearer ${KEY}`,
        }),
    ]),
  ),
  'error page': response => {
    response.writeHead(500, { 'content-type': 'text/html' }).end(`<h1>${KEY}</h1>`);
  },
  'wrong content type': response => {
    response.writeHead(200, { 'content-type': `text/html` }).end(KEY);
  },
  redirect: response => {
    response.writeHead(302, { location: `https://other.example/x?key=${encodeURIComponent(KEY)}` }).end();
  },
  'malformed chunk': response => sendEvents(response, [`data: {"${KEY}": \n\n`]),
  'chunk of another shape': response => sendEvents(response, [`data: {"choices":"${KEY}"}\n\n`]),
  'error in the stream': (response, dialect) =>
    sendEvents(response, [`data: ${JSON.stringify(dialect.error(`no: ${KEY}`))}\n\n`]),
  'cut stream': response => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`: ${KEY}\n\n`, () => response.destroy());
  },
  'empty answer': response => sendEvents(response, []),
  'not JSON': response => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(`{"key": ${KEY}`);
  },
};
