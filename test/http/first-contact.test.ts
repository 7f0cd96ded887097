/** The answers to a browser or program that knows only the root URL. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestService, type TestService } from '../support/service.js';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ graphiql: true });
});
afterAll(() => service.stop());

const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

it('a browser that opens / is redirected to GraphiQL', async () => {
  const response = await fetch(`${service.origin}/`, { headers: html });
  expect([response.redirected, response.url, response.status]).toEqual([
    true,
    `${service.origin}/graphql`,
    200,
  ]);
  expect(await response.text()).toContain('<main id="graphiql"');
});

it('a program that requests / gets a list of URLs, and each of them exists', async () => {
  const told = (await (await fetch(`${service.origin}/`)).json()) as object;
  expect(told).toEqual({
    graphql: '/graphql',
    schema: '/schema.graphql',
    health: { live: '/health/live', ready: '/health/ready' },
    metrics: '/metrics',
  });
  for (const path of Object.values(told).flatMap((each: string | object) =>
    typeof each === 'string' ? [each] : Object.values(each as Record<string, string>),
  )) {
    const { status } = await fetch(
      `${service.origin}${path}${path === '/graphql' ? '?query={__typename}' : ''}`,
    );
    expect([path, status]).toEqual([path, 200]);
  }
});

it.each([
  '/',
  '/graphql?query={__typename}',
  '/graphql/?query={__typename}',
  '/schema.graphql',
  '/health/live',
])('HEAD %s has the status and headers of GET', async (path) => {
  const [got, head] = [
    await fetch(service.origin + path),
    await fetch(service.origin + path, { method: 'HEAD' }),
  ];
  expect([head.status, head.headers.get('content-type')]).toEqual([200, got.headers.get('content-type')]);
  expect(await head.text()).toBe('');
});

it('a GraphQL mutation in a HEAD request is not executed', async () => {
  const { status } = await fetch(`${service.origin}/graphql?query=mutation{a}`, { method: 'HEAD' });
  expect(status).toBe(405);
});
