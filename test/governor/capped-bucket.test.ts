/** A cap for some requests: their own bucket before the common bucket. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createCappedBucket } from '../../src/governor/capped-bucket.js';
import { createMemoryBucket } from '../../src/governor/memory-bucket.js';
import { createLog } from '../../src/log.js';
import { openAccess } from '../../src/service.js';
import { hasRedisServer, needsRedis, startRedis } from '../support/redis.js';
import { isQuick } from '../support/tier.js';

describe('a part of the rate limit for background requests', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function open(capLimit: number, limit: number) {
    const cap = createMemoryBucket({ limit: capLimit, windowMs: 60_000 });
    const bucket = createMemoryBucket({ limit, windowMs: 60_000 });
    return { cap, bucket, capped: createCappedBucket({ cap, bucket, keepMs: 2_000 }) };
  }

  test('permits no more than its maximum, and its permits count for the common limit', async () => {
    const { bucket, capped } = open(4, 20);
    expect((await capped.acquire(9)).granted).toBe(2);
    expect(capped.rate.limit).toBe(4);
    expect((await bucket.acquire(20)).granted).toBe(8);
  });

  test('permits no more than the common limit leaves, and unused permits stay valid for a short time', async () => {
    const { cap, bucket, capped } = open(8, 10);
    await bucket.acquire(4);
    expect((await capped.acquire(3)).granted).toBe(1);
    // Of three permits of the cap, two were not used.
    expect((await cap.acquire(8)).granted).toBe(1);
    vi.advanceTimersByTime(1_000);
    expect((await capped.acquire(2)).granted).toBe(0);
    vi.advanceTimersByTime(60_000);
    expect((await capped.acquire(2)).granted).toBe(2);
  });

  test('permits nothing during a pause', async () => {
    const { cap, capped } = open(8, 10);
    await capped.hold(30_000, false);
    expect(await capped.acquire(2)).toEqual({ granted: 0, waitMs: 30_000 });
    expect((await cap.acquire(8)).granted).toBe(4);
  });
});

describe.skipIf(!hasRedisServer)(
  `a part of the rate limit that several processes share (${needsRedis})`,
  () => {
    test.skipIf(isQuick)('is a maximum for all of them together in any minute', async () => {
      const redis = await startRedis();
      const times: number[] = [];
      const server = http.createServer((_request, response) => {
        times.push(performance.now());
        response.writeHead(404).end();
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
      const [limit, share, windowMs] = [40, 0.25, 1_000];
      const accesses = [1, 2, 3].map(() =>
        openAccess({
          config: {
            timeoutMs: 5_000,
            cacheTtlMs: 0,
            cacheMaxBytes: 1_000_000,
            rateLimit: limit,
            rateWindowMs: windowMs,
            share,
          },
          secrets: {
            clientSecret: undefined,
            clientSecretNext: undefined,
            cursorKey: undefined,
            redisUrl: redis.url,
            redisEncryptionKeys: undefined,
          },
          upstream: { kind: 'fhir', baseUrl: new URL(base) },
          log: createLog('silent'),
        }),
      );
      onTestFinished(async () => {
        await Promise.all(accesses.map((access) => access.close()));
        server.closeAllConnections();
        server.close();
        await redis.stop();
      });
      const url = new URL(`${base}/Ingredient`);
      await Promise.all(
        accesses.flatMap(({ send }) =>
          Array.from({ length: 4 }, () => send({ method: 'GET', url, headers: {}, priority: 'bulk' })),
        ),
      );
      expect(times).toHaveLength(12);
      const inWindow = times.map((from) => times.filter((at) => at >= from && at < from + windowMs).length);
      expect(Math.max(...inWindow)).toBeLessThanOrEqual(limit * share);
    });
  },
);
