/** Clients take turns at the upstream: a client with many requests delays only itself. */
import { request } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { startTestService } from '../support/service.js';

it('a client with one request is answered before another client’s forty earlier requests are all answered', async () => {
  const service = await startTestService({
    profile: 'everything',
    maxConcurrency: 1,
    sandbox: { latency: 10 },
  });
  onTestFinished(() => service.stop());
  const order: string[] = [];
  const ask = (from: string, id: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const sent = request(
        `${service.origin}/graphql`,
        { method: 'POST', localAddress: from, headers: { 'content-type': 'application/json' } },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          response.on('end', () => {
            expect(JSON.parse(text)).toHaveProperty('data.product');
            order.push(from);
            resolve();
          });
        },
      );
      sent.on('error', reject);
      sent.end(JSON.stringify({ query: `{ product(id: "${600_000_000_000 + id}") { pmsId } }` }));
    });
  const many = Array.from({ length: 40 }, (_, at) => ask('127.0.0.1', at + 1));
  await Promise.race(many);
  await Promise.all([ask('127.0.0.2', 50), ...many]);
  expect(order).toHaveLength(41);
  // On a busy machine some of the forty are answered before the other client sends its request. With turns it still
  // overtakes most of them.
  expect(order.indexOf('127.0.0.2')).toBeLessThan(30);
});
