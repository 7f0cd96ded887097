/** The token cache on a fake clock, over an endpoint whose answers the test holds back or lets go. */
import { describe, expect, test } from 'vitest';
import { PmsError } from '../../src/errors.js';
import { createTokenCache } from '../../src/oauth/token-cache.js';
import type { Token } from '../../src/oauth/token-endpoint.js';
import { TokenRefusal } from '../../src/oauth/token-refusal.js';

const second = 1_000;
const minute = 60 * second;

interface Flight {
  readonly answer: (value: string, lifetime?: number) => Promise<void>;
  readonly fail: (error: unknown) => Promise<void>;
}

function start({ random = (): number => 0.5 } = {}) {
  const flights: Flight[] = [];
  const failures: unknown[] = [];
  const clock = { at: 0 };
  const endpoint = {
    request: () =>
      new Promise<Token>((resolve, reject) => {
        flights.push({
          answer: (value, lifetime = 3_600 * second) => settle(() => resolve({ value, lifetime })),
          fail: (error) => settle(() => reject(error)),
        });
      }),
    get requests() {
      return flights.length;
    },
  };
  const onFailure = (error: unknown): void => void failures.push(error);
  const tokens = createTokenCache({ endpoint, now: () => clock.at, random, onFailure });
  return { tokens, flights, clock, failures };
}

async function settle(act: () => void): Promise<void> {
  act();
  await new Promise(setImmediate);
}

/** A cache that holds the token `first`, asked for at 0. */
async function warm(lifetime = 3_600 * second, options = {}) {
  const started = start(options);
  const token = started.tokens.token();
  await started.flights[0]?.answer('first', lifetime);
  await token;
  return started;
}

function transient(retryAfter?: number): PmsError {
  return new PmsError('TOKEN_UNAVAILABLE', 'down', retryAfter === undefined ? {} : { retryAfter });
}

function permanent(): PmsError {
  const cause = new TokenRefusal('HTTP 401: invalid_client', 'invalid_client', true);
  return new PmsError('TOKEN_UNAVAILABLE', 'refused', { status: 401, cause });
}

describe('a cold start', () => {
  test('makes one token request for 500 concurrent callers', async () => {
    const { tokens, flights } = start();
    const waiting = Promise.all(Array.from({ length: 500 }, () => tokens.token()));
    await flights[0]?.answer('first');
    expect(new Set(await waiting)).toEqual(new Set(['first']));
    expect(tokens.requests).toBe(1);
  });

  test('fails all of them alike when the request fails', async () => {
    const { tokens, flights } = start();
    const waiting = Promise.allSettled(Array.from({ length: 500 }, () => tokens.token()));
    await flights[0]?.fail(transient());
    expect((await waiting).every(({ status }) => status === 'rejected')).toBe(true);
    expect(tokens.requests).toBe(1);
  });

  test('lets one caller leave while the others go on waiting', async () => {
    const { tokens, flights } = start();
    const leaving = new AbortController();
    const left = tokens.token(leaving.signal);
    const waiting = tokens.token(new AbortController().signal);
    const reason = new Error('gone');
    leaving.abort(reason);
    await expect(left).rejects.toBe(reason);
    await flights[0]?.answer('first');
    expect(await waiting).toBe('first');
  });

  test('asks for nothing on behalf of a caller who has left already', async () => {
    const { tokens } = start();
    const reason = new Error('gone');
    await expect(tokens.token(AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(tokens.requests).toBe(0);
  });
});

describe('a token', () => {
  test('is used without a request as long as it is fresh', async () => {
    const { tokens, clock } = await warm();
    clock.at = 0.69 * 3_600 * second;
    expect(await tokens.token()).toBe('first');
    expect(tokens.requests).toBe(1);
  });

  test('lives from the moment that it was asked for, not from its arrival', async () => {
    const { tokens, flights, clock } = start();
    const waiting = tokens.token();
    clock.at = 50 * second;
    await flights[0]?.answer('first', 60 * second);
    await waiting;
    clock.at = 55 * second;
    void tokens.token();
    expect(tokens.requests).toBe(2);
  });

  test.each([
    [0, 0.7],
    [1, 0.8],
  ])('with a draw of %d turns soft at %d of its life', async (draw, share) => {
    const { tokens, clock } = await warm(1_000 * second, { random: () => draw });
    clock.at = share * 1_000 * second - 1;
    await tokens.token();
    expect(tokens.requests).toBe(1);
    clock.at = share * 1_000 * second;
    await tokens.token();
    expect(tokens.requests).toBe(2);
  });

  test('that turned soft is renewed once in the background, and nobody waits', async () => {
    const { tokens, flights, clock } = await warm();
    clock.at = 0.9 * 3_600 * second;
    const served = await Promise.all(Array.from({ length: 50 }, () => tokens.token()));
    expect(new Set(served)).toEqual(new Set(['first']));
    expect(tokens.requests).toBe(2);
    await flights[1]?.answer('second');
    expect(await tokens.token()).toBe('second');
  });

  test('in its last minute is not used while a new one is to be had', async () => {
    const { tokens, flights, clock } = await warm();
    clock.at = 3_541 * second;
    const waiting = tokens.token();
    await flights[1]?.answer('second');
    expect(await waiting).toBe('second');
  });

  test('that lives shortly is waited for only in the last tenth of its life', async () => {
    const { tokens, flights, clock } = await warm(10 * second);
    clock.at = 8.9 * second;
    expect(await tokens.token()).toBe('first');
    await flights[1]?.answer('second', 10 * second);
    clock.at += 9.1 * second;
    const waiting = tokens.token();
    await flights[2]?.answer('third', 10 * second);
    expect(await waiting).toBe('third');
  });
});

describe('a failing renewal', () => {
  test('fails nobody while the token lives, to its last second', async () => {
    const { tokens, flights, clock } = await warm();
    clock.at = 3_000 * second;
    expect(await tokens.token()).toBe('first');
    await flights[1]?.fail(transient());
    clock.at = 3_599 * second;
    const waiting = tokens.token();
    await flights[2]?.fail(transient());
    expect(await waiting).toBe('first');
    expect(await tokens.token()).toBe('first');
    clock.at = 3_600 * second;
    await expect(tokens.token()).rejects.toMatchObject({ code: 'TOKEN_UNAVAILABLE' });
  });

  test('is repeated with growing pauses, not on each call', async () => {
    const { tokens, flights, clock } = await warm(36_000 * second, { random: () => 1 });
    clock.at = 30_000 * second;
    const pauses: number[] = [];
    for (let attempt = 1; attempt <= 8; attempt++) {
      const before = clock.at;
      while (tokens.requests === attempt) {
        await tokens.token();
        if (tokens.requests === attempt) clock.at += 500;
      }
      pauses.push((clock.at - before) / second);
      await flights[attempt]?.fail(transient());
    }
    expect(pauses).toEqual([0, 2, 4, 8, 16, 32, 60, 60]);
  });

  test('starts over with short pauses after a success', async () => {
    const { tokens, flights, clock } = await warm(3_600 * second, { random: () => 1 });
    clock.at = 3_000 * second;
    for (const attempt of [1, 2, 3]) {
      await tokens.token();
      await flights[attempt]?.fail(transient());
      clock.at += minute;
    }
    await tokens.token();
    await flights[4]?.answer('second');
    clock.at += 3_000 * second;
    await tokens.token();
    await flights[5]?.fail(transient());
    clock.at += 2 * second;
    await tokens.token();
    expect(tokens.requests).toBe(7);
  });

  test('waits as long as Retry-After says, and never less', async () => {
    const { tokens, flights, clock } = await warm();
    clock.at = 3_000 * second;
    await tokens.token();
    await flights[1]?.fail(transient(90));
    clock.at += 90 * second - 1;
    await tokens.token();
    expect(tokens.requests).toBe(2);
    clock.at += 1;
    await tokens.token();
    expect(tokens.requests).toBe(3);
  });

  test('without a token to fall back on fails at once with the same error until the pause is over', async () => {
    const { tokens, flights, clock } = start({ random: () => 1 });
    const cold = tokens.token().catch((error: unknown) => error);
    const down = transient();
    await flights[0]?.fail(down);
    expect(await cold).toBe(down);
    clock.at = 2 * second - 1;
    await expect(tokens.token()).rejects.toBe(down);
    expect(tokens.requests).toBe(1);
    clock.at = 2 * second;
    const retried = tokens.token();
    await flights[1]?.answer('first');
    expect(await retried).toBe('first');
  });

  test('is reported once, however many waited for it', async () => {
    const { tokens, flights, failures } = start();
    const waiting = Promise.allSettled(Array.from({ length: 20 }, () => tokens.token()));
    const down = transient();
    await flights[0]?.fail(down);
    await waiting;
    await tokens.token().catch(() => undefined);
    expect(failures).toEqual([down]);
  });

  test('that is permanent is tried again once a minute', async () => {
    const { tokens, flights, clock } = start({ random: () => 0 });
    for (clock.at = 0; clock.at < 10 * minute; clock.at += second) {
      const asked = tokens.token().catch(() => undefined);
      await flights.at(-1)?.fail(permanent());
      await asked;
    }
    expect(tokens.requests).toBe(10);
  });
});

describe('a refused token', () => {
  test('is replaced by one request, however many were refused with it', async () => {
    const { tokens, flights } = await warm();
    expect(Array.from({ length: 50 }, () => tokens.invalidate('first'))).not.toContain(false);
    const waiting = Promise.all(Array.from({ length: 50 }, () => tokens.token()));
    await flights[1]?.answer('second');
    expect(new Set(await waiting)).toEqual(new Set(['second']));
    expect(tokens.requests).toBe(2);
  });

  test('that is refused late does not evict the newer one', async () => {
    const { tokens, flights } = await warm();
    tokens.invalidate('first');
    const renewed = tokens.token();
    await flights[1]?.answer('second');
    await renewed;
    expect(tokens.invalidate('first')).toBe(true);
    expect(await tokens.token()).toBe('second');
    expect(tokens.requests).toBe(2);
  });

  test('is renewed again at once when the upstream took the last renewal', async () => {
    const { tokens, flights } = await warm();
    tokens.invalidate('first');
    void tokens.token();
    await flights[1]?.answer('second');
    tokens.accept('second');
    expect(tokens.invalidate('second')).toBe(true);
    void tokens.token();
    expect(tokens.requests).toBe(3);
  });

  test('for good costs no more than two requests in any minute', async () => {
    const { tokens, flights, clock } = await warm();
    const askedAt = [0];
    for (clock.at = 0; clock.at < 10 * minute; clock.at += second) {
      const known = tokens.requests;
      if (!tokens.invalidate(await tokens.token())) continue;
      const renewal = tokens.token();
      await flights.at(-1)?.answer(`token ${clock.at}`);
      await renewal;
      if (tokens.requests > known) askedAt.push(clock.at);
    }
    const perMinute = askedAt.map((from) => askedAt.filter((at) => at >= from && at < from + minute).length);
    expect(Math.max(...perMinute)).toBe(2);
    expect(askedAt).toHaveLength(11);
  });

  test('is not replaced by one that was on its way when it was refused, once a later one is here', async () => {
    const { tokens, flights, clock } = await warm();
    clock.at = 3_000 * second;
    await tokens.token();
    tokens.invalidate('first');
    const renewed = tokens.token();
    await flights[2]?.answer('third');
    expect(await renewed).toBe('third');
    await flights[1]?.answer('second');
    expect(await tokens.token()).toBe('third');
  });

  test('is not held against the endpoint when an older request fails late', async () => {
    const { tokens, flights, clock } = await warm();
    clock.at = 3_000 * second;
    await tokens.token();
    tokens.invalidate('first');
    const renewed = tokens.token();
    await flights[1]?.fail(permanent());
    await flights[2]?.answer('third');
    expect(await renewed).toBe('third');
    clock.at += 3_000 * second;
    await tokens.token();
    expect(tokens.requests).toBe(4);
  });
});
