/** Substances in the schema: every one of the sample data and of random data with its products, and no upstream request. */
import type { Resource } from 'fhir/r5.js';
import { parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plain } from '../support/filter-truth.js';
import { randomWorld } from '../support/random-world.js';
import { startTestService, type GraphqlAnswer, type TestService } from '../support/service.js';
import { createSubstanceTruth, type SubstanceTruth, type TrueSubstance } from '../support/substance-truth.js';
import { isQuick, propertyRuns } from '../support/tier.js';

const page = `query Page($text: String, $startsWith: String, $role: IngredientRole, $first: Int, $after: String) {
  substances(text: $text, startsWith: $startsWith, role: $role, first: $first, after: $after) {
    totalCount
    pageInfo { complete hasNextPage endCursor }
    edges {
      productCount
      node { code name products(first: 100, role: $role) { totalCount nodes { pmsId } pageInfo { complete } } }
    }
  }
}`;

interface Row {
  readonly productCount: number;
  readonly node: {
    readonly code: string | null;
    readonly name: string | null;
    readonly products: { readonly totalCount: number | null; readonly nodes: readonly { pmsId: string }[] };
  };
}

interface Page {
  readonly totalCount: number | null;
  readonly pageInfo: {
    readonly complete: boolean;
    readonly hasNextPage: boolean;
    readonly endCursor: string;
  };
  readonly edges: readonly Row[];
}

interface Asked {
  readonly text?: string;
  readonly startsWith?: string;
  readonly role?: 'ACTIVE' | 'EXCIPIENT' | 'ADJUVANT' | 'SOLVENT';
}

/** Reads all pages in sequence. */
async function allOf(service: TestService, asked: Asked, first: number) {
  const rows: Row[] = [];
  const pages: Page[] = [];
  const incomplete: unknown[] = [];
  for (let after: string | undefined; ;) {
    const answer: GraphqlAnswer = await service.query(page, { ...asked, first, after });
    expect(answer.errors).toBeUndefined();
    const one = (answer.data as { readonly substances: Page }).substances;
    rows.push(...one.edges);
    pages.push(one);
    incomplete.push(...(answer.extensions['upstream'] as { incomplete: unknown[] }).incomplete);
    if (!one.pageInfo.hasNextPage) return { rows, pages, incomplete };
    after = one.pageInfo.endCursor;
  }
}

function idsOf({ node }: Row): readonly string[] {
  return node.products.nodes.map(({ pmsId }) => pmsId).sort();
}

function isMeant({ code, folded }: TrueSubstance, { text }: Asked): boolean {
  if (text === undefined) return true;
  const begins = (name: string): boolean =>
    ` ${name.replaceAll(/[^\p{L}\p{N}]/gu, ' ')}`.includes(` ${text}`);
  return code === text || [...folded].some(begins);
}

/** Returns the faults of all pages for the given arguments. */
async function faultsIn(service: TestService, asked: Asked, truth: SubstanceTruth, first = 100) {
  service.sandbox.clearRequests();
  const { rows, pages } = await allOf(service, asked, first);
  const productsOf = ({ products, byRole }: TrueSubstance): ReadonlySet<string> =>
    asked.role ? (byRole.get(asked.role) ?? new Set()) : products;
  const named = truth.substances.filter((each) => isMeant(each, asked));
  const meant = named.filter((each) => productsOf(each).size > 0);
  const told = rows.flatMap((row) => {
    const { productCount, node } = row;
    const found = meant.find(({ code, names }) =>
      node.code === null ? code === undefined && names.has(node.name ?? '') : code === node.code,
    );
    const ids = [...(found ? productsOf(found) : [])].sort();
    const isRight = found && productCount === ids.length && idsOf(row).join() === ids.join();
    // The name of a substance without a name is null.
    const isNamed = found && (found.names.size === 0 ? node.name === null : found.names.has(node.name ?? ''));
    const told = `${node.code} ${node.name}: ${productCount}, ${idsOf(row).join()} for ${ids.join()}`;
    return isRight && isNamed ? [] : [told];
  });
  const order = rows.map(({ node }) => plain(node.name ?? node.code ?? ''));
  const open = asked.role ? named.flatMap(({ roleless }) => [...roleless]) : [];
  const isComplete = truth.untold.size === 0 && open.length === 0;
  const sent = service.sandbox.requests.length;
  return [
    ...told,
    ...(rows.length === meant.length ? [] : [`${rows.length} rows for ${meant.length}`]),
    ...(order.join() === [...order].sort().join() ? [] : [`not A to Z: ${order.join()}`]),
    ...pages.flatMap(({ totalCount, pageInfo: { complete } }) =>
      complete === isComplete && totalCount === (isComplete ? meant.length : null)
        ? []
        : [`complete: ${complete}, ${totalCount}`],
    ),
    ...(sent > 0 ? [`${sent} requests`] : []),
  ];
}

describe('the field `substances`, over the sample data,', () => {
  let service: TestService;
  let truth: SubstanceTruth;
  beforeAll(async () => {
    service = await startTestService({ index: true, cacheTtlMs: 600_000 });
    truth = createSubstanceTruth(service.sandbox.resources as readonly Resource[]);
  });
  afterAll(() => service.stop());

  it.each<[string, Asked]>([
    ['all substances', {}],
    ['the active substances by role', { role: 'ACTIVE' }],
    ['the excipients by role', { role: 'EXCIPIENT' }],
    ['the adjuvants by role', { role: 'ADJUVANT' }],
    ['the substances with a word that begins with "bes"', { text: 'BES' }],
    ['no substance for a text that begins no word', { text: 'NOBODY' }],
  ])('returns %s', async (_what, asked) => {
    expect(truth.substances.length).toBeGreaterThan(50);
    expect(await faultsIn(service, asked, truth)).toEqual([]);
  });

  it('returns the whole list in pages of 7', async () => {
    expect(await faultsIn(service, {}, truth, 7)).toEqual([]);
  });

  it('returns each substance with a name under its first letter by `startsWith`', async () => {
    const { rows } = await allOf(service, {}, 100);
    const letters = new Set(rows.flatMap(({ node }) => node.name?.slice(0, 1).toLowerCase() ?? []));
    expect(letters.size).toBeGreaterThan(10);
    const found: Row[] = [];
    for (const startsWith of letters) found.push(...(await allOf(service, { startsWith }, 100)).rows);
    expect(found.length).toBe(rows.filter(({ node }) => node.name !== null).length);
  });

  it('counts as many products for each substance as a filter by the substance finds', async () => {
    const { rows } = await allOf(service, {}, 100);
    const some = isQuick ? rows.filter((_, at) => at % 9 === 0) : rows;
    for (const { productCount, node } of some) {
      const { data } = await service.query(
        'query Count($substance: [String!]) { products(filter: { substance: $substance }) { totalCount } }',
        { substance: [node.code ?? node.name] },
      );
      expect([node, data]).toEqual([node, { products: { totalCount: productCount } }]);
    }
  });

  it('returns substances that the field `substance` finds by their codes, without a request', async () => {
    for (const { code, products } of truth.substances) {
      if (code === undefined) continue;
      service.sandbox.clearRequests();
      const { data, errors } = await service.query(
        'query One($code: String!) { substance(code: $code) { code definition { id } products { totalCount } } }',
        { code },
      );
      expect(errors).toBeUndefined();
      expect(data).toEqual({
        substance: { code, definition: null, products: { totalCount: products.size } },
      });
      expect(service.sandbox.requests).toEqual([]);
    }
  });

  it('has no substance with a code that no product has: `substance` is null', async () => {
    const { data, errors } = await service.query('{ substance(code: "999999999999") { name } }');
    expect([data, errors]).toEqual([{ substance: null }, undefined]);
  });

  it('agrees with the substances of a product and their lists of products', async () => {
    service.sandbox.clearRequests();
    const { data, errors } = await service.query(`{ product(id: "600000000001") {
      activeSubstances { code products(first: 1) { totalCount nodes { pmsId packages(first: 1) { nodes { id } } } } }
      activeMoieties { code products(role: ACTIVE) { totalCount } }
      ingredients(role: ACTIVE) { nodes { strengths { references { substance { products { totalCount } } } } } }
    } }`);
    expect(errors).toBeUndefined();
    const sizeOf = (wanted: string): number =>
      truth.substances.find(({ code }) => code === wanted)?.products.size ?? 0;
    expect(data).toMatchObject({
      product: {
        activeSubstances: [
          { code: '100000090079', products: { totalCount: sizeOf('100000090079'), nodes: [{}] } },
        ],
        activeMoieties: [{ code: '100000085259', products: { totalCount: sizeOf('100000085259') } }],
        ingredients: {
          nodes: [
            {
              strengths: [
                { references: [{ substance: { products: { totalCount: sizeOf('100000085259') } } }] },
              ],
            },
          ],
        },
      },
    });
    expect(service.sandbox.requests).toEqual([]);
  });

  it('leads to pages of products, whose cursors fail with BAD_CURSOR for another substance', async () => {
    const of = (code: string, after?: string) =>
      service.query(
        `query Page($code: String!, $after: String) { substance(code: $code) {
          products(first: 3, after: $after) { nodes { pmsId } pageInfo { hasNextPage hasPreviousPage endCursor } } } }`,
        { code, after },
      );
    interface Data {
      readonly substance: {
        readonly products: {
          readonly nodes: readonly { readonly pmsId: string }[];
          readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
        };
      };
    }
    const found: string[] = [];
    let after: string | undefined;
    do {
      const { products } = ((await of('100000085259', after)).data as unknown as Data).substance;
      found.push(...products.nodes.map(({ pmsId }) => pmsId));
      after = products.pageInfo.hasNextPage ? products.pageInfo.endCursor : undefined;
      if (found.length === 3) {
        const { data, errors } = await of('100000090079', after);
        expect(data).toEqual({ substance: { products: null } });
        expect(errors).toMatchObject([{ extensions: { code: 'BAD_CURSOR' } }]);
      }
    } while (after);
    const { products } = truth.substances.find(({ code }) => code === '100000085259') ?? {};
    expect(found.sort()).toEqual([...(products ?? [])].sort());
  });

  it('has the same data as with the graphql-js reference executor', async () => {
    const text =
      '{ substances(first: 3) { nodes { code name definition { id } products(first: 2) { nodes { pmsId } } } } }';
    const document = parse(text);
    const [operation] = document.definitions;
    if (operation?.kind !== 'OperationDefinition') throw new Error('no operation');
    const request = { document, operation, variables: {}, languages: ['en'] };
    const [own, reference] = await Promise.all([
      service.executor.execute(request),
      service.reference(request),
    ]);
    expect(own.errors).toBeUndefined();
    expect(JSON.parse(JSON.stringify(reference.data))).toEqual(JSON.parse(JSON.stringify(own.data)));
  });
});

const worlds = Math.ceil(propertyRuns(40) / (isQuick ? 10 : 1));
const firstSeed = Number(process.env['SUBSTANCE_SEED'] ?? 1);

it(`the field \`substances\` returns the substances that an oracle computes, over ${worlds} random data sets`, async () => {
  let counted = 0;
  for (let seed = firstSeed; seed < firstSeed + worlds; seed += 1) {
    const resources = randomWorld(seed, { untold: seed % 2 === 0 });
    const truth = createSubstanceTruth(resources);
    counted += truth.substances.length;
    const service = await startTestService({ index: true, cacheTtlMs: 600_000, sandbox: { resources } });
    const faults: string[] = [];
    for (const asked of [{}, { role: 'ACTIVE' }, { role: 'EXCIPIENT' }, { text: 'VAL' }] as const)
      for (const fault of await faultsIn(service, asked, truth, 1 + (seed % 5)))
        faults.push(`${JSON.stringify(asked)}: ${fault}`);
    await service.stop();
    expect(faults, `world ${seed}`).toEqual([]);
  }
  expect(counted).toBeGreaterThan(worlds);
}, 300_000);
