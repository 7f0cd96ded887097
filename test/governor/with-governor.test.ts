/** The governed pipe over a virtual clock: when requests are sent, in which order, and which are refused. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { PmsError } from '../../src/errors.js';
import type { HttpAnswer, HttpRequest, Send } from '../../src/fhir/http.js';
import { createMemoryBucket } from '../../src/governor/memory-bucket.js';
import { withGovernor, type GovernorOptions } from '../../src/governor/with-governor.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const url = new URL('https://pms.example/v1/MedicinalProductDefinition');

function answer(status: number, retryAfter?: number): HttpAnswer {
  return { status, retryAfter, headers: new Map<string, string>(), body: Buffer.alloc(0) } as never;
}

interface World {
  /** Returns the outcome: the status, or the code of the error. */
  readonly ask: (request?: Partial<HttpRequest> & { readonly name?: string }) => Promise<number | string>;
  /** The sent requests with their names and times. */
  readonly sent: readonly { readonly name: string; readonly at: number }[];
  readonly changes: readonly string[];
  readonly destroy: () => void;
}

interface WorldOptions extends Partial<GovernorOptions> {
  readonly limit?: number;
  /** The time of the upstream's response, in milliseconds after the request. */
  readonly latencyMs?: number;
  readonly respond?: (name: string, count: number) => HttpAnswer | PmsError;
}

function start({
  limit = Infinity,
  latencyMs = 100,
  respond = () => answer(200),
  ...options
}: WorldOptions = {}): World {
  const sent: { name: string; at: number }[] = [];
  const changes: string[] = [];
  const begun = performance.now();
  const upstream: Send = async (request) => {
    request.signal?.throwIfAborted();
    request.take?.();
    const name = request.headers['name'] ?? '';
    sent.push({ name, at: Math.round(performance.now() - begun) });
    const count = sent.length;
    await new Promise((resolve) => setTimeout(resolve, latencyMs));
    const given = respond(name, count);
    if (given instanceof PmsError) throw given;
    return given;
  };
  const bucket = createMemoryBucket({ limit, windowMs: 60_000 });
  const governed = withGovernor(upstream, {
    bucket,
    onBreaker: (state) => void changes.push(state),
    ...options,
  });
  return {
    sent,
    changes,
    destroy: governed.destroy,
    ask: ({ name = 'x', ...request } = {}) =>
      governed({ method: 'GET', url, headers: { name }, ...request }).then(
        ({ status }) => status,
        (error: unknown) => (error instanceof PmsError ? error.code : String((error as Error).name)),
      ),
  };
}

const inMs = (ms: number): number => performance.now() + ms;
const lost = () => new PmsError('UPSTREAM_UNAVAILABLE', 'The upstream cannot be reached.');

describe('the governor of upstream requests, by its rate limit,', () => {
  test('spreads simultaneous requests over time after the first half of the limit', async () => {
    const { ask, sent } = start({ limit: 60 });
    const asked = Promise.all(Array.from({ length: 50 }, () => ask()));
    await vi.advanceTimersByTimeAsync(45_000);
    expect(await asked).toEqual(Array.from({ length: 50 }, () => 200));
    expect(sent.filter(({ at }) => at < 1_000)).toHaveLength(30);
    expect(sent.at(-1)?.at).toBeGreaterThan(30_000);
  });

  test('refuses a request at once if no permit is free before its deadline, with the time to retry', async () => {
    const { ask, sent } = start({ limit: 10 });
    for (let call = 0; call < 5; call += 1) void ask();
    await vi.advanceTimersByTimeAsync(1_000);
    const began = performance.now();
    const refused = ask({ deadline: inMs(5_000) });
    const waits = ask({ deadline: inMs(30_000) });
    await vi.advanceTimersByTimeAsync(0);
    expect(await refused).toBe('UPSTREAM_RATE_LIMITED');
    expect(performance.now() - began).toBeLessThan(50);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(await waits).toBe(200);
    expect(sent).toHaveLength(6);
  });

  test('refuses with an error that states the rate limit', async () => {
    const bucket = createMemoryBucket({ limit: 2, windowMs: 60_000 });
    const governed = withGovernor(async () => answer(200), { bucket });
    await governed({ method: 'GET', url, headers: {} });
    await expect(governed({ method: 'GET', url, headers: {}, deadline: inMs(1_000) })).rejects.toMatchObject({
      code: 'UPSTREAM_RATE_LIMITED',
      retryAfter: 30,
    });
  });

  test('sends interactive requests before bulk requests, and alternates between clients', async () => {
    const { ask, sent } = start({ limit: 2 });
    void ask({ name: 'first' });
    await vi.advanceTimersByTimeAsync(100);
    for (const name of ['bulk1', 'bulk2']) void ask({ name, priority: 'bulk', deadline: inMs(1e6) });
    for (const name of ['a1', 'a2', 'a3']) void ask({ name, client: 'a', deadline: inMs(1e6) });
    void ask({ name: 'b1', client: 'b', deadline: inMs(1e6) });
    await vi.advanceTimersByTimeAsync(300_000);
    expect(sent.map(({ name }) => name)).toEqual(['first', 'a1', 'b1', 'a2', 'a3', 'bulk1', 'bulk2']);
  });
});

describe('the header Retry-After of an upstream response 429', () => {
  test('delays all later requests', async () => {
    const { ask, sent } = start({ respond: (_name, count) => (count === 1 ? answer(429, 7) : answer(200)) });
    const first = ask();
    await vi.advanceTimersByTimeAsync(100);
    expect(await first).toBe(429);
    const rest = Promise.all([ask(), ask(), ask({ deadline: inMs(6_000) })]);
    await vi.advanceTimersByTimeAsync(8_000);
    expect(await rest).toEqual([200, 200, 'UPSTREAM_RATE_LIMITED']);
    expect(sent.slice(1).every(({ at }) => at >= 7_100)).toBe(true);
  });

  test('makes waiting requests fail whose deadline is earlier', async () => {
    const { ask } = start({
      limit: 60,
      respond: (_name, count) => (count === 30 ? answer(429, 50) : answer(200)),
    });
    const asked = Array.from({ length: 32 }, () => ask({ deadline: inMs(20_000) }));
    await vi.advanceTimersByTimeAsync(200);
    expect(await Promise.all(asked.slice(30))).toEqual(['UPSTREAM_RATE_LIMITED', 'UPSTREAM_RATE_LIMITED']);
  });
});

describe('the queue of the governor', () => {
  test('has a maximum length, above which requests are refused at once', async () => {
    const { ask, sent } = start({ maxQueue: 5, maxConcurrency: 2 });
    const asked = Array.from({ length: 10 }, () => ask());
    await vi.advanceTimersByTimeAsync(2_000);
    const came = await Promise.all(asked);
    expect(came.filter((each) => each === 'OVERLOADED').length).toBeGreaterThanOrEqual(3);
    expect(came.filter((each) => each === 200)).toHaveLength(sent.length);
  });

  test('refuses requests that a slow upstream cannot answer before their deadline', async () => {
    const { ask } = start({ latencyMs: 1_000, maxConcurrency: 2 });
    const known = ask();
    await vi.advanceTimersByTimeAsync(1_000);
    await known;
    const asked = Array.from({ length: 10 }, () => ask({ deadline: inMs(3_500) }));
    const began = performance.now();
    await vi.advanceTimersByTimeAsync(10);
    expect(await asked.at(-1)).toBe('OVERLOADED');
    expect(performance.now() - began).toBe(10);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await asked[0]).toBe(200);
  });

  test('removes cancelled requests, which then use no permit', async () => {
    const { ask, sent } = start({ limit: 2 });
    const controller = new AbortController();
    void ask();
    await vi.advanceTimersByTimeAsync(100);
    const left = ask({ signal: controller.signal });
    const stays = ask({ name: 'stays' });
    controller.abort(new DOMException('gone', 'AbortError'));
    expect(await left).toBe('AbortError');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await stays).toBe(200);
    expect(sent).toHaveLength(2);
    expect(await ask({ signal: controller.signal })).toBe('AbortError');
  });

  test('makes waiting requests fail when the governor stops', async () => {
    const { ask, destroy } = start({ limit: 1 });
    void ask();
    await vi.advanceTimersByTimeAsync(100);
    const waits = ask();
    destroy();
    expect(await waits).toBe('UPSTREAM_UNAVAILABLE');
    expect(vi.getTimerCount()).toBe(0);
  });

  test('sends no more simultaneous requests than the maximum', async () => {
    let [inFlight, most] = [0, 0];
    const bucket = createMemoryBucket({ limit: Infinity, windowMs: 60_000 });
    const governed = withGovernor(
      async () => {
        most = Math.max(most, (inFlight += 1));
        await new Promise((resolve) => setTimeout(resolve, 10));
        inFlight -= 1;
        return answer(200);
      },
      { bucket, maxConcurrency: 8 },
    );
    const all = Promise.all(Array.from({ length: 200 }, () => governed({ method: 'GET', url, headers: {} })));
    await vi.advanceTimersByTimeAsync(5_000);
    await all;
    expect(most).toBeGreaterThan(4);
    expect(most).toBeLessThanOrEqual(8);
  });
});

describe('an upstream whose requests fail', () => {
  test('gets no more requests, and their error has the reason of the last failure', async () => {
    const failure = lost();
    const told: unknown[] = [];
    const governed = withGovernor(
      async (request) => {
        request.take?.();
        throw failure;
      },
      {
        bucket: createMemoryBucket({ limit: 60, windowMs: 60_000 }),
        onBreaker: (_state, loss) => void told.push(loss),
      },
    );
    const ask = () => governed({ method: 'GET', url, headers: {} }).catch((error: unknown) => error);
    for (let call = 0; call < 5; call += 1) expect(await ask()).toBe(failure);
    expect(await ask()).toMatchObject({ message: expect.stringContaining('is down'), cause: failure });
    expect(told).toEqual([failure]);
  });

  test.each([
    ['responses 503', () => answer(503)],
    ['no connection', lost],
  ])(
    'with %s gets one request a second until it answers, and other requests fail at once',
    async (_how, failing) => {
      let isDown = true;
      const { ask, sent, changes } = start({ respond: () => (isDown ? failing() : answer(200)) });
      for (let call = 0; call < 5; call += 1) {
        void ask();
        await vi.advanceTimersByTimeAsync(100);
      }
      expect(changes).toEqual(['open']);
      const before = sent.length;
      const outcomes: (number | string)[] = [];
      for (let at = 0; at < 10_000; at += 50) {
        void ask().then((outcome) => outcomes.push(outcome));
        await vi.advanceTimersByTimeAsync(50);
      }
      expect(sent.length - before).toBeGreaterThanOrEqual(5);
      expect(sent.length - before).toBeLessThanOrEqual(10);
      expect(outcomes.length).toBeGreaterThanOrEqual(198);
      isDown = false;
      await vi.advanceTimersByTimeAsync(1_000);
      const probe = ask();
      await vi.advanceTimersByTimeAsync(100);
      expect(await probe).toBe(200);
      expect(changes).toEqual(['open', 'closed']);
    },
  );

  test('makes all waiting requests fail', async () => {
    const { ask } = start({ limit: 10, respond: () => answer(503) });
    const asked = Array.from({ length: 8 }, () => ask());
    await vi.advanceTimersByTimeAsync(200);
    expect(await Promise.all(asked.slice(5))).toEqual(
      Array.from({ length: 3 }, () => 'UPSTREAM_UNAVAILABLE'),
    );
  });

  test('does not count as failing if clients cancel requests or an operation has spent its budget', async () => {
    const { ask, changes } = start();
    for (let call = 0; call < 30; call += 1) {
      const controller = new AbortController();
      const left = ask({
        signal: controller.signal,
        take: () => {
          throw new PmsError('UPSTREAM_BUDGET_EXCEEDED', 'spent');
        },
      });
      await vi.advanceTimersByTimeAsync(1);
      expect(await left).toBe('UPSTREAM_BUDGET_EXCEEDED');
    }
    expect(changes).toEqual([]);
  });
});
