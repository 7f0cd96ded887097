/** HTTPS through a proxy: real tunnels to a TLS server, and proxies that refuse, require credentials, or are no proxies. */
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import fetch from 'node-fetch';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createSend } from '../../src/fhir/http.js';
import { connectionFailureIn } from '../../src/network/connection-failure.js';
import { proxyIn, withProxy } from '../../src/network/proxy.js';
import { authority, startTls } from '../support/tls.js';

interface Proxy {
  readonly url: string;
  readonly asked: { readonly target: string | undefined; readonly authorization: string | undefined }[];
}

/** Starts a proxy that opens tunnels to the requested port on this machine, or answers with another status. */
async function startProxy(status = 200): Promise<Proxy> {
  const asked: Proxy['asked'] = [];
  const sockets = new Set<net.Socket>();
  const server = http.createServer().on('connect', (request, socket: net.Socket) => {
    asked.push({ target: request.url, authorization: request.headers['proxy-authorization'] });
    sockets.add(socket.on('error', () => undefined));
    if (status !== 200) return socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
    const port = Number(request.url?.split(':').at(-1));
    const there = net.connect(port, 'localhost', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(there).pipe(socket);
    });
    return sockets.add(there.on('error', () => undefined));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

async function failureThrough(proxy: string, connectTimeoutMs = 20_000): Promise<string | undefined> {
  const proxyOf = proxyIn({ HTTPS_PROXY: proxy });
  const send = createSend({ proxyOf, connectTimeoutMs, timeoutMs: 20_000, place: 'PMS_TOKEN_URL' });
  onTestFinished(send.destroy);
  return send({ method: 'GET', url: new URL('https://upstream.test/'), headers: {} }).then(
    () => expect.unreachable('it answered'),
    (error: unknown) => connectionFailureIn(error)?.message,
  );
}

describe('a proxy in the variable HTTPS_PROXY', () => {
  it('connects to a host that this machine cannot reach, with TLS to the end, and gets only its own credentials', async () => {
    const { port } = new URL(
      await startTls('trusted', ({ headers }, response) => response.end(JSON.stringify(headers))),
    );
    const proxy = await startProxy();
    const proxyOf = proxyIn({ HTTPS_PROXY: proxy.url.replace('//', '//user:pass%20word@') });
    const agent = withProxy(new https.Agent({ ca: readFileSync(authority) }), proxyOf, 20_000);
    onTestFinished(() => agent.destroy());
    const response = await fetch(`https://upstream.test:${port}/`, { agent });
    expect(await response.json()).not.toHaveProperty('proxy-authorization');
    const authorization = `Basic ${Buffer.from('user:pass word').toString('base64')}`;
    expect(proxy.asked).toEqual([{ target: `upstream.test:${port}`, authorization }]);
  });

  it.each([
    [407, /^HTTP_407 at PMS_TOKEN_URL: a proxy in between requires credentials\. Put them into HTTPS_PROXY/],
    [403, /^PROXY_REFUSED at PMS_TOKEN_URL: .* does not let this connection through/],
    [502, /^PROXY_REFUSED /],
  ])('that answers %i is reported with the message $1', async (status, told) => {
    expect(await failureThrough((await startProxy(status)).url)).toMatch(told);
  });

  it.each(['http://user:hidden@127.0.0.1:1', 'no url at all'])(
    'with the unreachable URL %s is reported without this URL',
    async (url) => {
      const told = await failureThrough(url);
      expect(told).toMatch(
        /^PROXY_UNREACHED at PMS_TOKEN_URL: the proxy that HTTPS_PROXY names cannot be reached/,
      );
      expect(told).not.toMatch(/hidden|127\.0/);
    },
  );

  it('that is another server than a proxy is reported', async () => {
    const server = net.createServer((socket) => void socket.once('data', () => socket.end('220 mail\r\n')));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    expect(await failureThrough(`127.0.0.1:${port}`)).toMatch(/^PROXY_BAD_ANSWER /);
  });

  it('that does not respond causes the time-out of a connection', async () => {
    const server = net.createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await failureThrough(`http://127.0.0.1:${port}`, 100)).toMatch(/^PROXY_UNREACHED /);
  });
});

describe('the proxy for a host, with NO_PROXY,', () => {
  const env = {
    https_proxy: 'proxy.test:3128',
    NO_PROXY: 'intern.test, .suffix.test,*.star.test,port.test:443',
  };

  it.each([
    ['upstream.test', 'http://proxy.test:3128/'],
    ['notintern.test', 'http://proxy.test:3128/'],
    ['intern.test', undefined],
    ['a.intern.test', undefined],
    ['a.suffix.test', undefined],
    ['a.star.test', undefined],
    ['PORT.test', undefined],
    ['localhost', undefined],
    ['127.0.0.1', undefined],
    ['::1', undefined],
  ])('is, for %s, %s', (host, proxy) => {
    expect(proxyIn(env)(host)?.href).toBe(proxy);
  });

  it('is undefined for every host if NO_PROXY is `*` or no proxy is set', () => {
    expect(proxyIn({ ...env, NO_PROXY: '*' })('upstream.test')).toBeUndefined();
    expect(proxyIn({})('upstream.test')).toBeUndefined();
  });
});
