/**
 * TLS servers with real certificates for `localhost`. The certificates in `tls/` were made with openssl from one key. `ca.pem` has
 * signed `trusted`, `expired` (2021) and `elsewhere` (another host name). `self-signed` is signed by itself. All but `expired` are
 * valid from 2020 to 2125.
 */
import { readFileSync } from 'node:fs';
import https from 'node:https';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export type Certificate = 'trusted' | 'expired' | 'elsewhere' | 'self-signed';

const folder = new URL('tls/', import.meta.url);

/** Path of the CA certificate, for NODE_EXTRA_CA_CERTS. */
export const authority = fileURLToPath(new URL('ca.pem', folder));

/** Starts a server that stops after the test. Resolves with `https://localhost:port`. */
export async function startTls(
  certificate: Certificate,
  listener: RequestListener = (_request, response) => response.end(),
): Promise<string> {
  const [key, cert] = ['key', certificate].map((name) => readFileSync(new URL(`${name}.pem`, folder)));
  const server = https.createServer({ key: key!, cert: cert! }, listener);
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `https://localhost:${(server.address() as AddressInfo).port}`;
}
