/** The response cache over a simulated upstream and a simulated clock. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { PmsError } from '../../src/errors.js';
import type { HttpAnswer, HttpRequest, Send } from '../../src/fhir/http.js';
import { createMemoryStore } from '../../src/store/memory-store.js';
import { withResponseCache } from '../../src/cache/response-cache.js';
import type { Store } from '../../src/store/store.js';

const [second, minute, hour] = [1_000, 60_000, 3_600_000];
const base = 'https://pms.example/v1';

interface Answering {
  readonly status?: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly retryAfter?: number;
}

/** Sets the upstream's later responses: a response, an error, or a delay until a promise resolves. */
type Behaviour = Answering | Error | { readonly until: Promise<void> };

interface World {
  readonly ask: (more?: Partial<HttpRequest>) => Promise<HttpAnswer>;
  readonly sent: HttpRequest[];
  readonly clock: { at: number };
  readonly store: Store;
  upstream: Behaviour;
  /** Returns another replica over the same store and upstream. */
  replica(): World['ask'];
}

function start(options: { readonly freshMs?: number; readonly isShared?: boolean } = {}): World {
  const clock = { at: 0 };
  const store = createMemoryStore({ now: () => clock.at });
  const sent: HttpRequest[] = [];
  const send: Send = async (request) => {
    request.signal?.throwIfAborted();
    request.take?.();
    sent.push(request);
    const { upstream } = world;
    if (upstream instanceof Error) throw upstream;
    if ('until' in upstream) {
      await Promise.race([upstream.until, aborted(request.signal)]);
      return answerOf({});
    }
    return answerOf(upstream);
  };
  const replica = (): World['ask'] => {
    const cached = withResponseCache(send, {
      store,
      base,
      freshMs: 5 * minute,
      isShared: true,
      now: () => clock.at,
      random: () => 0,
      ...options,
    });
    return (more = {}) => cached(requestOf(more));
  };
  const world: World = { ask: replica(), sent, clock, store, upstream: {}, replica };
  return world;
}

function requestOf(more: Partial<HttpRequest>): HttpRequest {
  return {
    method: 'GET',
    url: new URL(`${base}/MedicinalProductDefinition/1`),
    headers: { Accept: 'application/fhir+json' },
    ...more,
  };
}

let answers = 0;

/** By default each body is different. */
function answerOf({ status = 200, headers = {}, retryAfter, ...rest }: Answering): HttpAnswer {
  const body =
    rest.body ?? JSON.stringify({ resourceType: 'MedicinalProductDefinition', id: String(++answers) });
  const all = { 'content-type': 'application/fhir+json', ...headers } as Record<string, string>;
  return {
    status,
    headers: { get: (name) => all[name.toLowerCase()] ?? null },
    retryAfter,
    body: Buffer.from(body),
  };
}

function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason as Error));
  });
}

function gate(): { readonly until: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const until = new Promise<void>((resolve) => (open = resolve));
  return { until, open: () => open() };
}

/** Waits until all pending promises without a timer are settled. */
const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(() => setImmediate(resolve)));
const text = ({ body }: HttpAnswer): string => body.toString();

const down = new PmsError('UPSTREAM_UNAVAILABLE', 'down');

describe('a cached response', () => {
  test('is used for its time to live, and states its age', async () => {
    const { ask, sent, clock } = start();
    const first = await ask();
    expect(first.copy).toBeUndefined();
    clock.at = 5 * minute - 1;
    const second = await ask();
    expect(text(second)).toBe(text(first));
    expect(second.headers.get('Content-Type')).toBe('application/fhir+json');
    expect(second.copy).toEqual({ ageMs: 5 * minute - 1, isStale: false });
    expect(sent).toHaveLength(1);
  });

  test('counts its age from the moment of the request', async () => {
    const world = start();
    const { ask, clock } = world;
    const { until, open } = gate();
    world.upstream = { until };
    const first = ask();
    await settled();
    clock.at = 7 * second;
    open();
    await first;
    expect((await ask()).copy?.ageMs).toBe(7 * second);
  });

  test('is shared by replicas', async () => {
    const { ask, replica, sent } = start();
    const first = await ask();
    expect(text(await replica()())).toBe(text(first));
    expect(sent).toHaveLength(1);
  });

  test.each<[string, Partial<HttpRequest>]>([
    ['a request for another path', { url: new URL(`${base}/MedicinalProductDefinition/2`) }],
    [
      'a request with another parameter',
      { url: new URL(`${base}/MedicinalProductDefinition/1?_elements=name`) },
    ],
    ['a request for another media type', { headers: { Accept: 'application/json' } }],
    ['a request with another method', { method: 'POST' }],
    ['a request with another body', { method: 'POST', body: 'for=1' }],
  ])('is not used for %s', async (_, more) => {
    const { ask, sent } = start();
    await ask();
    await ask(more);
    expect(sent).toHaveLength(2);
  });

  test('is used for requests whose parameters differ only in order, unless they have equal names', async () => {
    const { ask, sent } = start();
    const url = (query: string): Partial<HttpRequest> => ({ url: new URL(`${base}/Ingredient?${query}`) });
    await ask(url('for=1&_count=2&_sort=a&_sort=b'));
    await ask(url('_sort=a&_sort=b&_count=2&for=1'));
    expect(sent).toHaveLength(1);
    await ask(url('_sort=b&_sort=a&_count=2&for=1'));
    expect(sent).toHaveLength(2);
  });

  test('does not depend on headers that carry a token', async () => {
    const { ask, sent } = start();
    await ask();
    await ask({ headers: { Accept: 'application/fhir+json', Authorization: 'Bearer x' } });
    expect(sent).toHaveLength(1);
  });

  test('is requested again, without conditional headers, and cached if a caller wants a fresh response', async () => {
    const world = start();
    const { ask, sent } = world;
    world.upstream = { headers: { etag: 'W/"1"' } };
    await ask();
    const anew = await ask({ cache: 'no-cache' });
    expect(sent.at(-1)?.headers).not.toHaveProperty('If-None-Match');
    expect(text(await ask())).toBe(text(anew));
    world.upstream = down;
    const old = await ask({ cache: 'no-cache' });
    expect([text(old), old.copy?.isStale]).toEqual([text(anew), true]);
    expect(sent).toHaveLength(3);
  });

  test('is not stored if it is another resource than the requested one', async () => {
    const { ask, sent } = start();
    const accepts = (): boolean => false;
    await ask({ accepts });
    await ask({ accepts });
    expect(sent).toHaveLength(2);
  });

  test('is neither read nor stored if the request has `no-store`', async () => {
    const { ask, sent } = start();
    const kept = await ask();
    await ask({ cache: 'no-store' });
    expect(text(await ask())).toBe(text(kept));
    expect(sent).toHaveLength(2);
  });

  test('is not stored with a time to live of 0', async () => {
    const { ask, sent } = start({ freshMs: 0 });
    await Promise.all([ask(), ask()]);
    expect(sent).toHaveLength(2);
  });

  test('is compressed if that saves space, and is read back unchanged', async () => {
    const world = start();
    const { ask, store, sent } = world;
    const sizes: number[] = [];
    const set = store.set.bind(store);
    store.set = async (key, value, ttlMs) => {
      sizes.push(value.length);
      return set(key, value, ttlMs);
    };
    for (const [at, name] of ['short', 'länger '.repeat(10_000)].entries()) {
      const body = JSON.stringify({ resourceType: 'MedicinalProductDefinition', name });
      const request = { url: new URL(`${base}/MedicinalProductDefinition/${at}`) };
      world.upstream = { body };
      await ask(request);
      expect(text(await ask(request))).toBe(body);
    }
    expect(sizes[1]).toBeLessThan(5_000);
    expect(sent).toHaveLength(2);
  });

  test('that is damaged in the store is requested again', async () => {
    const { ask, store, sent } = start();
    let copyKey = '';
    const set = store.set.bind(store);
    store.set = async (key, value, ttlMs) => {
      if (key.endsWith(':copy')) copyKey = key;
      return set(key, value, ttlMs);
    };
    await ask();
    await store.set(copyKey, 'no answer', minute);
    expect((await ask()).status).toBe(200);
    expect(sent).toHaveLength(2);
  });
});

describe('a cached response after its time to live', () => {
  test('is used for an hour, and refreshed once in the background without a charge to any client', async () => {
    const { ask, sent, clock, replica } = start();
    const first = await ask();
    clock.at = 6 * minute;
    let taken = 0;
    const take = (): void => void taken++;
    const asks = [ask, replica(), replica()].flatMap((each) => [each({ take }), each({ take })]);
    for (const answer of await Promise.all(asks)) {
      expect([text(answer), answer.copy]).toEqual([text(first), { ageMs: 6 * minute, isStale: true }]);
    }
    await settled();
    expect([sent.length, taken]).toEqual([2, 0]);
    expect((await ask()).copy).toEqual({ ageMs: 0, isStale: false });
  });

  test('is refreshed before a bulk caller gets it, and the request is charged to that caller', async () => {
    const world = start();
    const first = await world.ask();
    world.clock.at += 10 * minute;
    let taken = 0;
    const renewed = await world.ask({ priority: 'bulk', take: () => void (taken += 1) });
    expect(renewed.body.equals(first.body)).toBe(false);
    expect([renewed.copy, taken, world.sent.length]).toEqual([undefined, 1, 2]);
    world.clock.at += 10 * minute;
    world.upstream = new PmsError('UPSTREAM_UNAVAILABLE', 'It is down.');
    expect((await world.ask({ priority: 'bulk' })).copy).toMatchObject({ isStale: true });
  });

  test('is requested again before use once it has expired for an hour', async () => {
    const { ask, sent, clock } = start();
    await ask();
    clock.at = 66 * minute;
    let taken = 0;
    const answer = await ask({ take: () => void taken++ });
    expect([answer.copy, taken, sent.length]).toEqual([undefined, 1, 2]);
  });

  test('is used if the upstream does not respond within one second', async () => {
    const world = start();
    const { ask, clock } = world;
    await ask();
    clock.at = 2 * hour;
    const { until, open } = gate();
    world.upstream = { until };
    expect((await ask()).copy).toEqual({ ageMs: 2 * hour, isStale: true });
    open();
    await settled();
    expect((await ask()).copy).toEqual({ ageMs: 0, isStale: false });
  });

  test('is fresh again after a response 304 of the upstream', async () => {
    const world = start();
    const { ask, sent, clock } = world;
    const lastModified = 'Wed, 01 Jul 2026 12:00:00 GMT';
    world.upstream = { headers: { etag: 'W/"7"', 'last-modified': lastModified } };
    const first = await ask();
    expect(sent[0]?.headers).not.toHaveProperty('If-None-Match');
    world.upstream = { status: 304, body: '' };
    clock.at = 6 * minute;
    await ask();
    await settled();
    expect(sent[1]?.headers).toMatchObject({ 'If-None-Match': 'W/"7"', 'If-Modified-Since': lastModified });
    clock.at = 10 * minute;
    const confirmed = await ask();
    expect([text(confirmed), confirmed.copy]).toEqual([text(first), { ageMs: 4 * minute, isStale: false }]);
  });

  test('is removed when the upstream answers that the resource is gone', async () => {
    const world = start();
    const { ask, clock } = world;
    await ask({ isRecord: true });
    clock.at = 6 * minute;
    world.upstream = { status: 410 };
    expect((await ask({ isRecord: true })).status).toBe(200);
    await settled();
    expect((await ask({ isRecord: true })).status).toBe(410);
    world.upstream = down;
    clock.at = 8 * minute;
    await expect(ask({ isRecord: true })).rejects.toBe(down);
  });

  test.each([403, 404, 400])('is not used after the status %i', async (status) => {
    const world = start();
    const { ask, clock } = world;
    await ask();
    clock.at = 2 * hour;
    world.upstream = { status };
    expect((await ask()).status).toBe(status);
    world.upstream = down;
    await expect(ask()).rejects.toBe(down);
  });
});

const troubles: readonly (readonly [string, Behaviour])[] = [
  ['refuses connections', down],
  ['times out', new PmsError('UPSTREAM_TIMEOUT', 'late')],
  ['needs a token that the token endpoint refuses', new PmsError('TOKEN_UNAVAILABLE', 'no token')],
  ['answers 500', { status: 500 }],
  ['answers 503', { status: 503 }],
  ['answers 429', { status: 429, retryAfter: 7 }],
  ['answers 401', { status: 401 }],
  ['answers 408', { status: 408 }],
  ['answers with a web page', { headers: { 'content-type': 'text/html' }, body: '<p>Maintenance</p>' }],
  ['answers with truncated JSON', { body: '{"resourceType":"Medic' }],
  ['answers with an OperationOutcome instead of a record', { body: '{"resourceType":"OperationOutcome"}' }],
  ['answers 404 with a web page', { status: 404, headers: { 'content-type': 'text/html' }, body: '<p>' }],
];

describe.each(troubles)('the response cache while the upstream %s', (_, trouble) => {
  test('returns a cached response for a day, and does not repeat the failed request each time', async () => {
    const world = start();
    const { ask, sent, clock, replica } = world;
    const first = await ask({ isRecord: true });
    world.upstream = trouble;
    for (const at of [6 * minute, 2 * hour, 24 * hour]) {
      clock.at = at;
      const before = sent.length;
      const answer = await ask({ isRecord: true });
      expect([text(answer), answer.copy]).toEqual([text(first), { ageMs: at, isStale: true }]);
      await settled();
      await ask({ isRecord: true });
      await replica()({ isRecord: true });
      expect(sent).toHaveLength(before + 1);
    }
    clock.at = 24 * hour + 6 * minute;
    world.upstream = down;
    await expect(ask({ isRecord: true })).rejects.toBe(down);
  });

  test('returns fresh responses again after the first successful request', async () => {
    const world = start();
    const { ask, clock } = world;
    await ask();
    world.upstream = trouble;
    clock.at = 2 * hour;
    await ask();
    world.upstream = {};
    clock.at += 10 * second;
    expect((await ask()).copy).toBeUndefined();
    expect((await ask()).copy).toEqual({ ageMs: 0, isStale: false });
  });

  test('fails a request without a cached response with the upstream’s error, and sends it again each time', async () => {
    const world = start();
    world.upstream = trouble;
    const outcome = (): Promise<unknown> => world.ask().then(({ status }) => status, String);
    expect(await outcome()).toEqual(await outcome());
    expect(world.sent).toHaveLength(2);
  });
});

describe('a record that does not exist', () => {
  test.each([404, 410])(
    'is cached as absent for a minute after the status %i, without the response body',
    async (status) => {
      const world = start();
      const { ask, sent, clock } = world;
      world.upstream = { status, body: 'Bearer of secrets' };
      await ask({ isRecord: true });
      clock.at = minute - 1;
      const again = await ask({ isRecord: true });
      expect([again.status, text(again), sent.length]).toEqual([status, '', 1]);
      clock.at = minute;
      world.upstream = {};
      expect((await ask({ isRecord: true })).status).toBe(200);
    },
  );

  test('is not cached as absent if the request was for a page of a search', async () => {
    const world = start();
    world.upstream = { status: 410 };
    await world.ask();
    await world.ask();
    expect(world.sent).toHaveLength(2);
  });
});

describe('simultaneous callers with the same request', () => {
  test('share one upstream request, also across replicas, which is charged to one of them', async () => {
    const { ask, replica, sent } = start();
    let taken = 0;
    const others = [ask, replica(), replica(), replica()];
    const answers = await Promise.all(
      others.flatMap((each) => Array.from({ length: 50 }, () => each({ take: () => void taken++ }))),
    );
    expect(new Set(answers.map(text)).size).toBe(1);
    expect([sent.length, taken]).toEqual([1, 1]);
  });

  test('share one upstream request in a process of its own, which needs no lease', async () => {
    const { ask, sent, store } = start({ isShared: false });
    store.add = () => Promise.reject(new Error('a lease'));
    const answers = await Promise.all([ask(), ask(), ask()]);
    expect(new Set(answers.map(text)).size).toBe(1);
    expect(sent).toHaveLength(1);
  });

  test('get the same error if that request fails', async () => {
    const world = start();
    const { until, open } = gate();
    world.upstream = { until: until.then(() => Promise.reject(down)) };
    world.upstream.until.catch(() => undefined);
    const asks = [world.ask, world.replica(), world.replica()].map((each) => each());
    const outcomes = Promise.allSettled(asks);
    await settled();
    open();
    for (const outcome of await outcomes)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'UPSTREAM_UNAVAILABLE' } });
    expect(world.sent).toHaveLength(1);
  });

  test('get the response even if the first of them disconnects', async () => {
    const world = start();
    const { until, open } = gate();
    world.upstream = { until };
    const leaving = new AbortController();
    const first = world.ask({ signal: leaving.signal });
    const second = world.ask({ signal: new AbortController().signal });
    await settled();
    leaving.abort(new Error('gone'));
    await expect(first).rejects.toThrow('gone');
    open();
    expect((await second).status).toBe(200);
    expect(world.sent).toHaveLength(1);
  });

  test('cancel the upstream request when the last of them disconnects, and a later caller sends a new one', async () => {
    const world = start();
    world.upstream = { until: new Promise(() => undefined) };
    const leaving = new AbortController();
    const asks = [world.ask, world.ask].map((each) => each({ signal: leaving.signal }));
    await settled();
    leaving.abort(new Error('gone'));
    for (const each of asks) await expect(each).rejects.toThrow('gone');
    expect(world.sent[0]?.signal?.aborted).toBe(true);
    world.upstream = {};
    expect((await world.ask()).status).toBe(200);
  });

  test('get the response if at least one of them has requests left in its budget', async () => {
    const { ask, sent } = start();
    const spent = new PmsError('UPSTREAM_BUDGET_EXCEEDED', 'spent');
    const take = (): never => {
      throw spent;
    };
    const [first, second] = await Promise.all([ask({ take }), ask({ take: () => undefined })]);
    expect(text(first)).toBe(text(second));
    await expect(ask({ take, url: new URL(`${base}/x/${randomUUID()}`) })).rejects.toBe(spent);
    expect(sent).toHaveLength(1);
  });

  test('get an expired response if none of them has requests left in its budget', async () => {
    const { ask, clock } = start();
    await ask();
    clock.at = 2 * hour;
    const answer = await ask({
      take() {
        throw new PmsError('UPSTREAM_BUDGET_EXCEEDED', 'spent');
      },
    });
    expect(answer.copy?.isStale).toBe(true);
    expect((await ask()).copy).toBeUndefined();
  });
});

test('the key of a cached response does not reveal the request', async () => {
  const { ask, store } = start();
  const keys: string[] = [];
  const set = store.set.bind(store);
  store.set = async (key, value, ttlMs) => {
    keys.push(key);
    return set(key, value, ttlMs);
  };
  await ask({ url: new URL(`${base}/MedicinalProductDefinition?name=secret`) });
  expect(keys).toEqual([
    expect.stringMatching(/^pms-graphql:response-[0-9a-f]{8}:\{[0-9a-f]{32}\}:copy$/) as string,
  ]);
});
