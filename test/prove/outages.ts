/** Kinds of server failures, for the token endpoint and for the upstream. */
import type { ServerResponse } from 'node:http';

/** `refused`: no server listens. `black hole`: no response. */
export const outages = ['refused', 'reset', 'black hole', '503', '429', 'html', 'truncated'] as const;
export type Outage = (typeof outages)[number];

/** @param echo the request, which the service must not repeat */
export const failures: Readonly<Record<Outage, (response: ServerResponse, echo: string) => void>> = {
  refused: (response) => void response.destroy(),
  reset: (response) => void response.socket?.resetAndDestroy(),
  'black hole': () => undefined,
  503: (response, echo) => void response.writeHead(503).end(echo),
  429: (response) =>
    void response
      .writeHead(429, { 'content-type': 'application/json', 'retry-after': '1' })
      .end(JSON.stringify({ error: 'temporarily_unavailable' })),
  html: (response, echo) =>
    void response.writeHead(200, { 'content-type': 'text/html' }).end(`<p>${echo}</p>`),
  truncated: (response) =>
    void response
      .writeHead(200, { 'content-type': 'application/json' })
      .end('{"token_type":"Bearer","resourceType":"Bundle","expires_in":3599,"access_to'),
};
