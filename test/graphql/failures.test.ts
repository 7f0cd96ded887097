/** An upstream failure makes its own field null, leaves the siblings, and is reported by one code with a path. */
import type { Resource } from 'fhir/r5.js';
import { afterEach, describe, expect, it } from 'vitest';
import { sampleResources } from '../../src/sandbox/world/sample.js';
import type { Fault } from '../../src/sandbox/server.js';
import { startTestService, type TestService, type TestServiceOptions } from '../support/service.js';
import { isQuick } from '../support/tier.js';

let service: TestService;
afterEach(() => service.stop());

async function start(faults: readonly Fault[], options: TestServiceOptions = {}): Promise<void> {
  service = await startTestService(options);
  await service.query('{ product(id: "600000000001") { id } }');
  service.sandbox.setFaults(faults);
}

const bundleOf = (id: string): string => `${id}/$everything`;
const lists = '{ nodes { id } pageInfo { complete } }';

describe('a product whose `$everything` Bundle cannot be read', () => {
  it.each([
    [{ kind: 'status', status: 503 }, 'UPSTREAM_UNAVAILABLE'],
    [{ kind: 'status', status: 500 }, 'UPSTREAM_UNAVAILABLE'],
    [{ kind: 'status', status: 403 }, 'UPSTREAM_UNAUTHORIZED'],
    [{ kind: 'status', status: 429 }, 'UPSTREAM_RATE_LIMITED'],
    [{ kind: 'html' }, 'UPSTREAM_BAD_RESPONSE'],
    [{ kind: 'truncated-json' }, 'UPSTREAM_BAD_RESPONSE'],
    [{ kind: 'reset' }, 'UPSTREAM_UNAVAILABLE'],
  ] as const)('fails alone with $1 after the upstream fault %j', async (fault, code) => {
    await start([{ ...fault, match: bundleOf('600000000002') } as Fault]);
    const { data, errors } = await service.query(
      `{ products(filter: { name: "Avelanta" }, first: 2) { nodes { pmsId packages ${lists} holder { name } } } }`,
    );
    expect(data).toMatchObject({
      products: {
        nodes: [
          {
            pmsId: '600000000001',
            packages: { pageInfo: { complete: true } },
            holder: { name: expect.any(String) as string },
          },
          { pmsId: '600000000002', packages: null, holder: null },
        ],
      },
    });
    expect(errors).toMatchObject([
      { path: ['products', 'nodes', 1, 'packages'], extensions: { code } },
      { path: ['products', 'nodes', 1, 'holder'], extensions: { code } },
    ]);
    expect(JSON.stringify(errors)).not.toMatch(/127\.0\.0\.1|\$everything|stack/);
  });
});

it('an invalid date in a record makes its own field null with UPSTREAM_BAD_RESPONSE, and the other fields have their values', async () => {
  const product = sampleResources({ quirks: false }).find(
    ({ resourceType }) => resourceType === 'MedicinalProductDefinition',
  );
  const marketingStatus = [{ restoreDate: 'not a date', status: { text: 'marketed' } }];
  const resources = [{ ...product, marketingStatus } as Resource];
  service = await startTestService({ sandbox: { resources } });
  const { data, errors } = await service.query(
    `{ product(id: "${product?.id}") { pmsId marketingStatuses { restoreDate status { text } } } }`,
  );
  expect(data).toEqual({
    product: { pmsId: product?.id, marketingStatuses: [{ restoreDate: null, status: { text: 'marketed' } }] },
  });
  expect(errors).toMatchObject([
    {
      path: ['product', 'marketingStatuses', 0, 'restoreDate'],
      extensions: { code: 'UPSTREAM_BAD_RESPONSE' },
    },
  ]);
});

describe('a list of records whose second upstream page cannot be read', () => {
  it('has the records of the first page, and is marked incomplete with PAGE_FAILED', async () => {
    await start([{ kind: 'status', status: 500, match: '_page=' }], {
      profile: 'search',
      sandbox: { maxPageSize: 2 },
    });
    const { data, errors, extensions } = await service.query(
      `{ product(id: "600000000001") { packages ${lists} manufacturedItems { id } } }`,
    );
    expect(data).toMatchObject({
      product: { packages: { nodes: [{}, {}], pageInfo: { complete: false } }, manufacturedItems: null },
    });
    expect(errors).toMatchObject([
      { path: ['product', 'manufacturedItems'], extensions: { code: 'UPSTREAM_INCOMPLETE' } },
    ]);
    expect(extensions).toMatchObject({
      upstream: {
        incomplete: [
          { path: ['product', 'packages'], reason: 'PAGE_FAILED' },
          { path: ['product', 'manufacturedItems'], reason: 'PAGE_FAILED' },
        ],
      },
    });
  });

  it('continues after its end cursor with the first record of the failed page, once the upstream works again', async () => {
    await start([{ kind: 'status', status: 500, match: '_page=' }], {
      profile: 'search',
      sandbox: { maxPageSize: 2 },
    });
    const packages = (after: string | null): string =>
      `{ product(id: "600000000001") { packages(first: 2, after: ${JSON.stringify(after)}) { nodes { id } pageInfo { complete hasNextPage endCursor } } } }`;
    interface Answer {
      data: {
        product: {
          packages: {
            nodes: { id: string }[];
            pageInfo: { complete: boolean; hasNextPage: boolean; endCursor: string };
          };
        };
      };
    }
    const cut = (await service.query(packages(null))) as unknown as Answer;
    expect(cut.data.product.packages.pageInfo).toMatchObject({ complete: false, hasNextPage: true });
    service.sandbox.setFaults([]);
    const again = (await service.query(
      packages(cut.data.product.packages.pageInfo.endCursor),
    )) as unknown as Answer;
    expect(again.data.product.packages.nodes).toEqual(cut.data.product.packages.nodes);
    expect(again.data.product.packages.pageInfo).toMatchObject({ complete: true, hasNextPage: true });
  });

  it('has the records of the first page only, if the `next` link leads to another host', async () => {
    await start([{ kind: 'foreign-next' }], { profile: 'search', sandbox: { maxPageSize: 2 } });
    const { data, errors, extensions } = await service.query(`{ products(first: 5) ${lists} }`);
    expect(data).toMatchObject({ products: { pageInfo: { complete: false } } });
    expect((data as { products: { nodes: object[] } }).products.nodes).toHaveLength(2);
    expect(errors).toBeUndefined();
    expect(extensions).toMatchObject({
      upstream: { incomplete: [{ path: ['products'], reason: 'PAGE_FAILED' }] },
    });
  });
});

describe('an upstream that ignores the search parameter `package-for`', () => {
  it('makes the packages of a product null with UPSTREAM_UNSUPPORTED, so that no wrong package is returned', async () => {
    await start([{ kind: 'ignore', parameter: 'package-for' } as Fault], { profile: 'search' });
    const { data, errors } = await service.query(
      `{ product(id: "600000000001") { pmsId packages ${lists} } }`,
    );
    expect(data).toEqual({ product: { pmsId: '600000000001', packages: null } });
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNSUPPORTED' } }]);
  });
});

describe('an upstream request without a response', () => {
  it('fails with UPSTREAM_TIMEOUT after the time limit of one request', async () => {
    await start([{ kind: 'hang', match: bundleOf('600000000001') }], { timeoutMs: 1_000 });
    const { errors } = await service.query(`{ product(id: "600000000001") { packages ${lists} } }`);
    expect(errors).toMatchObject([{ path: ['product'], extensions: { code: 'UPSTREAM_TIMEOUT' } }]);
  });
});

describe('the number of upstream requests in `extensions`', () => {
  it('is 0 if every root field was refused', async () => {
    await start([]);
    const { data, extensions } = await service.query('{ substance(code: "100000085259") { code } }');
    expect(data).toEqual({ substance: null });
    expect(extensions).toMatchObject({ upstream: { requests: 0, estimated: 0, incomplete: [] } });
  });

  it('is reported if the answer was too large', async () => {
    await start([]);
    const many = (field: string, below: string): string =>
      Array.from({ length: 15 }, (_, index) => `a${index}: ${field} { ${below} }`).join(' ');
    const back = (below: string): string => `ingredients { nodes { manufacturedItems { ${below} } } }`;
    const grown = back(back(back(`ingredients { nodes { ${many('manufacturedItems', '...Items')} } }`)));
    const { data, errors, extensions } = await service.query(
      `{ product(id: "600000000001") { ${grown} } }
       fragment Items on ManufacturedItem { ${many('ingredients', 'nodes { id }')} }`,
    );
    expect(data ?? null).toBeNull();
    expect(errors).toMatchObject([
      {
        message: expect.stringContaining('50000 objects') as string,
        extensions: { code: 'QUERY_TOO_COMPLEX' },
      },
    ]);
    expect(extensions).toMatchObject({ upstream: { requests: 1 } });
  });

  it.each([
    ['a document that is no GraphQL', '{ products('],
    ['an operation with an unknown field', '{ nothing }'],
    ['an operation with an invalid argument', '{ products(first: 0) { nodes { id } } }'],
  ])('is absent for %s, because nothing was executed', async (_what, query) => {
    await start([]);
    const answer = await service.query(query);
    expect(answer).not.toHaveProperty('extensions');
    expect(answer).not.toHaveProperty('data');
  });
});

describe('an access token', () => {
  const many = isQuick ? 50 : 500;

  it(`is requested once for ${many} simultaneous operations after the start`, async () => {
    service = await startTestService();
    const answers = await Promise.all(
      Array.from({ length: many }, () => service.query('{ product(id: "600000000001") { pmsId } }')),
    );
    expect(answers.filter(({ errors }) => errors)).toEqual([]);
    expect(service.sandbox.tokenRequests).toHaveLength(1);
  });

  it('that the upstream has revoked is replaced once, and the refused requests are sent again', async () => {
    await start([]);
    service.sandbox.revokeTokens();
    const before = service.sandbox.tokenRequests.length;
    const answer = await service.query(`{ products(first: 10) { nodes { id packages ${lists} } } }`);
    expect(answer.errors).toBeUndefined();
    expect(service.sandbox.tokenRequests.length - before).toBe(1);
    expect(answer.extensions).toMatchObject({ upstream: { tokenRequests: 1, incomplete: [] } });
  });
});

describe('a product that does not exist', () => {
  it.each(['everything', 'search'] as const)(
    'is null without an error with the profile `%s`',
    async (profile) => {
      await start([], { profile });
      const answer = await service.query(`{ product(id: "699999999999") { name packages ${lists} } }`);
      expect([answer.data, answer.errors]).toEqual([{ product: null }, undefined]);
    },
  );
});
