/** Four replicas over one real Redis: a token that the upstream had accepted is replaced whenever it is revoked. */
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { PmsError } from '../../src/errors.js';
import { createTokenCache, type TokenCache } from '../../src/oauth/token-cache.js';
import type { TokenEndpoint } from '../../src/oauth/token-endpoint.js';
import { withToken } from '../../src/oauth/with-token.js';
import { createRedisStore } from '../../src/store/redis-store.js';
import { hasRedisServer, needsRedis, startRedis, type RedisServer } from '../support/redis.js';

describe.skipIf(!hasRedisServer)(`four replicas over one Redis (${needsRedis})`, () => {
  let redis: RedisServer;
  let client: Redis;
  beforeAll(async () => {
    redis = await startRedis();
    client = new Redis(redis.url);
  });
  beforeEach(() => client.flushall());
  afterAll(async () => {
    client.disconnect();
    await redis.stop();
  });

  interface Call {
    readonly url: URL;
    readonly headers: Readonly<Record<string, string>>;
    readonly signal?: AbortSignal;
  }

  const origin = 'https://pms.example';
  let worlds = 0;

  /** @param lifetime of a token, in milliseconds */
  function start(lifetime = 3_600_000) {
    const scope = `world ${++worlds}`;
    let [given, revoked, isDown] = [0, 0, false];
    let retryAfter: number | undefined;
    const isLetIn = (token: string): boolean => Number(token.split('-')[1]) > revoked;
    const endpoint: TokenEndpoint = {
      async request() {
        given += 1;
        if (isDown)
          throw new PmsError('TOKEN_UNAVAILABLE', 'down', retryAfter === undefined ? {} : { retryAfter });
        return { value: `token-${given}`, lifetime };
      },
      credentials: () => 'secret',
      get requests() {
        return given;
      },
    };
    const clock = { skew: 0 };
    const replicas = Array.from({ length: 4 }, () => {
      const store = createRedisStore({ url: redis.url, patienceMs: 5_000 });
      const tokens: TokenCache = createTokenCache({
        endpoint,
        store,
        subject: [scope],
        now: () => performance.now() + clock.skew,
      });
      onTestFinished(async () => {
        await tokens.close();
        await store.close();
      });
      const plain = async ({ url, headers, signal }: Call): Promise<{ readonly status: number }> => {
        signal?.throwIfAborted();
        await new Promise(setImmediate);
        if (url.pathname === '/never') return { status: 401 };
        return { status: isLetIn(headers['Authorization']?.slice('Bearer '.length) ?? '') ? 200 : 401 };
      };
      return { send: withToken(plain, { tokens, origin }), tokens };
    });
    const call = (path = '/x'): Call => ({ url: new URL(path, origin), headers: {} });
    const burst = async (): Promise<readonly number[]> => {
      const calls = replicas.flatMap(({ send }) => Array.from({ length: 50 }, () => send(call())));
      return (await Promise.all(calls)).map(({ status }) => status);
    };
    return {
      replicas,
      call,
      burst,
      clock,
      given: () => given,
      revoke: () => void (revoked = given),
      fail(seconds?: number) {
        isDown = true;
        retryAfter = seconds;
      },
      recover: () => void (isDown = false),
    };
  }

  const all = (status: number): unknown =>
    expect.toSatisfy((got: number[]) => got.every((s) => s === status));

  it('replace a token that is revoked twice within a minute, even if no request was repeated with it', async () => {
    const { replicas, call, burst, revoke, given } = start();
    expect(await burst()).toEqual(all(200));
    revoke();
    // The client that caused the new token has left before its request was repeated.
    const token = await replicas[0]?.tokens.token();
    expect(await replicas[0]?.tokens.invalidate(token ?? '')).toBe(true);
    expect(await replicas[0]?.send(call())).toEqual({ status: 200 });
    expect(given()).toBe(2);
    revoke();
    expect(await burst()).toEqual(all(200));
    expect(given()).toBe(3);
  });

  it('replace a revoked token even if only another replica had a request accepted with it', async () => {
    const { replicas, call, revoke, given } = start();
    await Promise.all(replicas.map(({ send }) => send(call())));
    revoke();
    const [one, other] = replicas;
    const token = (await one?.tokens.token()) ?? '';
    await one?.tokens.invalidate(token);
    await one?.send(call());
    await other?.tokens.invalidate(token);
    await other?.tokens.token();
    revoke();
    expect(await other?.send(call())).toEqual({ status: 200 });
    expect(given()).toBe(3);
  });

  it('send one token request each time, if tokens are revoked ten times in a row', async () => {
    const { burst, revoke, given } = start();
    await burst();
    for (let time = 2; time <= 11; time += 1) {
      revoke();
      expect(await burst()).toEqual(all(200));
      expect(given()).toBe(time);
    }
  });

  it('send few token requests a minute if one upstream path always answers 401 and other paths accept the token', async () => {
    const { replicas, call, clock, given } = start();
    const [one] = replicas;
    for (let at = 0; at < 600; at += 1) {
      clock.skew += 1_000;
      expect(await one?.send(call('/never'))).toEqual({ status: 401 });
      expect(await one?.send(call())).toEqual({ status: 200 });
    }
    // Token requests follow after 1, 2, 4, … 32 s, and then once a minute.
    expect(given()).toBeLessThanOrEqual(1 + 7 + 9);
  });

  it('try a token endpoint again within an hour, although it requested a pause of 31 years', async () => {
    const { replicas, call, fail, recover, given } = start();
    const [one, other] = replicas;
    fail(999_999_999);
    await expect(one?.send(call())).rejects.toMatchObject({ retryAfter: 3_600 });
    recover();
    await expect(other?.send(call())).rejects.toMatchObject({ code: 'TOKEN_UNAVAILABLE', retryAfter: 3_600 });
    expect(given()).toBe(1);
    const [key = ''] = await client.keys('*:rest:*');
    expect(await client.pttl(key)).toBeLessThanOrEqual(3_600_000);
    // An entry with such a time to live, of an earlier version or of another program.
    await client.pexpire(key, 999_999_999_000);
    expect(await replicas[2]?.send(call())).toEqual({ status: 200 });
  });

  it('use no token after its lifetime, whatever time to live Redis reports', async () => {
    const { replicas, clock, given } = start(10_000);
    await replicas[0]?.tokens.token();
    for (const key of await client.keys('*:value')) await client.pexpire(key, 999_999_999_000);
    await replicas[1]?.tokens.token();
    expect(given()).toBe(1);
    clock.skew += 10_000;
    const token = replicas[1]?.tokens.token();
    await expect(token).resolves.toMatch(/^token-/);
    expect(replicas[1]?.tokens.waits).toBe(2);
  });
});
