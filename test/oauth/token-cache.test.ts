/** The token cache on a simulated clock, over an endpoint whose responses the test controls. */
import { describe, expect, test } from 'vitest';
import { PmsError } from '../../src/errors.js';
import { ConnectionFailure } from '../../src/network/connection-failure.js';
import { createTokenCache } from '../../src/oauth/token-cache.js';
import type { Token, TokenEndpoint } from '../../src/oauth/token-endpoint.js';
import { TokenRefusal } from '../../src/oauth/token-refusal.js';
import { createMemoryStore } from '../../src/store/memory-store.js';
import type { Store } from '../../src/store/store.js';

const second = 1_000;
const minute = 60 * second;

interface Flight {
  readonly answer: (value: string, lifetime?: number) => Promise<void>;
  readonly fail: (error: unknown) => Promise<void>;
}

interface StartOptions {
  readonly random?: () => number;
  readonly store?: Store;
  readonly clock?: { at: number };
}

function start({ random = () => 0.5, store, clock = { at: 0 } }: StartOptions = {}) {
  const flights: { readonly give: (token: Token) => void; readonly fail: (error: unknown) => void }[] = [];
  const failures: unknown[] = [];
  const secret = { now: 'secret' };
  const endpoint: TokenEndpoint = {
    request: () => new Promise((give, fail) => flights.push({ give, fail })),
    credentials: () => secret.now,
    get requests() {
      return flights.length;
    },
  };
  const onFailure = (error: unknown): void => void failures.push(error);
  const cache = createTokenCache({
    endpoint,
    now: () => clock.at,
    random,
    onFailure,
    store: store ?? createMemoryStore({ now: () => clock.at }),
  });
  const tokens = {
    async token(signal?: AbortSignal) {
      const value = await cache.token(signal);
      // Waits until all background work is done.
      await idle();
      return value;
    },
    invalidate: cache.invalidate,
    accept: cache.accept,
    close: cache.close,
    get requests() {
      return flights.length;
    },
    get waits() {
      return cache.waits;
    },
    get failure() {
      return cache.failure;
    },
  };
  /** Returns a token request by its number, from 0, or the last one for -1, once all pending work is done. */
  const flight = (number: number): Flight => ({
    async answer(value, lifetime = 3_600 * second) {
      await idle();
      flights.at(number)?.give({ value, lifetime });
      await idle();
    },
    async fail(error) {
      await idle();
      flights.at(number)?.fail(error);
      await idle();
    },
  });
  return { tokens, flight, clock, failures, secret };
}

const idle = (): Promise<void> => new Promise(setImmediate);

/** Returns a cache with the token `first`, requested at 0. */
async function warm(lifetime = 3_600 * second, options = {}) {
  const started = start(options);
  const token = started.tokens.token();
  await started.flight(0).answer('first', lifetime);
  await token;
  return started;
}

function transient(retryAfter?: number): PmsError {
  return new PmsError('TOKEN_UNAVAILABLE', 'down', retryAfter === undefined ? {} : { retryAfter });
}

function permanent(): PmsError {
  const cause = new TokenRefusal('HTTP 401: invalid_client', 'invalid_client', true, 'AADSTS7000222');
  return new PmsError('TOKEN_UNAVAILABLE', 'refused', { status: 401, cause });
}

describe('a token cache without a token', () => {
  test('sends one token request for 500 simultaneous callers', async () => {
    const { tokens, flight } = start();
    const waiting = Promise.all(Array.from({ length: 500 }, () => tokens.token()));
    await flight(0).answer('first');
    expect(new Set(await waiting)).toEqual(new Set(['first']));
    expect(tokens.requests).toBe(1);
  });

  test('fails all waiting callers with the same error if its token request fails', async () => {
    const { tokens, flight } = start();
    const waiting = Promise.allSettled(Array.from({ length: 500 }, () => tokens.token()));
    await flight(0).fail(transient());
    expect((await waiting).every(({ status }) => status === 'rejected')).toBe(true);
    expect(tokens.requests).toBe(1);
  });

  test('lets one caller abort while the others continue to wait', async () => {
    const { tokens, flight } = start();
    const leaving = new AbortController();
    const left = tokens.token(leaving.signal);
    const waiting = tokens.token(new AbortController().signal);
    const reason = new Error('gone');
    leaving.abort(reason);
    await expect(left).rejects.toBe(reason);
    await flight(0).answer('first');
    expect(await waiting).toBe('first');
  });

  test('sends no token request for a caller that has already aborted', async () => {
    const { tokens } = start();
    const reason = new Error('gone');
    await expect(tokens.token(AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(tokens.requests).toBe(0);
  });
});

describe('a cached access token', () => {
  test('is used without a request as long as it is fresh', async () => {
    const { tokens, clock } = await warm();
    clock.at = 0.69 * 3_600 * second;
    expect(await tokens.token()).toBe('first');
    expect(tokens.requests).toBe(1);
  });

  test('has a lifetime that begins with its request, and not with the response', async () => {
    const { tokens, flight, clock } = start();
    const waiting = tokens.token();
    await idle();
    clock.at = 50 * second;
    await flight(0).answer('first', 60 * second);
    await waiting;
    clock.at = 55 * second;
    void tokens.token();
    await idle();
    expect(tokens.requests).toBe(2);
  });

  test.each([
    [0, 0.7],
    [1, 0.8],
  ])('is renewed, with the random number %d, after the fraction %d of its lifetime', async (draw, share) => {
    const { tokens, clock } = await warm(1_000 * second, { random: () => draw });
    clock.at = share * 1_000 * second - 1;
    await tokens.token();
    expect(tokens.requests).toBe(1);
    clock.at = share * 1_000 * second;
    await tokens.token();
    expect(tokens.requests).toBe(2);
  });

  test('that is due for renewal is renewed by one request in the background, and no caller waits', async () => {
    const { tokens, flight, clock } = await warm();
    clock.at = 0.9 * 3_600 * second;
    const served = await Promise.all(Array.from({ length: 50 }, () => tokens.token()));
    expect(new Set(served)).toEqual(new Set(['first']));
    expect(tokens.requests).toBe(2);
    await flight(1).answer('second');
    expect(await tokens.token()).toBe('second');
  });

  test('is not used in its last minute if the token endpoint grants a new one', async () => {
    const { tokens, flight, clock } = await warm();
    clock.at = 3_541 * second;
    const waiting = tokens.token();
    await flight(1).answer('second');
    expect(await waiting).toBe('second');
  });

  test('with a short lifetime makes callers wait only in the last tenth of this lifetime', async () => {
    const { tokens, flight, clock } = await warm(10 * second);
    clock.at = 8.9 * second;
    expect(await tokens.token()).toBe('first');
    await flight(1).answer('second', 10 * second);
    clock.at += 9.1 * second;
    const waiting = tokens.token();
    await flight(2).answer('third', 10 * second);
    expect(await waiting).toBe('third');
  });
});

describe('a failed renewal of the access token', () => {
  test('causes no error until the last second of the old token', async () => {
    const { tokens, flight, clock } = await warm();
    clock.at = 3_000 * second;
    expect(await tokens.token()).toBe('first');
    await flight(1).fail(transient());
    clock.at = 3_599 * second;
    const waiting = tokens.token();
    await flight(2).fail(transient());
    expect(await waiting).toBe('first');
    expect(await tokens.token()).toBe('first');
    clock.at = 3_600 * second;
    await expect(tokens.token()).rejects.toMatchObject({ code: 'TOKEN_UNAVAILABLE' });
  });

  test('is repeated after growing pauses, and not for each caller', async () => {
    const { tokens, flight, clock } = await warm(36_000 * second, { random: () => 1 });
    clock.at = 30_000 * second;
    const pauses: number[] = [];
    for (let attempt = 1; attempt <= 8; attempt++) {
      const before = clock.at;
      while (tokens.requests === attempt) {
        await tokens.token();
        if (tokens.requests === attempt) clock.at += 500;
      }
      pauses.push((clock.at - before) / second);
      await flight(attempt).fail(transient());
    }
    expect(pauses).toEqual([0, 2, 4, 8, 16, 32, 60, 60]);
  });

  test('is reported until a token request succeeds, while the old token is still used', async () => {
    const { tokens, flight, clock } = await warm();
    expect(tokens.failure).toBeUndefined();
    clock.at = 3_000 * second;
    expect(await tokens.token()).toBe('first');
    const error = permanent();
    await flight(1).fail(error);
    expect(tokens.failure).toBe(error);
    clock.at += minute;
    await tokens.token();
    await flight(2).answer('second');
    expect(tokens.failure).toBeUndefined();
  });

  test('has short pauses again after a success in between', async () => {
    const { tokens, flight, clock } = await warm(3_600 * second, { random: () => 1 });
    clock.at = 3_000 * second;
    for (const attempt of [1, 2, 3]) {
      await tokens.token();
      await flight(attempt).fail(transient());
      clock.at += minute;
    }
    await tokens.token();
    await flight(4).answer('second');
    clock.at += 3_000 * second;
    await tokens.token();
    await flight(5).fail(transient());
    clock.at += 2 * second;
    await tokens.token();
    expect(tokens.requests).toBe(7);
  });

  test('is repeated after the time in Retry-After, and not earlier', async () => {
    const { tokens, flight, clock } = await warm();
    clock.at = 3_000 * second;
    await tokens.token();
    await flight(1).fail(transient(90));
    clock.at += 90 * second - 1;
    await tokens.token();
    expect(tokens.requests).toBe(2);
    clock.at += 1;
    await tokens.token();
    expect(tokens.requests).toBe(3);
  });

  test('fails each caller at once with the same error until the pause is over, if there is no old token', async () => {
    const { tokens, flight, clock } = start({ random: () => 1 });
    const cold = tokens.token().catch((error: unknown) => error);
    const down = transient();
    await flight(0).fail(down);
    expect(await cold).toBe(down);
    clock.at = 2 * second - 1;
    await expect(tokens.token()).rejects.toBe(down);
    expect(tokens.requests).toBe(1);
    clock.at = 2 * second;
    const retried = tokens.token();
    await flight(1).answer('first');
    expect(await retried).toBe('first');
  });

  test('is logged once, however many callers wait', async () => {
    const { tokens, flight, failures } = start();
    const waiting = Promise.allSettled(Array.from({ length: 20 }, () => tokens.token()));
    const down = transient();
    await flight(0).fail(down);
    await waiting;
    await tokens.token().catch(() => undefined);
    expect(failures).toEqual([down]);
  });

  test('with a permanent error is repeated once a minute', async () => {
    const { tokens, flight, clock } = start({ random: () => 0 });
    for (clock.at = 0; clock.at < 10 * minute; clock.at += second) {
      const asked = tokens.token().catch(() => undefined);
      await flight(-1).fail(permanent());
      await asked;
    }
    expect(tokens.requests).toBe(10);
  });
});

describe('an access token that the upstream refuses with 401', () => {
  test('is replaced by one token request, however many upstream requests were refused', async () => {
    const { tokens, flight } = await warm();
    const refusals = await Promise.all(Array.from({ length: 50 }, () => tokens.invalidate('first')));
    expect(refusals).not.toContain(false);
    const waiting = Promise.all(Array.from({ length: 50 }, () => tokens.token()));
    await flight(1).answer('second');
    expect(new Set(await waiting)).toEqual(new Set(['second']));
    expect(tokens.requests).toBe(2);
  });

  test('does not remove a newer token if the refusal arrives late', async () => {
    const { tokens, flight } = await warm();
    await tokens.invalidate('first');
    const renewed = tokens.token();
    await flight(1).answer('second');
    await renewed;
    expect(await tokens.invalidate('first')).toBe(true);
    expect(await tokens.token()).toBe('second');
    expect(tokens.requests).toBe(2);
  });

  test('is replaced at once if the upstream accepted the token at first', async () => {
    const { tokens, flight } = await warm();
    await tokens.invalidate('first');
    const renewed = tokens.token();
    await flight(1).answer('second');
    await renewed;
    tokens.accept('second');
    expect(await tokens.invalidate('second')).toBe(true);
    void tokens.token();
    await idle();
    expect(tokens.requests).toBe(3);
  });

  test('costs at most two token requests in any minute, if every new token is refused', async () => {
    const { tokens, flight, clock } = await warm();
    const askedAt = [0];
    for (clock.at = 0; clock.at < 10 * minute; clock.at += second) {
      const known = tokens.requests;
      if (!(await tokens.invalidate(await tokens.token()))) continue;
      const renewal = tokens.token();
      await flight(-1).answer(`token-${clock.at}`);
      await renewal;
      if (tokens.requests > known) askedAt.push(clock.at);
    }
    const perMinute = askedAt.map((from) => askedAt.filter((at) => at >= from && at < from + minute).length);
    expect(Math.max(...perMinute)).toBe(2);
    expect(askedAt).toHaveLength(11);
  });

  test('is not replaced again within the minute if the token endpoint returned the same token', async () => {
    const { tokens, flight } = await warm();
    await tokens.invalidate('first');
    const renewed = tokens.token();
    await flight(1).answer('first');
    expect(await renewed).toBe('first');
    expect(await tokens.invalidate('first')).toBe(false);
    expect(tokens.requests).toBe(2);
  });

  test('is replaced by a token that was already requested, and after its refusal by a third one', async () => {
    const { tokens, flight, clock } = await warm();
    clock.at = 3_000 * second;
    await tokens.token();
    await tokens.invalidate('first');
    const joined = tokens.token();
    await flight(1).answer('second');
    expect(await joined).toBe('second');
    expect(await tokens.invalidate('second')).toBe(true);
    const renewed = tokens.token();
    await flight(2).answer('third');
    expect(await renewed).toBe('third');
    expect(await tokens.invalidate('third')).toBe(false);
  });
});

describe('an access token in its last minute', () => {
  test('is used after a short wait if the token endpoint does not respond', async () => {
    const { tokens, clock } = await warm(10 * second);
    clock.at = 9.9 * second;
    expect(await tokens.token()).toBe('first');
    expect([tokens.requests, tokens.waits]).toEqual([2, 2]);
  });
});

describe('replicas that share tokens in a store', () => {
  /** Two replicas with one clock. */
  function fleet(options: StartOptions = {}) {
    const clock = { at: 0 };
    const store = createMemoryStore({ now: () => clock.at });
    const [one, two] = [start({ ...options, store, clock }), start({ ...options, store, clock })];
    return { one, two, clock };
  }

  /** Both replicas have the token `first`, which one of them requested. */
  async function warmFleet() {
    const started = fleet();
    const token = started.one.tokens.token();
    await started.one.flight(0).answer('first');
    expect([await token, await started.two.tokens.token()]).toEqual(['first', 'first']);
    return started;
  }

  test('send one token request at their start', async () => {
    const { one, two } = fleet();
    const waiting = Promise.all([one.tokens.token(), two.tokens.token()]);
    await idle();
    expect(one.tokens.requests + two.tokens.requests).toBe(1);
    await (one.tokens.requests ? one : two).flight(0).answer('first');
    expect(await waiting).toEqual(['first', 'first']);
    expect(one.tokens.requests + two.tokens.requests).toBe(1);
  });

  test('use the token that another replica has renewed, without a request', async () => {
    const { one, two, clock } = await warmFleet();
    clock.at = 3_000 * second;
    await one.tokens.token();
    await one.flight(1).answer('second');
    expect(await two.tokens.token()).toBe('first');
    expect(await two.tokens.token()).toBe('second');
    expect([one.tokens.requests, two.tokens.requests, two.tokens.waits]).toEqual([2, 0, 1]);
  });

  test('count the lifetime of a token from its request, whichever replica sent it', async () => {
    const { one, two, clock } = fleet();
    const token = one.tokens.token();
    await idle();
    clock.at = 50 * second;
    await one.flight(0).answer('first', 60 * second);
    await token;
    clock.at = 55 * second;
    void two.tokens.token();
    await idle();
    expect(two.tokens.requests).toBe(1);
  });

  test('send one token request if all of them get 401 for a token', async () => {
    const { one, two } = await warmFleet();
    expect(await Promise.all([one, two].map(({ tokens }) => tokens.invalidate('first')))).toEqual([
      true,
      true,
    ]);
    const waiting = Promise.all([one.tokens.token(), two.tokens.token()]);
    await idle();
    const asking = [one, two].find(({ tokens }) => tokens.requests > (tokens === one.tokens ? 1 : 0));
    await asking?.flight(-1).answer('second');
    expect(await waiting).toEqual(['second', 'second']);
    expect(one.tokens.requests + two.tokens.requests).toBe(2);
  });

  test('send at most two token requests a minute together if every token is refused', async () => {
    const { one, two, clock } = await warmFleet();
    for (clock.at = 0; clock.at < 10 * minute; clock.at += second) {
      for (const { tokens, flight } of [one, two]) {
        if (!(await tokens.invalidate(await tokens.token()))) continue;
        const renewal = tokens.token();
        await flight(-1).answer(`token-${clock.at}`);
        await renewal;
      }
    }
    expect(one.tokens.requests + two.tokens.requests).toBe(11);
  });

  test('all pause after the token endpoint failed for one of them, and report the reason', async () => {
    const { one, two, clock } = fleet();
    const failed = one.tokens.token().catch((error: unknown) => error);
    await one.flight(0).fail(permanent());
    expect(await failed).toMatchObject({ code: 'TOKEN_UNAVAILABLE' });
    clock.at = 59 * second;
    await expect(two.tokens.token()).rejects.toMatchObject({
      message: 'refused',
      status: 401,
      retryAfter: 1,
      cause: {
        name: 'TokenRefusal',
        message: 'HTTP 401: invalid_client',
        isPermanent: true,
        entraCode: 'AADSTS7000222',
      },
    });
    expect([two.tokens.requests, two.failures]).toEqual([0, []]);
    clock.at = minute;
    const asked = two.tokens.token();
    await two.flight(0).answer('first');
    expect(await asked).toBe('first');
  });

  test('report the same cause if the connection to the token endpoint failed', async () => {
    const { one, two } = fleet();
    const failed = one.tokens.token().catch((error: unknown) => error);
    const cause = new ConnectionFailure('CERT_HAS_EXPIRED', 'PMS_TOKEN_URL');
    await one.flight(0).fail(new PmsError('TOKEN_UNAVAILABLE', 'unreached', { cause }));
    await failed;
    await expect(two.tokens.token()).rejects.toMatchObject({ cause });
  });

  test('do not pause after the token endpoint refused other credentials', async () => {
    const { one, two } = fleet();
    const failed = one.tokens.token().catch((error: unknown) => error);
    await one.flight(0).fail(permanent());
    await failed;
    two.secret.now = 'another';
    const asked = two.tokens.token();
    await two.flight(0).answer('first');
    expect(await asked).toBe('first');
    one.secret.now = 'another';
    expect(await one.tokens.token()).toBe('first');
  });

  test('use a stored token in its last minute if the token endpoint fails at their start', async () => {
    const { one, two, clock } = fleet();
    const token = one.tokens.token();
    await one.flight(0).answer('first');
    await token;
    clock.at = 3_599 * second;
    const late = two.tokens.token();
    await two.flight(0).fail(transient());
    expect(await late).toBe('first');
  });

  test('are not delayed if the process of one replica ends during its token request', async () => {
    const { one, two } = fleet();
    const ended = one.tokens.token().catch(() => 'ended');
    await idle();
    const waiting = two.tokens.token();
    const closing = one.tokens.close();
    await one.flight(0).fail(new Error('aborted'));
    await closing;
    expect(await ended).toBe('ended');
    await new Promise((resolve) => setTimeout(resolve, 300));
    await two.flight(0).answer('first');
    expect(await waiting).toBe('first');
    expect(one.failures).toEqual([]);
  });
});
