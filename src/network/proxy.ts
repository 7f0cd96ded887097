/**
 * Sends HTTPS requests through the proxy in HTTPS_PROXY, as company networks require. It opens a CONNECT tunnel, with
 * end-to-end TLS inside.
 */
import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import { codeOf } from '../errors.js';

/** Returns the proxy for a host. Undefined if the host is reached without a proxy. */
export type ProxyOf = (host: string) => URL | undefined;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads HTTPS_PROXY and NO_PROXY, in upper or lower case, as other programs do. Hosts of this machine need no proxy.
 */
export function proxyIn(env: Environment): ProxyOf {
  const told = env['HTTPS_PROXY'] || env['https_proxy'];
  if (!told) return () => undefined;
  const proxy = /^\w+:\/\//.test(told) ? told : `http://${told}`;
  const exempt = (env['NO_PROXY'] || env['no_proxy'] || '').split(/[\s,]+/).filter(Boolean);
  return (host) => (isLocal(host) || exempt.some((name) => covers(name, host)) ? undefined : urlOf(proxy));
}

/**
 * Returns the proxy's URL. If it is invalid, returns the URL of a proxy that cannot be reached, because a direct
 * connection would contradict the setting.
 */
function urlOf(text: string): URL {
  return URL.canParse(text) ? new URL(text) : new URL('http://proxy.invalid');
}

function isLocal(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[?::1\]?)$/i.test(host);
}

/**
 * Whether an entry in NO_PROXY includes a host: the host itself, or one of its parent domains; `*` includes every
 * host.
 */
function covers(name: string, host: string): boolean {
  const bare = name
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/^\*?\./, '');
  const asked = host.toLowerCase();
  return bare === '*' || asked === bare || asked.endsWith(`.${bare}`);
}

/**
 * Adds the proxy to an agent.
 * @param ms maximum number of milliseconds until a tunnel is open or refused
 */
export function withProxy(agent: https.Agent, proxyOf: ProxyOf, ms: number): https.Agent {
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const { host, port } = options;
    const proxy = proxyOf(host ?? '');
    if (!proxy || !host) return connect(options, callback);
    tunnel(proxy, `${host.includes(':') ? `[${host}]` : host}:${port ?? 443}`, ms).then(
      (socket) => {
        const inside = { ...options, socket };
        callback?.(null, connect(inside)!);
      },
      (error: Error) => callback?.(error, undefined as never),
    );
    return undefined;
  };
  return agent;
}

function tunnel(proxy: URL, target: string, ms: number): Promise<Duplex> {
  const isSecure = proxy.protocol === 'https:';
  const { request } = isSecure ? https : http;
  return new Promise((resolve, reject) => {
    const asking = request({
      host: proxy.hostname.replaceAll(/[[\]]/g, ''),
      port: proxy.port || (isSecure ? 443 : 80),
      method: 'CONNECT',
      path: target,
      headers: { host: target, ...credentialsOf(proxy) },
      agent: false,
      timeout: ms,
    });
    asking.once('connect', ({ statusCode = 0 }, socket) => {
      if (statusCode === 200) return resolve(socket.setTimeout(0));
      socket.destroy();
      return reject(failure(statusCode === 407 ? 'HTTP_407' : 'PROXY_REFUSED'));
    });
    asking.once('timeout', () => asking.destroy(failure('PROXY_UNREACHED')));
    asking.once('error', (error) =>
      reject(failure(/^(HPE_|EPROTO|ERR_SSL)/.test(codeOf(error)) ? 'PROXY_BAD_ANSWER' : 'PROXY_UNREACHED')),
    );
    asking.end();
  });
}

function credentialsOf({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '') return {};
  const pair = [username, password].map(decodeURIComponent).join(':');
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** Creates an error that has only a code, because the URL of a proxy may contain a password. */
function failure(code: string): Error {
  return Object.assign(new Error('The proxy gave no tunnel'), { code });
}
