import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import iconv from 'iconv-lite';
import { isPrivateAddress } from '../../../server/src/schemes/web/address-guard.ts';
import { htmlToMarkdown } from '../../../server/src/schemes/web/html-to-markdown.ts';
import { World } from './support/world.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const html =
  (body: string | Buffer, headers: { [name: string]: string } = {}): Answer =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers });
    response.end(body);
  };
const redirect =
  (location: string): Answer =>
  (_request, response) => {
    response.writeHead(302, { location });
    response.end();
  };

const PAGE = `<html><head><title>Manual</title><style>.x{}</style></head><body><h1>Install</h1><p>Run <b>it</b>, see
<a href="/next">next</a>.</p><pre><code class="language-sh">npm i
npm t</code></pre><table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>x|y</td></tr></tbody></table>
<script>alert(1)</script></body></html>`;

const ROUTES: { readonly [path: string]: Answer } = {
  '/page': html(PAGE),
  '/page?q=a%20b': html('<p>with query</p>'),
  '/': html('<p>root</p>'),
  '/moved': redirect('/page'),
  '/loop': redirect('/loop'),
  '/to-file': redirect('file:///etc/passwd'),
  '/gzip': html(gzipSync('<p>packed</p>'), { 'content-encoding': 'gzip' }),
  '/bomb': html(gzipSync(Buffer.alloc(30_000_000, 65)), { 'content-encoding': 'gzip' }),
  '/deep': html(`${'<div>'.repeat(50_000)}bottom`),
  '/latin': html(iconv.encode('<p>café €</p>', 'windows-1252'), { 'content-type': 'text/html; charset=windows-1252' }),
  '/meta': html(iconv.encode('<meta charset="shift_jis"><p>日本</p>', 'shift_jis'), { 'content-type': 'text/html' }),
  '/data.json': html('{"a":1}', { 'content-type': 'application/json' }),
  '/note': html('plain words', { 'content-type': 'text/plain' }),
  '/image': html('x', { 'content-type': 'image/png' }),
  '/missing': (_request, response) => {
    response.writeHead(404, { 'content-type': 'text/html' });
    response.end('<p>No such page</p>');
  },
  '/hang': () => undefined,
  '/slow-body': (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.write('<p>half');
  },
};

describe('http and https', () => {
  let server: Server;
  let world: World;
  let closed: World;
  let asked: string[] = [];
  let base = '';

  before(async () => {
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      const route = ROUTES[request.url ?? ''];
      if (route === undefined) response.writeHead(410).end();
      else route(request, response);
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    server.listen(0, '127.0.0.1', resolve);
    await promise;
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    world = await World.make({ operations: { web: { allowPrivate: () => true, timeout: 1500 } } });
    closed = await World.make();
  });
  beforeEach(() => {
    asked = [];
  });
  after(async () => {
    await world.dispose();
    await closed.dispose();
    server.closeAllConnections();
    server.close();
  });

  const read = (path: string, marks = '') => world.one(`<<READ(${base}${path})${marks}:READ`);

  it('[RES-13] HTML becomes Markdown with absolute links', async () => {
    const row = await read('/page');
    assert.equal(row.status, 200);
    const text = (row.rx ?? '').replace(/^\d+:\t/gm, '');
    assert.match(text, /^# Manual\n\n# Install\n/);
    assert.ok(text.includes(`Run **it**, see [next](${base}/next).`), text);
    assert.match(text, /```sh\nnpm i\nnpm t\n```/);
    assert.match(text, /\| a \| b \|\n\| --- \| --- \|\n\| 1 \| x\\\|y \|/);
    assert.doesNotMatch(text, /alert|\.x\{/);
  });

  it('[RES-2] the authority stays the host; query and port are part of the address', async () => {
    const row = await read('/page?q=a%20b');
    assert.equal(row.target?.hostname, base.slice('http://'.length));
    assert.equal(row.target?.pathname, '/page');
    assert.deepEqual(row.target?.params, { q: 'a b' });
    assert.match(row.rx ?? '', /with query/);
  });

  it('[RES-13] slices and matchers work as on files, on one fetch', async () => {
    await read('/page');
    asked = [];
    assert.equal((await read('/page', '<3>')).rx, '3:\t# Install');
    const rows = await world.op(`<<READ(${base}/page):#npm#:READ`);
    assert.deepEqual(
      rows.map(row => row.rx?.replace(/^\d+:\t/, '')),
      ['npm i', 'npm t'],
    );
    assert.deepEqual(asked, []);
  });

  it('[RES-4] #headers is the head of the answer; an unknown channel is 400', async () => {
    const row = await read('/page#headers');
    assert.match(row.rx ?? '', /200 OK[\s\S]*content-type: text\/html/);
    assert.equal((await read('/page#nope')).status, 400);
  });

  it('[RES-13] a trailing slash is a page, not a folder', async () => {
    assert.match((await read('/')).rx ?? '', /root/);
  });

  it('[RES-15] FIND lists the pages that were read', async () => {
    await read('/page');
    const found = await world.find(`<<FIND(${base}/**):FIND`);
    assert.ok(found.some(item => item.path === `${base}/page`));
    assert.ok(!asked.some(line => line.includes('**')));
  });

  it('[RES-18] a page can be copied, not moved, edited or killed', async () => {
    assert.equal(await world.status(`<<COPY(${base}/page):known:///page.md:COPY`), 201);
    assert.equal(await world.status(`<<EDIT(${base}/page):x:EDIT`), 501);
    assert.equal(await world.status(`<<KILL(${base}/page):KILL`), 501);
  });

  it('[RES-13] redirects are followed, at most ten, and only to the web', async () => {
    assert.match((await read('/moved')).rx ?? '', /Install/);
    assert.equal((await read('/loop')).status, 508);
    assert.equal((await read('/to-file')).status, 403);
  });

  const TYPES: readonly (readonly [string, number, RegExp])[] = [
    ['/gzip', 200, /packed/],
    ['/latin', 200, /café €/],
    ['/meta', 200, /日本/],
    ['/data.json', 200, /^\{"a":1\}$/],
    ['/note', 200, /plain words/],
    ['/image', 415, /image\/png/],
    ['/missing', 404, /No such page/],
    ['/gone', 410, /answered 410/],
  ];
  for (const [path, status, says] of TYPES) {
    it(`[RES-13] ${path} is ${status}`, async () => {
      const row = await read(path);
      assert.equal(row.status, status);
      assert.match(row.rx ?? '', says);
    });
  }

  it('[RES-41] a refusal of the server is no text to look into', async () => {
    assert.equal(await world.status(`<<READ(${base}/missing):#such#:READ`), 404);
    assert.equal(await world.status(`<<FIND(${base}/missing):#such#:FIND`), 404);
  });

  it('[RL-13] a page that unpacks to too much is 413, one that is nested 50,000 deep is bounded', async () => {
    assert.equal((await read('/bomb')).status, 413);
    assert.match((await read('/deep')).rx ?? '', /bottom/);
  });

  it('[RES-13] a server that does not answer, or stops half way, is 504; a cancelled fetch 499', async () => {
    assert.equal((await read('/hang')).status, 504);
    assert.equal((await read('/slow-body')).status, 504);
    const cancel = new AbortController();
    const row = world.one(`<<READ(${base}/hang):READ`, { signal: cancel.signal });
    cancel.abort();
    assert.equal((await row).status, 499);
  });

  it('[RES-13] no server is 502, no host 404, credentials 400', async () => {
    assert.equal(await world.status('<<READ(http://127.0.0.1:1/):READ'), 502);
    assert.equal(await world.status('<<READ(http://no-such-host.invalid/):READ'), 404);
    assert.equal(await world.status('<<READ(http://user:pass@127.0.0.1:1/):READ'), 400);
  });

  it('[RL-13] loopback and private addresses are refused in every spelling, also behind a name', async () => {
    const port = new URL(base).port;
    const hosts = ['127.0.0.1', 'localhost', '2130706433', '0x7f.1', '[::1]', '[::ffff:127.0.0.1]', '0.0.0.0'];
    for (const host of hosts) {
      const row = await closed.one(`<<READ(http://${host}:${port}/page):READ`);
      assert.equal(row.status, 403, host);
    }
    assert.deepEqual(asked, []);
  });

  it('[RL-13] which addresses are private', () => {
    for (const address of [
      '10.1.2.3',
      '172.31.0.1',
      '192.168.0.1',
      '169.254.169.254',
      '100.64.0.1',
      '::1',
      'fd00::1',
      'fe80::1%eth0',
      '64:ff9b::a00:1',
      '2002:7f00:1::',
      'nonsense',
    ]) {
      assert.equal(isPrivateAddress(address), true, address);
    }
    for (const address of ['8.8.8.8', '172.32.0.1', '2606:4700:4700::1111'])
      assert.equal(isPrivateAddress(address), false, address);
  });

  it('[RL-13] hostile HTML does not hang or overflow the converter', () => {
    const started = performance.now();
    htmlToMarkdown('<table>'.repeat(2000), 'https://example.org/');
    htmlToMarkdown('<b><i>'.repeat(5000), 'https://example.org/');
    htmlToMarkdown(
      `<a href="javascript:alert(1)">x</a><img src="data:image/png;base64,${'A'.repeat(100_000)}">`,
      'https://example.org/',
    );
    assert.ok(performance.now() - started < 20_000);
  });
});
