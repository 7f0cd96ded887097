/** An invalid request is refused with a code and one clear sentence, and causes no upstream request. */
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../support/service.js';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
  await service.query('{ products(first: 1) { nodes { id } } }');
  service.sandbox.clearRequests();
});
afterAll(() => service.stop());
afterEach(() => service.sandbox.clearRequests());

interface Case {
  readonly title: string;
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  readonly code: string;
  readonly message?: RegExp;
}

const name = (text: string): string =>
  `{ products(filter: { name: ${JSON.stringify(text)} }) { nodes { id } } }`;

const cases: readonly Case[] = [
  { title: 'a malformed query', query: '{ products(', code: 'GRAPHQL_PARSE_FAILED' },
  {
    title: 'an unknown field',
    query: '{ products { nodes { colour } } }',
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    title: 'two operations and no operationName',
    query: 'query A { product(id: "1") { id } } query B { product(id: "1") { id } }',
    code: 'GRAPHQL_VALIDATION_FAILED',
    message: /^The document has several operations/,
  },
  {
    title: '`first: 0` at the root',
    query: '{ products(first: 0) { nodes { id } } }',
    code: 'BAD_USER_INPUT',
    message: /"first" must be between 1 and 100/,
  },
  {
    title: '`first: 0` below a list',
    query: '{ products { nodes { packages(first: 0) { nodes { id } } } } }',
    code: 'BAD_USER_INPUT',
    message: /"first" must be between 1 and 100/,
  },
  {
    title: '`first: 101` at the deepest level',
    query:
      '{ products { nodes { packages { nodes { manufacturedItems { ingredients(first: 101) { nodes { id } } } } } } } }',
    code: 'BAD_USER_INPUT',
    message: /"first"/,
  },
  {
    title: '`first: 0` in a variable',
    query: 'query($n: Int!) { products(first: $n) { nodes { id } } }',
    variables: { n: 0 },
    code: 'BAD_USER_INPUT',
    message: /"first"/,
  },
  {
    title: 'a variable of the wrong type',
    query: 'query($n: Int!) { products(first: $n) { nodes { id } } }',
    variables: { n: 'secret-value' },
    code: 'BAD_USER_INPUT',
    message: /^"\$n" must be given as Int!: a whole number\.$/,
  },
  {
    title: 'a missing variable',
    query: 'query($n: Int!) { products(first: $n) { nodes { id } } }',
    code: 'BAD_USER_INPUT',
    message: /\$n/,
  },
  {
    title: 'an id with a path to another resource',
    query: '{ product(id: "../x") { id } }',
    code: 'BAD_USER_INPUT',
    message: /"id"/,
  },
  { title: 'the id ".."', query: '{ product(id: "..") { id } }', code: 'BAD_USER_INPUT', message: /"id"/ },
  {
    title: 'the id "metadata", which is a FHIR path',
    query: '{ product(id: "metadata") { id } }',
    code: 'BAD_USER_INPUT',
  },
  {
    title: 'a product id of another type',
    query: '{ product(id: "Package:8485040") { id } }',
    code: 'BAD_USER_INPUT',
    message: /"id"/,
  },
  { title: 'an empty name', query: name(''), code: 'BAD_USER_INPUT', message: /"filter\.name"/ },
  { title: 'a blank name', query: name(' \u00a0 '), code: 'BAD_USER_INPUT', message: /"filter\.name"/ },
  {
    title: 'a name of 10,000 characters',
    query: name('x'.repeat(10_000)),
    code: 'BAD_USER_INPUT',
    message: /"filter\.name" must have at most 200/,
  },
  {
    title: 'a name with control characters',
    query: name('a\u0007b'),
    code: 'BAD_USER_INPUT',
    message: /"filter\.name"/,
  },
  {
    title: 'a name with half a UTF-16 pair',
    query: 'query($n: String) { products(filter: { name: $n }) { nodes { id } } }',
    variables: { n: 'a\ud83d' },
    code: 'BAD_USER_INPUT',
    message: /"filter\.name" must not have .*incomplete/,
  },
  {
    title: 'an invalid language tag',
    query: '{ products { nodes { domain { text(language: "../de") } } } }',
    code: 'BAD_USER_INPUT',
    message: /"language"/,
  },
  {
    title: 'a made-up cursor',
    query: '{ products(after: "bm9uc2Vuc2U") { nodes { id } } }',
    code: 'BAD_CURSOR',
  },
  {
    title: 'a made-up cursor below a list',
    query: '{ products { nodes { packages(after: "x") { nodes { id } } } } }',
    code: 'BAD_CURSOR',
  },
];

describe('a GraphQL request with', () => {
  it.each(cases)(
    'the fault $title is refused before any upstream request',
    async ({ query, variables, code, message }) => {
      const answer = await service.query(query, variables);
      expect(answer.data ?? null).toBeNull();
      expect(answer.errors?.map(({ extensions }) => extensions.code)).toEqual(expect.arrayContaining([code]));
      expect(answer.errors?.[0]?.message).toMatch(message ?? /./);
      const text = JSON.stringify(answer);
      expect(text).not.toMatch(/secret-value|stack|node_modules|\.ts:|127\.0\.0\.1/);
      expect(text.length).toBeLessThan(1_000);
      expect(service.sandbox.requests).toEqual([]);
    },
  );

  it.each([
    ['a root field', '{ mine: products(first: 0) { nodes { id } } }', {}, ['mine'], 3],
    [
      'a field below a list',
      '{ products { nodes { all: packages(first: 0) { nodes { id } } } } }',
      {},
      ['products', 'nodes', 'all'],
      22,
    ],
    [
      'a field of an interface',
      '{ node(id: "Product:1") { ... on Product { name(language: "../x") } } }',
      {},
      ['node', 'name'],
      44,
    ],
    [
      'a list with a made-up cursor',
      '{ product(id: "1") { p: packages(after: "x") { nodes { id } } } }',
      {},
      ['product', 'p'],
      22,
    ],
  ])(
    'an invalid argument of %s is refused, and the error has the path and column of the field',
    async (_what, query, variables, path, column) => {
      const { data, errors } = await service.query(query, variables);
      expect(data ?? null).toBeNull();
      expect(errors).toMatchObject([{ path, locations: [{ line: 1, column }] }]);
    },
  );

  it('the cursor of a list with another filter is refused with BAD_CURSOR before any upstream request', async () => {
    const first = (await service.query(
      '{ products(filter: { name: "a" }, first: 2) { pageInfo { endCursor } } }',
    )) as unknown as {
      data: { products: { pageInfo: { endCursor: string } } };
    };
    const { endCursor } = first.data.products.pageInfo;
    service.sandbox.clearRequests();
    const other = await service.query(
      `{ products(filter: { name: "b" }, first: 2, after: "${endCursor}") { nodes { id } } }`,
    );
    expect(other.errors?.[0]?.extensions.code).toBe('BAD_CURSOR');
    const nested = await service.query(
      `{ product(id: "600000000001") { packages(after: "${endCursor}") { nodes { id } } } }`,
    );
    expect(nested.errors?.[0]?.extensions.code).toBe('BAD_CURSOR');
    expect(service.sandbox.requests).toEqual([]);
  });

  it('the cursor of another product’s packages is refused with BAD_CURSOR before any upstream request', async () => {
    const packages = '{ nodes { id } pageInfo { endCursor hasNextPage } }';
    const first = (await service.query(
      `{ product(id: "600000000001") { packages(first: 1) ${packages} } }`,
    )) as unknown as {
      data: { product: { packages: { pageInfo: { endCursor: string } } } };
    };
    const { endCursor } = first.data.product.packages.pageInfo;
    service.sandbox.clearRequests();
    const other = await service.query(
      `{ product(id: "600000000002") { packages(first: 1, after: "${endCursor}") ${packages} } }`,
    );
    expect(other.errors).toMatchObject([
      {
        path: ['product', 'packages'],
        locations: [{ line: 1, column: 33 }],
        extensions: { code: 'BAD_CURSOR' },
      },
    ]);
    expect(service.sandbox.requests).toEqual([]);
  });

  it.each(['status: ["200000005004"]', 'atc: ["C08CA01"]', 'substance: ["x"]'])(
    'the filter %s over more products than the service may read is refused by name, and other fields are answered',
    async (part) => {
      const over = await startTestService({ sandbox: { products: 501 } });
      const answer = await over.query(
        `{ wanted: products(filter: { ${part} }) { nodes { id } } other: products(first: 1) { nodes { __typename } } }`,
      );
      await over.stop();
      expect(answer.data).toEqual({ wanted: null, other: { nodes: [{ __typename: 'Product' }] } });
      expect(answer.errors).toMatchObject([
        { path: ['wanted'], extensions: { code: 'UPSTREAM_UNSUPPORTED' } },
      ]);
      expect(answer.errors?.[0]?.message).toContain(part.slice(0, part.indexOf(':')));
    },
  );

  it('a cost above the budget is refused, and the message names the argument to lower', async () => {
    const small = await startTestService({ budget: 10 });
    await small.query('{ product(id: "600000000001") { id } }');
    small.sandbox.clearRequests();
    const answer = await small.query('{ products(first: 20) { nodes { packages { nodes { id } } } } }');
    expect(answer.errors).toMatchObject([{ extensions: { code: 'UPSTREAM_BUDGET_EXCEEDED' } }]);
    expect(answer.errors?.[0]?.message).toMatch(/at least 21 .* 10 are allowed.*"first" of "products"/);
    expect(small.sandbox.requests).toEqual([]);
    await small.stop();
  });
});

describe('an HTTP request', () => {
  const post = (body: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${service.origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });

  it.each([
    ['a body that is no JSON', () => post('{nonsense'), 400],
    ['a body that is no JSON object', () => post('[]'), 400],
    ['a body that is too large', () => post(JSON.stringify({ query: `{ a } #${'x'.repeat(100_001)}` })), 413],
    [
      'the media type of a form',
      () => post('query={a}', { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
    ],
    ['a compressed body', () => post('{"query":"{__typename}"}', { 'content-encoding': 'gzip' }), 415],
    [
      'an unknown version of persisted queries',
      () => post('{"query":"{__typename}","extensions":{"persistedQuery":{"version":2,"sha256Hash":"x"}}}'),
      400,
    ],
    [
      'a persisted query with a wrong hash',
      () => post('{"query":"{__typename}","extensions":{"persistedQuery":{"version":1,"sha256Hash":"x"}}}'),
      400,
    ],
    ['the charset utf-16', () => post('{}', { 'content-type': 'application/json; charset=utf-16' }), 415],
    [
      'a body that is no UTF-8',
      () =>
        fetch(`${service.origin}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: Buffer.from('{"query":"{ a(b: \\"\xff\\") }"}', 'latin1'),
        }),
      400,
    ],
    ['an empty media type', () => post('{}', { 'content-type': '' }), 415],
    ['the method DELETE', () => fetch(`${service.origin}/graphql`, { method: 'DELETE' }), 405],
    ['an unknown path', () => fetch(`${service.origin}/nothing/here`), 404],
    [
      'the method POST for the schema file',
      () => fetch(`${service.origin}/schema.graphql`, { method: 'POST' }),
      405,
    ],
  ] as const)('with %s gets a JSON error with its status and code', async (_title, send, status) => {
    const response = await send();
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toMatch(/json/);
    const body = (await response.json()) as { errors: { message: string; extensions: { code: string } }[] };
    expect(body.errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(JSON.stringify(body)).not.toMatch(/stack|node_modules/);
    expect(service.sandbox.requests).toEqual([]);
  });

  it.each(['application/json;charset="UTF-8"', 'application/json; charset=utf8', 'application/json; x=y'])(
    'with the media type %s is accepted as JSON',
    async (type) => {
      const response = await post('{"query":"{ __typename }"}', { 'content-type': type });
      expect(await response.json()).toMatchObject({ data: { __typename: 'Query' } });
    },
  );

  it.each(['en_US', 'C', 'x', 'en-', '12', 'zh_CN', 'de_DE.UTF-8', 'x'.repeat(5_000), ',;q=', 'de;q=0'])(
    'with Accept-Language $0 gets sorted lists',
    async (language) => {
      const query = '{ products(sort: { by: NAME }, first: 2) { nodes { name domain { text } } } }';
      const ask = async (accept: string): Promise<unknown> =>
        (await post(JSON.stringify({ query }), { 'accept-language': accept })).json();
      expect(await ask(language)).toMatchObject({ data: ((await ask('en')) as { data: unknown }).data });
      expect(await ask(`${language}, de`)).toMatchObject({
        data: ((await ask('de')) as { data: unknown }).data,
      });
      service.sandbox.clearRequests();
    },
  );

  it('with a variable named __proto__ is answered', async () => {
    const body = `{"query":"query($__proto__: ID!) { product(id: $__proto__) { pmsId } }","variables":{"__proto__":"600000000001"}}`;
    expect(await (await post(body)).json()).toMatchObject({ data: { product: { pmsId: '600000000001' } } });
    const wrong = `{"query":"query($__proto__: Int) { products(first: $__proto__) { nodes { id } } }","variables":{"__proto__":"x"}}`;
    expect(await (await post(wrong)).json()).toMatchObject({
      errors: [{ message: '"$__proto__" must be given as Int: a whole number.' }],
    });
    const unknown = `{"query":"query($f: ProductFilter) { products(filter: $f) { nodes { id } } }","variables":{"f":{"__proto__":{"name":"x"}}}}`;
    expect(await (await post(unknown)).json()).toMatchObject({
      errors: [{ extensions: { code: 'BAD_USER_INPUT' } }],
    });
    service.sandbox.clearRequests();
  });

  it('with an empty operationName in the URL is answered as one without operationName', async () => {
    const answers = await Promise.all(
      ['', 'A', 'B'].map(async (name) => {
        const address = `${service.origin}/graphql?query=query A { __typename }&operationName=${name}`;
        const response = await fetch(address, { headers: { accept: 'application/json' } });
        return (await response.json()) as { data?: unknown; errors?: { message: string }[] };
      }),
    );
    expect(answers.map(({ data, errors }) => data ?? errors?.[0]?.message)).toEqual([
      { __typename: 'Query' },
      { __typename: 'Query' },
      'The document has no operation with the name in "operationName".',
    ]);
  });

  it.each([
    ['no Host', 'GET /health/live HTTP/1.1\r\n\r\n', 400],
    ['an unknown Expect', 'GET /health/live HTTP/1.1\r\nhost: x\r\nexpect: more\r\n\r\n', 417],
    [
      'Content-Length and Transfer-Encoding',
      'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n',
      400,
    ],
  ])('with %s in its header gets the error BAD_USER_INPUT in JSON', async (_title, head, status) => {
    const socket = connect(Number(new URL(service.origin).port), '127.0.0.1');
    socket.write(head);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    expect(answer.toString()).toMatch(
      new RegExp(`^HTTP/1.1 ${status} [^]*application/json[^]*"code":"BAD_USER_INPUT"`),
    );
  });

  it('by a link on another website is refused with 403', async () => {
    // fetch() sets these headers itself, so the test uses node:http.
    const request = get(`${service.origin}/graphql?query={__typename}`, {
      headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
    });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(403);
  });

  it('for /health/live, /health/ready or /schema.graphql gets the state or the schema', async () => {
    const texts = await Promise.all(
      ['/health/live', '/health/ready', '/schema.graphql'].map(async (path) => {
        const response = await fetch(service.origin + path);
        return [response.status, response.headers.get('content-type'), (await response.text()).slice(0, 20)];
      }),
    );
    expect(texts).toMatchObject([
      [200, expect.stringContaining('json'), '{"status":"live"}'],
      [200, expect.stringContaining('json'), '{"status":"ready"}'],
      [200, expect.stringContaining('text/plain'), '# EU medicinal produ'],
    ]);
  });
});
