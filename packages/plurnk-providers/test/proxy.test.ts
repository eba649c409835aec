import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer as createSecureServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { createProvider, depsFromEnvironment, type ModelAlias, type Provider } from '../src/index.ts';
import { proxyFor, proxyFromEnvironment } from '../src/transport/proxy.ts';
import { type ModelServer, sendEvents, startModelServer } from './support/model-server.ts';
import { type ProxyOptions, type ProxyServer, startProxyServer } from './support/proxy-server.ts';
import { instantClock } from './support/test-clock.ts';

const messages = [{ role: 'user', content: 'hello' }] as const;
const signal = new AbortController().signal;
const ANSWER = [
  `data: ${JSON.stringify({ id: 'x', model: 'm', choices: [{ index: 0, delta: { content: 'hi' } }] })}\n\n`,
  `data: ${JSON.stringify({ id: 'x', model: 'm', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}\n\n`,
  'data: [DONE]\n\n',
];
const HOST = 'models.example';

describe('a proxy', () => {
  let server: ModelServer;
  let secure: Server;
  let trusted: readonly string[] = [];
  const proxies: ProxyServer[] = [];

  before(async function () {
    this.timeout(30_000);
    server = await startModelServer();
    const { key, cert } = await makeCertificate();
    secure = createSecureServer({ key, cert }, (_request, response) => sendEvents(response, ANSWER));
    await new Promise<void>(resolve => secure.listen(0, '127.0.0.1', resolve));
    trusted = tls.getCACertificates('default');
    tls.setDefaultCACertificates([...trusted, cert]);
  });
  after(async () => {
    tls.setDefaultCACertificates([...trusted]);
    for (const proxy of proxies) await proxy.close();
    await new Promise(resolve => secure.close(resolve));
    await server.close();
  });

  const portOf = (url: string): number => Number(new URL(url).port);
  async function open(options: Partial<ProxyOptions> = {}): Promise<ProxyServer> {
    const proxy = await startProxyServer({ port: () => (secure.address() as AddressInfo).port, ...options });
    proxies.push(proxy);
    return proxy;
  }
  function make(baseUrl: string, env: Record<string, string>, editor: string | null = null): Promise<Provider> {
    const alias: ModelAlias = { alias: 'a', provider: 'openai', model: 'm', baseUrl, apiKey: 'key-of-the-test' };
    return createProvider(alias, { ...depsFromEnvironment(env, editor), clock: instantClock(), maxAttempts: 1 });
  }

  it('[#8] carries https through CONNECT: end to end, under the certificate of the endpoint', async () => {
    const proxy = await open();
    const provider = await make(`https://${HOST}/v1`, { HTTPS_PROXY: proxy.url });
    const { text } = await provider.generate({ messages, signal });
    assert.equal(text, 'hi');
    assert.deepEqual(proxy.asked, [`CONNECT ${HOST}:443`]);
    const other = await make('https://elsewhere.example/v1', { HTTPS_PROXY: proxy.url });
    await assert.rejects(other.generate({ messages, signal }), { kind: 'tls_failure' });
  });

  it('[#8] forwards http, with the name and password of its address', async () => {
    server.answer((_seen, response) => sendEvents(response, ANSWER));
    const proxy = await open({ port: () => portOf(server.root) });
    const provider = await make(`http://${HOST}:8080/v1`, { http_proxy: proxy.url.replace('//', '//me:p%40ss@') });
    assert.equal((await provider.generate({ messages, signal })).text, 'hi');
    assert.deepEqual(proxy.asked, [`POST http://${HOST}:8080/v1/chat/completions`]);
    assert.equal(proxy.credentials(), `Basic ${Buffer.from('me:p@ss').toString('base64')}`);
    assert.equal(server.seen[0]?.headers.host, `${HOST}:8080`);
  });

  it('[#8] of the editor (http.proxy) wins over the environment', async () => {
    const [theirs, ours] = [await open(), await open()];
    const provider = await make(`https://${HOST}/v1`, { HTTPS_PROXY: ours.url }, theirs.url);
    await provider.generate({ messages, signal });
    assert.deepEqual([theirs.asked.length, ours.asked.length], [1, 0]);
  });

  it('[#8] is never used for this machine, nor for what NO_PROXY names', async () => {
    server.answer((_seen, response) => sendEvents(response, ANSWER));
    const proxy = await open();
    await (await make(`${server.root}/v1`, { HTTP_PROXY: proxy.url })).generate({ messages, signal });
    assert.deepEqual(proxy.asked, []);
    const settings = proxyFromEnvironment({ ALL_PROXY: 'proxy:3128', NO_PROXY: 'corp.example, .own.example:8443' });
    const used = (url: string): string | undefined => proxyFor(new URL(url), settings)?.host;
    assert.deepEqual(
      ['https://api.example/', 'http://a.corp.example/', 'https://own.example:8443/', 'https://own.example/'].map(used),
      ['proxy:3128', undefined, undefined, 'proxy:3128'],
    );
  });

  for (const [refuse, sentence] of [
    [407, /asks for a name and a password/],
    [403, /refuses the way to the model \(403\)/],
  ] as const) {
    it(`[UI-15] that answers ${refuse} is named in the sentence, for https and http`, async () => {
      const proxy = await open({ refuse });
      const address = proxy.url.replace('//', '//me:password-of-the-proxy@');
      const provider = await make(`https://${HOST}/v1`, { HTTPS_PROXY: address });
      const failed = await provider.generate({ messages, signal }).catch((error: Error) => error);
      assert.match(String(failed), sentence);
      assert.match(String(failed), new RegExp(proxy.url.slice(7)));
      assert.doesNotMatch(JSON.stringify(failed), /password-of-the-proxy/);
      if (refuse === 407) {
        const plain = await make(`http://${HOST}/v1`, { HTTP_PROXY: address });
        await assert.rejects(plain.generate({ messages, signal }), { kind: 'forbidden', message: sentence });
      }
    });
  }

  it('[UI-15] that cannot be reached is named; a cancel ends the wait for one that says nothing', async () => {
    const provider = await make(`https://${HOST}/v1`, { HTTPS_PROXY: 'http://127.0.0.1:9' });
    const message = 'The proxy 127.0.0.1:9 cannot be reached. Check HTTPS_PROXY or http.proxy.';
    await assert.rejects(provider.generate({ messages, signal }), { kind: 'network_failure', message });
    const asked = Promise.withResolvers<void>();
    server.answer(() => asked.resolve());
    const mute = await make(`http://${HOST}/v1`, { HTTP_PROXY: (await open({ port: () => portOf(server.root) })).url });
    const controller = new AbortController();
    const waiting = mute.generate({ messages, signal: controller.signal });
    await asked.promise;
    controller.abort();
    await assert.rejects(waiting, { kind: 'cancelled' });
  });
});

async function makeCertificate(): Promise<{ key: string; cert: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'plurnk-proxy-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', `/CN=${HOST}`, '-addext', `subjectAltName=DNS:${HOST}`];
  const made = [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    key,
    '-out',
    cert,
    '-days',
    '1',
    ...subject,
  ];
  execFileSync('openssl', made, { stdio: 'ignore' });
  const read = { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
  await rm(folder, { recursive: true });
  return read;
}
