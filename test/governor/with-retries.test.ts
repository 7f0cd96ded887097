/** Retries: which requests are sent again, how often, and the outcome without a retry. */
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { PmsError } from '../../src/errors.js';
import { createSend, type HttpAnswer, type HttpRequest, type Send } from '../../src/fhir/http.js';
import { withRetries, type RetryBudget } from '../../src/governor/with-retries.js';
import { json, startUpstream } from '../support/upstream.js';

const base = new URL('https://pms.example/v1/');
const generous: RetryBudget = { earn: () => undefined, spend: () => true };

function answer(status: number): HttpAnswer {
  return {
    status,
    retryAfter: undefined,
    headers: new Map<string, string>(),
    body: Buffer.alloc(0),
  } as never;
}

function start(outcomes: readonly (number | PmsError)[], budget: RetryBudget = generous) {
  let sent = 0;
  const upstream: Send = async (request) => {
    request.take?.();
    const outcome = outcomes[Math.min(sent, outcomes.length - 1)] ?? 200;
    sent += 1;
    if (outcome instanceof PmsError) throw outcome;
    return answer(outcome);
  };
  const send = withRetries(upstream, { budget });
  return {
    sent: () => sent,
    ask: (request: Partial<HttpRequest> = {}) =>
      send({ method: 'GET', url: new URL('Ingredient', base), headers: {}, ...request }).then(
        ({ status }) => status,
        (error: unknown) => (error instanceof PmsError ? error.code : String((error as Error).name)),
      ),
  };
}

const refusedConnection = new PmsError('UPSTREAM_UNAVAILABLE', 'The upstream cannot be reached.');
const slowConnection = new PmsError('UPSTREAM_TIMEOUT', 'The upstream did not answer in time.', {
  cause: Object.assign(new Error('The exchange broke'), { code: 'ETIMEDOUT' }),
});

describe('an upstream request that reads', () => {
  test.each([408, 429, 502, 503, 504, refusedConnection, slowConnection])(
    'is sent again after %s, and its second response is used',
    async (failure) => {
      const { ask, sent } = start([failure, failure, 200]);
      expect(await ask()).toBe(200);
      expect(sent()).toBe(3);
    },
  );

  test('is sent three times at most, and its last response or error is returned', async () => {
    const { ask, sent } = start([503, refusedConnection, 502, 200]);
    expect(await ask()).toBe(502);
    expect(sent()).toBe(3);
  });

  test.each([
    200,
    400,
    401,
    404,
    500,
    501,
    new PmsError('UPSTREAM_BAD_RESPONSE', 'a redirect'),
    new PmsError('UPSTREAM_TIMEOUT', 'all of its time is used up'),
    new PmsError('UPSTREAM_BUDGET_EXCEEDED', 'spent'),
  ])('is not sent again after %s', async (outcome) => {
    const { ask, sent } = start([outcome, 200]);
    expect(await ask()).toBe(outcome instanceof PmsError ? outcome.code : outcome);
    expect(sent()).toBe(1);
  });

  test('may be a search by POST', async () => {
    const { ask, sent } = start([503, 200]);
    expect(await ask({ method: 'POST', url: new URL('Ingredient/_search', base) })).toBe(200);
    expect(sent()).toBe(2);
  });

  test('takes each retry from its budget, and returns its response if the budget is spent', async () => {
    let left = 2;
    const { ask, sent } = start([503, 200]);
    const take = (): void => {
      if (left === 0) throw new PmsError('UPSTREAM_BUDGET_EXCEEDED', 'spent');
      left -= 1;
    };
    expect(await ask({ take })).toBe(200);
    expect(await ask({ take })).toBe('UPSTREAM_BUDGET_EXCEEDED');
    left = 1;
    const other = start([429, 200]);
    expect(await other.ask({ take })).toBe(429);
    expect([sent(), other.sent()]).toEqual([2, 1]);
  });

  test('returns its response if the governor refuses the retry', async () => {
    let calls = 0;
    const send = withRetries(
      async (request) => {
        if ((calls += 1) > 1) throw new PmsError('OVERLOADED', 'too many');
        request.take?.();
        return answer(429);
      },
      { budget: generous },
    );
    expect(await send({ method: 'GET', url: base, headers: {} })).toMatchObject({ status: 429 });
    expect(calls).toBe(2);
  });

  test('is not sent again if its deadline is near or its client has disconnected', async () => {
    const { ask, sent } = start([503, 200]);
    expect(await ask({ deadline: performance.now() + 100 })).toBe(503);
    expect(sent()).toBe(1);
    const controller = new AbortController();
    const leaving = start([503, 200]);
    const asked = leaving.ask({ signal: controller.signal });
    controller.abort(new DOMException('gone', 'AbortError'));
    expect(['AbortError', 503]).toContain(await asked);
    await setTimeout(500);
    expect(leaving.sent()).toBe(1);
  });
});

test('an upstream request that does not read is sent once', async () => {
  const { ask, sent } = start([503, 200]);
  expect(await ask({ method: 'POST' })).toBe(503);
  expect(sent()).toBe(1);
});

test('the budget of retries limits requests to 1.10 times their number without retries, if all fail', async () => {
  let sent = 0;
  const send = withRetries(async (request) => {
    request.take?.();
    sent += 1;
    return answer(503);
  });
  const calls = 500;
  await Promise.all(Array.from({ length: calls }, () => send({ method: 'GET', url: base, headers: {} })));
  expect(sent).toBeGreaterThan(calls);
  expect(sent / calls).toBeLessThanOrEqual(1.1);
});

test('the abort of an upstream request during its retry closes the socket', async () => {
  const plain = createSend();
  const upstream = await startUpstream((_asked, response, count) => {
    if (count === 1) json(response, {}, 503);
  });
  const controller = new AbortController();
  const asked = withRetries(plain, { budget: generous })({
    method: 'GET',
    url: new URL('/v1/x', upstream.origin),
    headers: {},
    signal: controller.signal,
  });
  while (upstream.asked.length < 2) await setTimeout(10);
  controller.abort(new DOMException('gone', 'AbortError'));
  await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
  await upstream.abandoned;
  plain.destroy();
});
