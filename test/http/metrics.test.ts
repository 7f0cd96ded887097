/** `/metrics`: the counts are right, and no client can add a time series. */
import { setTimeout as after } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { hasRedisServer, needsRedis, startRedis } from '../support/redis.js';
import { startTestService, type TestService } from '../support/service.js';
import { isQuick } from '../support/tier.js';

let service: TestService;
afterEach(() => service.stop());

async function metrics(): Promise<string> {
  const response = await fetch(`${service.origin}/metrics`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  return response.text();
}

/** Returns the values by name and labels, as they are written. */
async function values(): Promise<ReadonlyMap<string, number>> {
  const lines = (await metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const [, series = '', written = ''] = /^(\S+(?: \S+)*?) (\S+)$/.exec(line) ?? [];
      const value = written === '+Inf' ? Infinity : Number(written);
      expect(Number.isNaN(value), line).toBe(false);
      return [series.replace(/^pms_graphql_/, ''), value];
    }),
  );
}

function sum(all: ReadonlyMap<string, number>, beginning: string): number {
  return [...all].reduce((total, [series, value]) => total + (series.startsWith(beginning) ? value : 0), 0);
}

describe('the page /metrics', () => {
  it('counts every request to the upstream', async () => {
    service = await startTestService({ profile: 'search', cacheTtlMs: 60_000, isKnown: true });
    const before = await values();
    await service.query('{ product(id: "600000000003") { name packages { nodes { id } } } }');
    await service.query('{ product(id: "600000000003") { name packages { nodes { id } } } }');
    const after = await values();
    const grown = (beginning: string): number => sum(after, beginning) - sum(before, beginning);
    expect(grown('upstream_request_duration_seconds_count')).toBe(service.sandbox.requests.length);
    expect(grown('operation_upstream_requests_sum')).toBe(service.sandbox.requests.length);
    expect(grown('operation_duration_seconds_count{outcome="whole"}')).toBe(2);
    expect(grown('cache_hits_total')).toBeGreaterThan(0);
    expect(grown('http_request_duration_seconds_count{route="graphql",status="2xx"}')).toBe(2);
    expect(grown('upstream_received_bytes_total')).toBeGreaterThan(0);
    expect(after.get('token_requests_total')).toBe(1);
    expect(after.get('upstream_down')).toBe(0);
    expect(after.get('info{version="0.0.0",upstream="sandbox"}')).toBe(1);
  });

  it.skipIf(isQuick)(
    'counts no upstream failure if the client disconnects during its operation',
    async () => {
      service = await startTestService({ profile: 'everything', sandbox: { latency: 100 } });
      const left = new AbortController();
      const asked = fetch(`${service.origin}/graphql?query={product(id:"600000000001"){name}}`, {
        signal: left.signal,
      });
      setTimeout(() => left.abort(), 50);
      await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
      let all = await values();
      while (sum(all, 'operation_duration_seconds_count{outcome="abandoned"}') === 0) {
        await after(20);
        all = await values();
      }
      expect(sum(all, 'errors_total')).toBe(0);
    },
  );

  it('counts errors by code, and incomplete answers', async () => {
    service = await startTestService({ profile: 'everything' });
    await service.query('{ nonsense }');
    await service.query('{ products(first: 0) { nodes { name } } }');
    await service.query('{ product(id: "600000000001") { name } }');
    await service.sandbox.stop();
    await service.query('{ product(id: "600000000003") { name } }');
    const all = await values();
    expect(all.get('errors_total{code="GRAPHQL_VALIDATION_FAILED"}')).toBe(1);
    expect(all.get('errors_total{code="BAD_USER_INPUT"}')).toBe(1);
    expect(all.get('errors_total{code="UPSTREAM_UNAVAILABLE"}')).toBe(1);
    expect(
      sum(all, 'upstream_request_duration_seconds_count{outcome="UPSTREAM_UNAVAILABLE"}'),
    ).toBeGreaterThan(0);
    expect(all.get('operation_duration_seconds_count{outcome="refused"}')).toBe(1);
    expect(all.get('operation_duration_seconds_count{outcome="partial"}')).toBe(1);
  });

  it('states the seconds until the client secret expires', async () => {
    const secretExpires = new Date(Date.now() + 30.5 * 86_400_000);
    service = await startTestService({ secretExpires });
    const all = await values();
    expect(all.get('secret_days_left')).toBe(30);
    expect(all.get('secret_expires_timestamp_seconds')).toBe(secretExpires.getTime() / 1_000);
  });

  it.skipIf(isQuick)('has a limited number of time series, whatever clients send', async () => {
    service = await startTestService({ profile: 'search' });
    const names = Array.from({ length: 500 }, (_, at) => `n${at}`);
    const hostile = async (name: string): Promise<void> => {
      const url = `${service.origin}/${name}"}{=\\n`;
      await Promise.all([
        fetch(`${url}?${name}`),
        fetch(`${service.origin}/graphql`, { method: 'DELETE', headers: { [`x-${name}`]: name } }),
        fetch(`${service.origin}/graphql/${name}`, { method: 'POST', body: name }),
        service.query(`query ${name} { ${name}: product(id: "${name}") { name } }`),
        service.query(`{ ${name} }`),
        service.query(
          `{ products(filter: { name: "${name}" }) { nodes { name } } }`,
          {},
          { 'x-request-id': name },
        ),
      ]);
    };
    for (const name of names.slice(0, 20)) await hostile(name);
    // The request for the metrics is counted as well.
    await metrics();
    const before = (await values()).size;
    for (const name of names.slice(20)) await hostile(name);
    const after = await values();
    expect(after.size).toBe(before);
    expect(after.size).toBeLessThan(500);
    expect([...after.keys()].filter((series) => /n\d/.test(series))).toEqual([]);
  });

  it.skipIf(!hasRedisServer)(`states whether the shared store is reachable (${needsRedis})`, async () => {
    const redis = await startRedis();
    service = await startTestService({ profile: 'everything', redisUrl: redis.url, cacheTtlMs: 60_000 });
    await service.query('{ product(id: "600000000001") { name } }');
    expect((await values()).get('store_up')).toBe(1);
    await redis.stop();
    await service.query('{ product(id: "600000000003") { name } }');
    expect((await values()).get('store_up')).toBe(0);
  });
});
