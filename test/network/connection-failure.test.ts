/** Connection failures: the report of each has the place and the cure, but nothing of the URL. */
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PmsError } from '../../src/errors.js';
import { createSend, type SendOptions } from '../../src/fhir/http.js';
import { ConnectionFailure, connectionFailureIn } from '../../src/network/connection-failure.js';
import { startTls } from '../support/tls.js';

async function failureAt(url: string, options: SendOptions = {}): Promise<ConnectionFailure | undefined> {
  const send = createSend(options);
  onTestFinished(send.destroy);
  return send({ method: 'GET', url: new URL(url), headers: {} }).then(
    () => expect.unreachable('it answered'),
    connectionFailureIn,
  );
}

async function startSocket(onData: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined).once('data', () => onData(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `//127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

describe('a connection that fails', () => {
  it('because of an unknown certificate authority is reported with how to trust it', async () => {
    expect(await failureAt(await startTls('trusted'), { place: 'PMS_TOKEN_URL' })).toMatchObject({
      code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      place: 'PMS_TOKEN_URL',
      message: expect.stringMatching(
        /^UNABLE_TO_VERIFY_LEAF_SIGNATURE at PMS_TOKEN_URL: the certificate is signed by an authority that this machine does not know\. Set NODE_EXTRA_CA_CERTS /,
      ) as string,
    });
  });

  it('because of a self-signed certificate is reported with this reason', async () => {
    expect((await failureAt(await startTls('self-signed')))?.message).toMatch(
      /^DEPTH_ZERO_SELF_SIGNED_CERT at PMS_BASE_URL: the certificate is self-signed\./,
    );
  });

  it.each([
    [
      'because nobody listens at the port',
      'http://127.0.0.1:1/',
      'ECONNREFUSED',
      'no program listens at this host and port',
    ],
    ['because DNS does not know the host', 'http://no-such-host.invalid/', /^(ENOTFOUND|EAI_AGAIN)$/, 'DNS'],
  ])('is reported as $2 %s', async (_title, url, code, what) => {
    const failure = await failureAt(url);
    expect(failure?.code).toMatch(code);
    expect(failure?.message).toContain(what);
    expect(failure?.message).not.toContain('invalid');
  });

  it.each<[string, 'http' | 'https', (socket: Socket) => void, string]>([
    ['a reset', 'http', (socket) => socket.resetAndDestroy(), 'ECONNRESET'],
    [
      'a response body that ends too early',
      'http',
      (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{'),
      'ECONNRESET',
    ],
    ['a request without a response', 'http', () => undefined, 'NO_ANSWER'],
    ['a TLS handshake without a response', 'https', () => undefined, 'ETIMEDOUT'],
    ['plain HTTP instead of TLS', 'https', (socket) => socket.end('HTTP/1.1 400 No\r\n\r\n'), 'EPROTO'],
    [
      'a proxy that requires credentials',
      'http',
      (socket) => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'),
      'HTTP_407',
    ],
  ])('after %s is reported as $3', async (_title, scheme, onData, code) => {
    const failure = await failureAt(`${scheme}:${await startSocket(onData)}`, {
      // The other time limits are long, because a busy machine is slow.
      timeoutMs: code === 'NO_ANSWER' ? 150 : 20_000,
      connectTimeoutMs: code === 'ETIMEDOUT' ? 50 : 20_000,
    });
    expect(failure?.code).toMatch(code);
    expect(failure?.message).not.toContain('the connection failed');
  });
});

describe('the table of connection failures', () => {
  it.each([
    ['EAI_AGAIN', 'the DNS server did not answer'],
    ['CERT_HAS_EXPIRED', 'the certificate has expired'],
    ['CERT_NOT_YET_VALID', 'the certificate is not valid yet'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'the certificate is for another host name'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'signed by an authority that this machine does not know'],
    ['UNABLE_TO_DECRYPT_CRL_SIGNATURE', 'is not accepted'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'does not speak TLS correctly'],
    ['HPE_INVALID_CONSTANT', 'does not speak HTTP correctly'],
    ['EXYZ', 'the connection failed'],
  ])('has a text for %s, and says what to do', (code, what) => {
    const { message, cure } = new ConnectionFailure(code, 'PMS_BASE_URL');
    expect(message).toContain(`${code} at PMS_BASE_URL: `);
    expect(message).toContain(what);
    expect(message.endsWith(cure) && cure.endsWith('.')).toBe(true);
  });

  it('has a neutral text for an unknown code', () => {
    expect(new ConnectionFailure('a secret', 'PMS_BASE_URL').code).toBe('UNKNOWN');
    expect(new ConnectionFailure('constructor', 'PMS_BASE_URL').message).not.toContain('constructor');
  });

  it('is used for the innermost cause of an error', () => {
    const cause = new ConnectionFailure('ENOTFOUND', 'PMS_BASE_URL');
    const around = new PmsError('TOKEN_UNAVAILABLE', '', {
      cause: new PmsError('UPSTREAM_UNAVAILABLE', '', { cause }),
    });
    expect(connectionFailureIn(around)).toBe(cause);
    expect(connectionFailureIn(new Error('another'))).toBeUndefined();
  });
});
