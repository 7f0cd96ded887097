/** The FHIR client over real HTTP: its requests, how it reads responses, and the error for each fault. */
import { inspect } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createFhirClient, createRefusals, mustSplit, type FhirClient } from '../../src/fhir/client.js';
import { createSend } from '../../src/fhir/http.js';
import { chunksThatFit, type SearchParameters } from '../../src/fhir/search.js';
import { json, searchset, startUpstream, type Answering, type Upstream } from '../support/upstream.js';

async function open(
  answer: Answering,
  path = '/public/v1/',
): Promise<{ client: FhirClient; upstream: Upstream }> {
  const upstream = await startUpstream(answer);
  const send = createSend({ maxBytes: 1_000_000 });
  onTestFinished(send.destroy);
  return { client: createFhirClient({ baseUrl: `${upstream.origin}${path}`, send }), upstream };
}

const product = (id: string): { resourceType: string; id: string } => ({
  resourceType: 'MedicinalProductDefinition',
  id,
});
const byName: SearchParameters = [{ name: 'name', values: ['a'] }];

function searchOf(client: FhirClient, parameters = byName): Promise<unknown> {
  return client.search('MedicinalProductDefinition', parameters);
}

function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable('it succeeded'),
    (error: unknown) => error,
  );
}

test('a base URL with plain HTTP to a host other than loopback is refused', () => {
  const send = createSend();
  onTestFinished(send.destroy);
  expect(() => createFhirClient({ baseUrl: 'http://api.example/v1', send })).toThrow(TypeError);
});

describe('reading a resource', () => {
  test('requests FHIR JSON, and returns the resource with its URL and the time of the request', async () => {
    const { client, upstream } = await open((_asked, response) => json(response, product('7')));
    const answer = await client.read('MedicinalProductDefinition', '7');
    expect(answer).toMatchObject({
      resource: product('7'),
      url: '/public/v1/MedicinalProductDefinition/7',
      bytes: 54,
    });
    expect(answer?.fetchedAt.getTime()).toBeCloseTo(Date.now(), -4);
    expect(upstream.asked).toMatchObject([
      {
        method: 'GET',
        url: '/public/v1/MedicinalProductDefinition/7',
        headers: { accept: 'application/fhir+json' },
      },
    ]);
  });

  test.each([404, 410])('returns undefined if the upstream answers %i', async (status) => {
    const { client } = await open((_asked, response) => json(response, {}, status));
    expect(await client.read('Ingredient', '7')).toBeUndefined();
  });

  test.each([
    product('8'),
    { resourceType: 'Ingredient', id: '7' },
    { resourceType: 'OperationOutcome' },
    [],
    null,
    'text',
  ])('fails if the response is %j', async (body) => {
    const { client } = await open((_asked, response) => json(response, body));
    await expect(client.read('MedicinalProductDefinition', '7')).rejects.toMatchObject({
      code: 'UPSTREAM_BAD_RESPONSE',
    });
  });

  test.each(['..', '.', '%2e%2e', 'metadata', '_history', '$everything', 'a/b', ''])(
    'by the id %j sends no request',
    async (id) => {
      const { client, upstream } = await open((_asked, response) => json(response, {}));
      await expect(client.read('Ingredient', id)).rejects.toMatchObject({ code: 'UPSTREAM_UNSUPPORTED' });
      await expect(client.everything(id)).rejects.toMatchObject({ code: 'UPSTREAM_UNSUPPORTED' });
      expect(upstream.asked).toHaveLength(0);
    },
  );
});

describe('a search', () => {
  test('returns the resources with search mode `match`, without outcomes, included records and unknown types', async () => {
    const { client, upstream } = await open((_asked, response) =>
      json(response, {
        resourceType: 'Bundle',
        total: 30,
        link: [
          { relation: 'self', url: 'https://public.example/somewhere?name=a' },
          { relation: 'next', url: '/public/v1?page=2' },
        ],
        entry: [
          { resource: product('1'), search: { mode: 'match' } },
          { resource: product('2') },
          { resource: { resourceType: 'Ingredient', id: 'i' }, search: { mode: 'include' } },
          { resource: { resourceType: 'OperationOutcome', issue: [] }, search: { mode: 'outcome' } },
          { resource: { resourceType: 'OperationOutcome', issue: [] }, search: { mode: 'match' } },
          { resource: { resourceType: 'Provenance', id: 'p' }, search: { mode: 'match' } },
          { resource: { resourceType: 'MedicinalProductDefinition' } },
          { resource: { resourceType: 'MedicinalProductDefinition', id: '../x' } },
          { fullUrl: 'urn:uuid:5' },
        ],
      }),
    );
    expect(await searchOf(client, [...byName, { name: '_count', values: [100] }])).toEqual({
      url: '/public/v1/MedicinalProductDefinition?name=a&_count=100',
      resources: [product('1'), product('2'), product('..%2Fx')],
      included: [{ resourceType: 'Ingredient', id: 'i' }],
      entries: 7,
      unidentified: [
        { resource: { resourceType: 'MedicinalProductDefinition' }, isIncluded: false },
        { resource: undefined, isIncluded: false },
      ],
      total: 30,
      self: 'https://public.example/somewhere?name=a',
      next: '/public/v1?page=2',
      hasLostWay: false,
      isReportedIncomplete: false,
      ignored: new Set(),
      isNarrow: false,
      fetchedAt: expect.any(Date),
      stale: false,
      bytes: expect.any(Number),
    });
    expect(upstream.asked[0]?.url).toBe('/public/v1/MedicinalProductDefinition?name=a&_count=100');
  });

  test('marks records as possibly partial after `_elements`, or on a page whose link hides its parameters', async () => {
    const { client } = await open((_asked, response) => json(response, searchset([product('1')])));
    const narrow = await searchOf(client, [...byName, { name: '_elements', values: ['name'] }]);
    const link = '/public/v1?page=2';
    const pages = [await client.page(link), await client.page(link, { isNarrow: false })];
    expect([narrow, ...pages]).toMatchObject([{ isNarrow: true }, { isNarrow: true }, { isNarrow: false }]);
  });

  test.each([
    ['no match', { resourceType: 'Bundle', total: 0 }, 0],
    ['no total', { resourceType: 'Bundle' }, undefined],
    [
      'a total that is no number',
      { resourceType: 'Bundle', total: '5', link: [{ relation: 'self' }] },
      undefined,
    ],
    [
      'a `self` link that is no URL',
      { resourceType: 'Bundle', link: [{ relation: 'self', url: 'http://[' }] },
      undefined,
      'http://[',
    ],
  ])('accepts a searchset Bundle with %s', async (_title, body, total, self = undefined) => {
    const { client } = await open((_asked, response) => json(response, body));
    expect(await searchOf(client)).toMatchObject({
      resources: [],
      included: [],
      total,
      self,
      next: undefined,
    });
  });

  test.each([
    ['null instead of an entry', null, false],
    ['an entry without a resource', { fullUrl: 'urn:uuid:5' }, false],
    ['an entry whose resource is no object', { resource: 5, search: { mode: 'include' } }, true],
    ['an entry whose resource has no type', { resource: { id: '2' } }, false],
    ['an entry whose search mode is unreadable', { resource: product('2'), search: { mode: 5 } }, false],
  ])('reports an unreadable entry of the Bundle: %s', async (_title, entry, isIncluded) => {
    const { client } = await open((_asked, response) =>
      json(response, { resourceType: 'Bundle', entry: [{ resource: product('1') }, entry] }),
    );
    expect(await searchOf(client)).toMatchObject({
      resources: [product('1')],
      unidentified: [{ resource: undefined, isIncluded }],
    });
  });

  test('treats a link with an unreadable relation as a `next` link', async () => {
    const { client } = await open((_asked, response) =>
      json(response, { resourceType: 'Bundle', link: [{ relation: 5, url: '/public/v1?page=2' }] }),
    );
    expect(await searchOf(client)).toMatchObject({ next: undefined, hasLostWay: true });
  });

  test.each([
    ['a single product', product('1')],
    ['an OperationOutcome', { resourceType: 'OperationOutcome' }],
    ['a JSON list', []],
    ['a Bundle whose entries are no list', { resourceType: 'Bundle', entry: {} }],
    ['a Bundle whose links are no list', { resourceType: 'Bundle', link: 'next' }],
  ])('fails if the response is %s', async (_title, body) => {
    const { client } = await open((_asked, response) => json(response, body));
    await expect(searchOf(client)).rejects.toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE' });
  });

  test.each([
    ['code incomplete', { severity: 'information', code: 'incomplete' }, true],
    ['code too-costly', { severity: 'warning', code: 'too-costly' }, true],
    ['code timeout', { severity: 'warning', code: 'timeout' }, true],
    ['code exception', { severity: 'warning', code: 'exception' }, true],
    ['code throttled', { severity: 'warning', code: 'throttled' }, true],
    ['severity error', { severity: 'error', code: 'processing' }, true],
    ['severity fatal', { severity: 'fatal', code: 'processing' }, true],
    ['code informational', { severity: 'information', code: 'informational' }, false],
    ['severity warning and another code', { severity: 'warning', code: 'not-supported' }, false],
    ['a wrong JSON type', 7, false],
  ])(
    'decides whether the page is incomplete by an outcome issue of %s',
    async (_what, issue, isReportedIncomplete) => {
      const entry = {
        resource: { resourceType: 'OperationOutcome', issue: [issue] },
        search: { mode: 'outcome' },
      };
      const { client } = await open((_asked, response) =>
        json(response, { resourceType: 'Bundle', type: 'searchset', entry: [entry] }),
      );
      expect(await searchOf(client)).toMatchObject({ isReportedIncomplete });
    },
  );

  test('sends nothing if the budget of its operation is spent, or if its operation is aborted', async () => {
    const { client, upstream } = await open((_asked, response) => json(response, searchset([])));
    const over = new Error('over budget');
    const take = (): never => {
      throw over;
    };
    await expect(client.search('Ingredient', byName, { take })).rejects.toBe(over);
    const gone = new Error('gone');
    await expect(client.search('Ingredient', byName, { signal: AbortSignal.abort(gone) })).rejects.toBe(gone);
    expect(upstream.asked).toHaveLength(0);
  });
});

test.each(['', '/'])(
  'a base URL whose path is %j gives request URLs directly below the host',
  async (path) => {
    const { client, upstream } = await open((_asked, response) => json(response, searchset([])), path);
    await searchOf(client);
    await client.everything('1');
    expect(upstream.asked.map(({ url }) => url)).toEqual([
      '/MedicinalProductDefinition?name=a',
      '/MedicinalProductDefinition/1/$everything',
    ]);
  },
);

describe('a long search', () => {
  const ids = Array.from({ length: 1_000 }, (_, at) => `ManufacturedItemDefinition/mid-${at}`);
  const forIds = (values: readonly string[]): SearchParameters => [{ name: 'for', values }];

  test('is a GET with a URL of up to 2,000 characters, and a POST if the URL would be longer', async () => {
    const { client, upstream } = await open((_asked, response) => json(response, searchset([])));
    const short = `${upstream.origin}/public/v1/Ingredient?for=`.length;
    await client.search('Ingredient', forIds(['x'.repeat(2_000 - short)]));
    const page = await client.search('Ingredient', forIds(['x'.repeat(2_001 - short)]));
    expect(upstream.asked.map(({ method }) => method)).toEqual(['GET', 'POST']);
    expect(upstream.asked[1]).toMatchObject({
      url: '/public/v1/Ingredient/_search',
      body: `for=${'x'.repeat(2_001 - short)}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(page.url).toBe('/public/v1/Ingredient/_search');
  });

  test('counts an apostrophe as three characters of its URL', async () => {
    const { client, upstream } = await open((_asked, response) => json(response, searchset([])));
    const named = (text: string): SearchParameters => [{ name: 'name', values: [text] }];
    const short = `${upstream.origin}/public/v1/MedicinalProductDefinition?name=`.length;
    const fitting = "'".repeat(100) + 'x'.repeat(2_000 - short - 300);
    await searchOf(client, named(fitting));
    await searchOf(client, named(`${fitting}x`));
    expect(upstream.asked.map(({ method }) => method)).toEqual(['GET', 'POST']);
  });

  test('is one POST with as many ids as fit into 100 kB', async () => {
    const { client } = await open((_asked, response) => json(response, searchset([])));
    expect(chunksThatFit(ids, (chunk) => client.fits('Ingredient', forIds(chunk)))).toHaveLength(1);
    const many = Array.from({ length: 10 }, () => ids).flat();
    for (const chunk of chunksThatFit(many, (part) => client.fits('Ingredient', forIds(part)))) {
      expect(`for=${chunk.map(encodeURIComponent).join(',')}`.length).toBeLessThanOrEqual(100_000);
    }
  });

  test.each([404, 405])(
    'whose POST is refused with %i is split into GETs that fit into a URL, for all later operations',
    async (status) => {
      const { client, upstream } = await open((asked, response) =>
        asked.method === 'POST' ? json(response, {}, status) : json(response, searchset([])),
      );
      const error = await failureOf(client.search('Ingredient', forIds(ids)));
      expect(error).toMatchObject({ code: 'UPSTREAM_UNSUPPORTED', status });
      expect(mustSplit(error)).toBe(true);
      const chunks = chunksThatFit(ids, (chunk) => client.fits('Ingredient', forIds(chunk)));
      for (const chunk of chunks) await client.search('Ingredient', forIds(chunk));
      expect(upstream.asked.map(({ method }) => method)).toEqual(['POST', ...chunks.map(() => 'GET')]);
      expect(
        Math.max(...upstream.asked.slice(1).map(({ url }) => upstream.origin.length + url.length)),
      ).toBeLessThanOrEqual(2_000);
      expect(client.fits('RegulatedAuthorization', forIds(ids))).toBe(true);
    },
  );

  test('whose POST is refused with 400 in one operation is still a POST in other operations', async () => {
    let isRefusing = true;
    const { client, upstream } = await open((asked, response) =>
      asked.method === 'POST' && isRefusing ? json(response, {}, 400) : json(response, searchset([])),
    );
    const many = [{ name: '_id' as const, values: Array.from({ length: 300 }, (_, index) => `id-${index}`) }];
    const type = 'MedicinalProductDefinition';
    const own = new Set<typeof type>();
    const error = await client
      .search(type, many, { refusals: createRefusals(own) })
      .catch((thrown: unknown) => thrown);
    expect([mustSplit(error), [...own]]).toEqual([true, [type]]);
    expect([client.fits(type, many, createRefusals(own)), client.fits(type, many)]).toEqual([false, true]);
    isRefusing = false;
    await client.search(type, many, { refusals: createRefusals() });
    expect(upstream.asked.map(({ method }) => method)).toEqual(['POST', 'POST']);
  });

  test('for one long value is a GET after a refused POST, and fails if the GET is refused too', async () => {
    const { client } = await open((asked, response) =>
      json(response, {}, asked.method === 'POST' ? 405 : 414),
    );
    const single = forIds(['x'.repeat(3_000)]);
    await failureOf(client.search('Ingredient', single));
    const error = await failureOf(client.search('Ingredient', single));
    expect([mustSplit(error), error]).toEqual([false, expect.objectContaining({ status: 414 })]);
  });
});

describe('paging through a search', () => {
  test('follows `next` links unchanged to the last page', async () => {
    const { client, upstream } = await open((asked, response) => {
      if (asked.url.includes('name='))
        return json(
          response,
          searchset([product('1')], `${upstream.origin}/public/v1?_getpages=a%20b&x=%2F`),
        );
      if (asked.url.includes('_getpages'))
        return json(response, searchset([product('2')], 'MedicinalProductDefinition?ct=3'));
      return json(response, searchset([product('3')]));
    });
    const ids: string[] = [];
    let page = await client.search('MedicinalProductDefinition', byName);
    for (;;) {
      ids.push(...page.resources.map(({ id }) => id));
      if (page.next === undefined) break;
      page = await client.page(page.next);
    }
    expect(ids).toEqual(['1', '2', '3']);
    expect(upstream.asked.map(({ url }) => url)).toEqual([
      '/public/v1/MedicinalProductDefinition?name=a',
      '/public/v1?_getpages=a%20b&x=%2F',
      '/public/v1/MedicinalProductDefinition?ct=3',
    ]);
  });

  test.each([
    'https://evil.example/X',
    '//evil.example/public/v2/X',
    '/public/v1evil/X',
    '../../admin',
    '/public/v1/%2e%2e/admin',
    'http://u:p@127.0.0.1/public/v1/X',
  ])(
    'never follows a `next` link to %s, and returns the page as one that cannot be continued',
    async (link) => {
      const { client, upstream } = await open((_asked, response) =>
        json(response, searchset([product('1')], link)),
      );
      expect(await searchOf(client)).toMatchObject({
        resources: [product('1')],
        next: undefined,
        hasLostWay: true,
      });
      await expect(client.page(link)).rejects.toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE' });
      expect(upstream.asked).toHaveLength(1);
    },
  );

  test.each([
    ['the address of its own page', (url: string) => ({ url })],
    ['no address', () => ({})],
  ])('cannot continue if the `next` link has %s', async (_what, linkTo) => {
    const { client } = await open((asked, response) =>
      json(response, { ...searchset([]), link: [{ relation: 'next', ...linkTo(asked.url) }] }),
    );
    expect(await searchOf(client)).toMatchObject({ next: undefined, hasLostWay: true });
  });

  test.each([404, 410])(
    'fails with UPSTREAM_UNAVAILABLE and the status if a `next` link has expired and is answered with %i',
    async (status) => {
      const { client } = await open((_asked, response) => json(response, {}, status));
      await expect(client.page('/public/v1?page=2')).rejects.toMatchObject({
        code: 'UPSTREAM_UNAVAILABLE',
        status,
      });
    },
  );
});

describe('$everything', () => {
  test('returns the first page of the Bundle of a product with its records', async () => {
    const { client, upstream } = await open((_asked, response) =>
      json(response, searchset([product('7')], '?page=2')),
    );
    expect(await client.everything('7')).toMatchObject({
      resources: [product('7')],
      next: '/public/v1/?page=2',
    });
    expect(upstream.asked[0]?.url).toBe('/public/v1/MedicinalProductDefinition/7/$everything');
  });

  test('returns undefined for an unknown product', async () => {
    const { client } = await open((_asked, response) => json(response, {}, 404));
    expect(await client.everything('7')).toBeUndefined();
  });
});

describe('the CapabilityStatement of the upstream', () => {
  test('is read from /metadata', async () => {
    const { client, upstream } = await open((_asked, response) =>
      json(response, { resourceType: 'CapabilityStatement' }),
    );
    expect(await client.capabilities()).toEqual({ resourceType: 'CapabilityStatement' });
    expect(upstream.asked[0]?.url).toBe('/public/v1/metadata');
  });

  test.each([404, 405, 501])('is undefined if /metadata answers %i', async (status) => {
    const { client } = await open((_asked, response) => json(response, {}, status));
    expect(await client.capabilities()).toBeUndefined();
  });

  test('causes an error if /metadata answers 503', async () => {
    const { client } = await open((_asked, response) => json(response, {}, 503));
    await expect(client.capabilities()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });
});

describe('an upstream error response', () => {
  test.each([
    [400, 'UPSTREAM_UNSUPPORTED'],
    [401, 'UPSTREAM_UNAUTHORIZED'],
    [403, 'UPSTREAM_UNAUTHORIZED'],
    [404, 'UPSTREAM_UNSUPPORTED'],
    [405, 'UPSTREAM_UNSUPPORTED'],
    [408, 'UPSTREAM_TIMEOUT'],
    [410, 'UPSTREAM_UNAVAILABLE'],
    [414, 'UPSTREAM_UNSUPPORTED'],
    [418, 'UPSTREAM_BAD_RESPONSE'],
    [422, 'UPSTREAM_UNSUPPORTED'],
    [429, 'UPSTREAM_RATE_LIMITED'],
    [431, 'UPSTREAM_UNSUPPORTED'],
    [500, 'UPSTREAM_UNAVAILABLE'],
    [501, 'UPSTREAM_UNSUPPORTED'],
    [503, 'UPSTREAM_UNAVAILABLE'],
    [504, 'UPSTREAM_TIMEOUT'],
    [204, 'UPSTREAM_BAD_RESPONSE'],
  ])('with status %i becomes the error %s', async (status, code) => {
    const { client } = await open((_asked, response) => json(response, {}, status));
    await expect(searchOf(client)).rejects.toMatchObject({ name: 'PmsError', code, status });
  });

  test('gives the error the seconds of its Retry-After header, be it a number or a date', async () => {
    const inAMinute = new Date(Date.now() + 60_000).toUTCString();
    const { client } = await open((_asked, response, count) =>
      json(response, {}, 429, { 'Retry-After': count === 1 ? '9' : inAMinute }),
    );
    await expect(searchOf(client)).rejects.toMatchObject({ retryAfter: 9 });
    const { retryAfter } = (await failureOf(searchOf(client))) as { retryAfter: number };
    expect(retryAfter).toBeGreaterThan(50);
    expect(retryAfter).toBeLessThanOrEqual(60);
  });

  test.each<[string, string, string, string]>([
    [
      'an OperationOutcome',
      'application/fhir+json',
      '{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"invalid","diagnostics":"Unknown search parameter"}]}',
      'HTTP 400: invalid; Unknown search parameter',
    ],
    [
      "the gateway's JSON",
      'application/json; charset=utf-8',
      '{"statusCode":400,"message":"APIM. Not authorized"}',
      'HTTP 400: APIM. Not authorized',
    ],
    [
      'an OAuth error',
      'application/json',
      '{"error":"invalid_client","error_description":"AADSTS1: app 123"}',
      'HTTP 400: invalid_client',
    ],
    ['plain text', 'text/plain', 'Rate limit is exceeded.', 'HTTP 400: no explanation'],
    ['HTML', 'text/html', '<html>Bad</html>', 'HTTP 400: no explanation'],
    ['invalid JSON', 'application/json', '{"message":', 'HTTP 400: no explanation'],
    ['deep JSON', 'application/json', '['.repeat(100_000), 'HTTP 400: no explanation'],
    [
      'a malformed OperationOutcome',
      'application/json',
      '{"issue":[null,{"code":5}],"message":{}}',
      'HTTP 400: no explanation',
    ],
  ])(
    'with %s as body becomes an error whose cause, and not its message, may quote the explanation',
    async (_title, type, body, cause) => {
      const { client } = await open((_asked, response) =>
        response.writeHead(400, { 'Content-Type': type }).end(body),
      );
      await expect(searchOf(client)).rejects.toMatchObject({
        code: 'UPSTREAM_UNSUPPORTED',
        message: 'The upstream does not support this request.',
        cause: { message: cause },
      });
    },
  );

  test.each([400, 401, 403, 404, 429, 500])(
    'with status %i that repeats the request causes an error without token, URL or host',
    async (status) => {
      const token = 'eyJhbGciOiJub25lIn0.eyJhdWQiOiJwbXMifQ.c2lnbmF0dXJl';
      const { client, upstream } = await open((asked, response) => {
        const echo = `Bearer ${token} / token=${token} / ${token} of http://${asked.headers.host}${asked.url}`;
        json(
          response,
          { issue: [{ code: 'security', diagnostics: echo }], message: echo, error: echo },
          status,
        );
      });
      const error = await failureOf(searchOf(client));
      expect(inspect(error, { depth: null, showHidden: true })).not.toContain(token);
      expect((error as Error).message).not.toMatch(/http|127\.0\.0\.1|name=/);
      expect(upstream.asked).toHaveLength(1);
    },
  );
});

describe('a large upstream response', () => {
  const big = 'x'.repeat(300_000);

  test('is read in slices, and gives all its 1,200 records', async () => {
    const records = Array.from({ length: 1_200 }, (_, at) => ({
      ...product(String(at)),
      description: 'é'.repeat(200),
    }));
    const body = searchset(records);
    const { client } = await open((_asked, response) => json(response, body));
    const page = await client.search('MedicinalProductDefinition', byName);
    expect(page.resources).toEqual(records);
    expect(page.entries).toBe(1_200);
  });

  test('has `urn:uuid` references replaced by ids, and no other record is copied', async () => {
    const entry = Array.from({ length: 600 }, (_, at) => ({
      fullUrl: `urn:uuid:${at}`,
      resource: {
        resourceType: 'Ingredient',
        id: String(at),
        for: [{ reference: `urn:uuid:${at + 1}` }, { reference: 'Organization/1' }],
        text: 'x'.repeat(500),
      },
    }));
    const { client } = await open((_asked, response) => json(response, { resourceType: 'Bundle', entry }));
    const { resources } = await client.search('Ingredient', byName);
    expect(resources[0]).toEqual({
      ...entry[0]?.resource,
      for: [{ reference: 'Ingredient/1' }, { reference: 'Organization/1' }],
    });
    expect(resources[599]).toEqual(entry[599]?.resource);
  });

  test.each<[string, string, string]>([
    ['breaks off', `{"resourceType":"Bundle","text":"${big}`, 'invalid JSON'],
    ['is no UTF-8', `{"resourceType":"Bundle","text":"${big}\xff"}`, 'invalid JSON'],
    ['is nested too deeply', `{"x":${'['.repeat(64)}${']'.repeat(64)},"text":"${big}"}`, 'too deeply'],
    ['has a list of 150,000 values', `{"x":[${'0,'.repeat(150_000)}0]}`, 'entries or values'],
  ])('that %s is refused with UPSTREAM_BAD_RESPONSE', async (_title, body, says) => {
    const { client } = await open((_asked, response) => {
      response.setHeader('Content-Type', 'application/fhir+json');
      response.end(Buffer.from(body, 'latin1'));
    });
    const error = await failureOf(searchOf(client));
    expect(error).toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE' });
    expect(String(error)).toContain(says);
    expect(inspect(error)).not.toContain('xxxx');
  });

  test.each(['entry', 'link'])('may have at most 25,000 members in its list `%s`', async (list) => {
    let length = 25_000;
    const { client } = await open((_asked, response) =>
      json(response, { resourceType: 'Bundle', [list]: Array.from({ length }, () => ({})) }),
    );
    await expect(searchOf(client)).resolves.toBeDefined();
    length += 1;
    await expect(searchOf(client)).rejects.toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE' });
  });

  test('with status 500 is not parsed for its explanation', async () => {
    const issue = [{ code: 'processing', diagnostics: 'small' }];
    const { client } = await open((_asked, response) =>
      json(response, { resourceType: 'OperationOutcome', issue, text: big }, 500),
    );
    expect(inspect(await failureOf(searchOf(client)))).toContain('no explanation');
  });
});

describe('an unreadable upstream response', () => {
  const nested = (depth: number): string =>
    `{"resourceType":"Bundle","x":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;

  test.each<[string, string, string | Buffer]>([
    ['HTML', 'text/html', '<html>Welcome</html>'],
    ['XML', 'application/fhir+xml', '<Bundle/>'],
    ['JSON with the media type text/plain', 'text/plain', '{"resourceType":"Bundle"}'],
    ['JSON with the media type application/jsonish', 'application/jsonish', '{"resourceType":"Bundle"}'],
    ['no bytes', 'application/fhir+json', ''],
    [
      'truncated JSON',
      'application/fhir+json',
      '{"resourceType":"Bundle","entry":[{"resource":{"secret":"abc',
    ],
    ['bytes that are no UTF-8', 'application/fhir+json', Buffer.from('7b2261223a22ff227d', 'hex')],
    ['65 levels of brackets', 'application/fhir+json', nested(65)],
    ['100,000 levels of brackets', 'application/fhir+json', '['.repeat(100_000)],
    [
      'more bytes than the limit',
      'application/fhir+json',
      `{"resourceType":"Bundle","x":"${'y'.repeat(1_000_000)}"}`,
    ],
  ])(
    'of %s becomes UPSTREAM_BAD_RESPONSE, and the error quotes nothing of it',
    async (_title, type, body) => {
      const { client } = await open((_asked, response) =>
        response.writeHead(200, { 'Content-Type': type }).end(body),
      );
      const error = await failureOf(searchOf(client));
      expect(error).toMatchObject({ name: 'PmsError', code: 'UPSTREAM_BAD_RESPONSE' });
      expect(inspect(error, { depth: null })).not.toMatch(/secret|Welcome/);
    },
  );

  test.each([
    'application/fhir+json; fhirVersion=5.0',
    'application/json;charset=utf-8',
    'text/json',
    'Application/JSON',
  ])('is not one with JSON and the media type %s', async (type) => {
    const { client } = await open((_asked, response) =>
      response.writeHead(200, { 'Content-Type': type }).end('\uFEFF{"resourceType":"Bundle"}'),
    );
    expect(await searchOf(client)).toMatchObject({ entries: 0 });
  });

  test('is not one with 64 levels of brackets, or with brackets inside strings', async () => {
    const { client } = await open((_asked, response, count) =>
      response
        .writeHead(200, { 'Content-Type': 'application/json' })
        .end(count === 1 ? nested(64) : `{"resourceType":"Bundle","x":"\\"${'[{'.repeat(100)}\\\\"}`),
    );
    expect(await searchOf(client)).toMatchObject({ entries: 0 });
    expect(await searchOf(client)).toMatchObject({ entries: 0 });
  });
});
