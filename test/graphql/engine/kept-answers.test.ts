/** Cached whole answers: equal to the first answer, without a request, as long as all their data are fresh. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { stringifyAnswer, Written } from '../../../src/graphql/engine/written.js';
import { operationFiles, upstreamOf } from '../../support/operations.js';
import { startTestService, type TestService } from '../../support/service.js';
import { oneIn } from '../../support/tier.js';

const minute = 60_000;
const realNow = performance.now.bind(performance);
let service: TestService;
afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await service.stop();
});

/** Advances both clocks. */
function later(ms: number): void {
  const at = performance.now() + ms - realNow();
  vi.restoreAllMocks();
  vi.spyOn(performance, 'now').mockImplementation(() => realNow() + at);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });
}

/** Returns the answer with its headers, as sent over HTTP. */
async function ask(query: string, variables: object = {}, headers: Record<string, string> = {}) {
  const response = await fetch(`${service.origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  const text = await response.text();
  return { text, age: response.headers.get('age'), answer: JSON.parse(text) as Record<string, unknown> };
}

describe.each(['everything', 'search', 'include'] as const)(
  'the cache of whole answers with the profile `%s`',
  (profile) => {
    beforeEach(async () => {
      service = await startTestService({ profile, cacheTtlMs: 5 * minute });
    });

    it.each(oneIn(9, operationFiles).map(({ name, text }) => [name, text]))(
      'gives the example operation "%s" the same answer again, without an upstream request',
      async (_name, text) => {
        const first = await ask(text);
        service.sandbox.clearRequests();
        const second = await ask(text);
        expect(second.answer['data']).toEqual(first.answer['data']);
        expect(second.answer['errors']).toEqual(first.answer['errors']);
        expect(Object.keys(second.answer)).toEqual(Object.keys(first.answer));
        expect(service.sandbox.requests).toEqual([]);
        const [before, after] = [first.answer, second.answer].map((answer) => upstreamOf(answer as never));
        expect(after).toMatchObject({
          requests: 0,
          tokenRequests: 0,
          bytes: 0,
          profile: before?.['profile' as never],
          incomplete: before?.['incomplete' as never],
          stale: [],
        });
        expect(Object.keys(after ?? {})).toEqual(Object.keys(before ?? {}));
        expect(second.age).toBe('0');
      },
    );
  },
);

describe('a cached answer', () => {
  const product =
    'query ($id: ID!, $has: Boolean = true) { product(id: $id) { name status @include(if: $has) { text } } }';

  beforeEach(async () => {
    service = await startTestService({ profile: 'everything', cacheTtlMs: 5 * minute });
  });

  it('is used again only for an equal document, variables, operation name and language', async () => {
    const names = ['600000000001', '600000000003'];
    for (const id of [...names, ...names])
      expect((await ask(product, { id })).text).toContain(
        (await ask('query ($id: ID!) { product(id: $id) { name } }', { id })).text.slice(8, 40),
      );
    expect((await ask(product, { id: names[0], has: false })).answer['data']).not.toHaveProperty(
      'product.status',
    );
    expect((await ask(product, { id: names[0], has: true })).answer['data']).toHaveProperty('product.status');
    const texts = [];
    for (const language of ['de', 'en', 'de', 'en'])
      texts.push(
        (
          await ask(
            '{ product(id: "600000000001") { status { label { language fallback } } } }',
            {},
            { 'accept-language': language },
          )
        ).answer['data'],
      );
    expect(texts[0]).toEqual(texts[2]);
    expect(texts[1]).toEqual(texts[3]);
    expect(texts[0]).not.toEqual(texts[1]);
    const two =
      'query A { product(id: "600000000001") { name } } query B { product(id: "600000000003") { name } }';
    const named = async (operationName: string): Promise<unknown> => {
      const response = await fetch(`${service.origin}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: two, operationName }),
      });
      return ((await response.json()) as { data: unknown }).data;
    };
    const [a, b] = [await named('A'), await named('B')];
    expect([await named('A'), await named('B')]).toEqual([a, b]);
    expect(a).not.toEqual(b);
  });

  it('expires when the first of its records expires', async () => {
    await ask(product, { id: '600000000001' });
    service.sandbox.clearRequests();
    later(4 * minute);
    expect((await ask(product, { id: '600000000001' })).age).toBe('240');
    // The answer is made from records that are four minutes old.
    const other = '{ product(id: "600000000001") { pmsId name } }';
    await ask(other);
    later(2 * minute);
    const { answer } = await ask(other);
    expect(upstreamOf(answer as never)).toMatchObject({
      stale: [expect.objectContaining({ path: ['product'] }) as unknown],
    });
  });

  it('is not stored if it is incomplete, has errors or old records, or contains the `service` field', async () => {
    const absent = '{ product(id: "600000009999") { name } }';
    await ask(absent);
    later(1.5 * minute);
    service.sandbox.clearRequests();
    expect((await ask(absent)).answer['data']).toEqual({ product: null });
    expect(service.sandbox.requests.length).toBeGreaterThan(0);
    const told = '{ product(id: "600000000001") { name } service { upstream } }';
    await ask(told);
    expect(upstreamOf((await ask(told)).answer as never)).toMatchObject({ requests: 0, cacheHits: 1 });
    expect((await ask('{ product(id: "x y") { name } }')).text).toBe(
      (await ask('{ product(id: "x y") { name } }')).text,
    );
  });

  it('is not used for a request that asks for the explanation of its costs', async () => {
    const text = '{ product(id: "600000000001") { name } }';
    await ask(text);
    expect(upstreamOf((await ask(text, {}, { 'pms-explain': '1' })).answer as never)).toHaveProperty('plan');
    expect(upstreamOf((await ask(text)).answer as never)).not.toHaveProperty('plan');
  });

  it('is not stored if the variables cannot be serialized', async () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const response = await fetch(`${service.origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"query":"{ product(id: \\"600000000001\\") { name } }","variables":{"deep":${deep}}}`,
    });
    expect(await response.json()).toHaveProperty('data.product.name');
  });
});

describe('serializing an answer', () => {
  it.each([
    [{ data: { a: 1 } }],
    [{ data: { a: 'ä"\\' }, extensions: { upstream: { requests: 0 } } }],
    [{ errors: [{ message: 'x' }], data: null }],
    [{ errors: [{ message: 'x' }] }],
  ])('of %j gives the JSON of JSON.stringify, with and without a cached text of `data`', (answer) => {
    service = { stop: async () => undefined } as TestService;
    expect(stringifyAnswer(answer as { data?: unknown })).toBe(JSON.stringify(answer));
    if (!('data' in answer) || 'errors' in answer) return;
    const written = { ...answer, data: new Written(JSON.stringify(answer.data)) };
    expect(stringifyAnswer(written)).toBe(JSON.stringify(answer));
    expect(JSON.stringify(written)).toBe(JSON.stringify(answer));
  });
});
