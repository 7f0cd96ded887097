/** The equivalents of a product, on every profile and from the index, against a plain comparison of raw records. */
import type { Resource } from 'fhir/r5.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  allBy,
  createEquivalenceTruth,
  type By,
  type EquivalenceTruth,
} from '../support/equivalence-truth.js';
import {
  countries,
  equivalentWorld,
  forms,
  human,
  medicine,
  mg,
  perUnit,
  routes,
  states,
  veterinary,
  type ActiveOf,
  type AuthorizationOf,
  type MedicineOf,
} from '../support/equivalent-world.js';
import { createFilterTruth } from '../support/filter-truth.js';
import { upstreamOf, type Gap } from '../support/operations.js';
import { sentByOperations } from '../support/sent.js';
import { startTestService, type GraphqlAnswer, type TestService } from '../support/service.js';
import { isQuick, oneIn } from '../support/tier.js';

const profiles = ['everything', 'search', 'include'] as const;
const hour = 3_600_000;

const five: ActiveOf = { substance: 'amlodipine', strength: perUnit(5) };
const salt: ActiveOf = { substance: 'amlodipine besilate', strength: perUnit(6.94) };
const based: ActiveOf = { ...salt, base: { substance: 'amlodipine', amount: mg(5) } };
const valid = (country: string, more: Partial<AuthorizationOf> = {}): AuthorizationOf => ({
  country,
  status: states.valid,
  ...more,
});
const [tablet, capsule] = forms;
const made = (items: MedicineOf['items'], others: Partial<MedicineOf> = {}): MedicineOf => ({
  items,
  form: tablet,
  routes: routes.slice(0, 1),
  domain: human,
  authorizations: [valid(countries.DE)],
  ...others,
});
const half: readonly ActiveOf[] = [{ substance: 'valsartan', strength: perUnit(160), isUncoded: true }, five];
const placebo: readonly ActiveOf[] = [];
const pill: readonly ActiveOf[] = [{ substance: 'ethinylestradiol', strength: perUnit(1) }];

const world: readonly Resource[] = Object.entries<MedicineOf>({
  plain: made([[five]]),
  based: made([[based]]),
  'of-france': made([[based]], { authorizations: [valid(countries.FR)] }),
  'of-union': made([[five]], { authorizations: [valid('100000000390', { number: 'EU/1/26/1' })] }),
  // Valid in France, and revoked in Germany.
  split: made([[five]], {
    authorizations: [valid(countries.FR), valid(countries.DE, { status: states.revoked })],
  }),
  ended: made([[five]], { authorizations: [valid(countries.DE, { status: states.revoked })] }),
  unbased: made([[salt]]),
  ten: made([[{ ...five, strength: perUnit(10) }]]),
  vague: made([[{ ...five, strength: {} }]]),
  capsule: made([[five]], { form: capsule }),
  injected: made([[five]], { routes: routes.slice(1, 2) }),
  animal: made([[five]], { domain: veterinary }),
  both: made([[five, { substance: 'valsartan', strength: perUnit(80) }]]),
  half: made([half]),
  'half-too': made([half]),
  broken: made([[five]], { isBroken: true }),
  kit: made([pill, placebo]),
  'kit-turned': made([placebo, pill]),
  'kit-without': made([pill]),
}).flatMap(([id, medicineOf]) => medicine(id, medicineOf));

const list = 'totalCount pageInfo { complete hasNextPage endCursor } nodes { pmsId }';
const document = `query ($id: ID!, $by: [EquivalenceBy!], $country: [String!], $first: Int, $after: String) {
  product(id: $id) { equivalents(by: $by, country: $country, first: $first, after: $after) { ${list} } }
}`;

interface Page {
  readonly totalCount: number | null;
  readonly pageInfo: {
    readonly complete: boolean;
    readonly hasNextPage: boolean;
    readonly endCursor: string;
  };
  readonly nodes: readonly { readonly pmsId: string }[];
}

interface Equivalents extends Page {
  readonly ids: readonly string[];
  readonly incomplete: readonly Gap[];
}

type Asked = Partial<Record<'by' | 'country' | 'first' | 'after', unknown>>;

async function ask(service: TestService, id: string, asked: Asked = {}): Promise<GraphqlAnswer> {
  service.sandbox.clearRequests();
  // An omitted variable differs from null.
  return service.query(document, { id, ...asked });
}

async function equivalentsOf(service: TestService, id: string, asked: Asked = {}): Promise<Equivalents> {
  const answer = await ask(service, id, asked);
  expect(answer.errors).toBeUndefined();
  const { requests, estimated, incomplete } = upstreamOf(answer);
  expect(requests).toBe(sentByOperations(service.sandbox).length);
  expect(requests).toBeLessThanOrEqual(estimated);
  const { equivalents } = answer.data!['product'] as { readonly equivalents: Page };
  return { ...equivalents, ids: equivalents.nodes.map(({ pmsId }) => pmsId), incomplete };
}

const codesOf = ({ errors = [] }: GraphqlAnswer): readonly unknown[] =>
  errors.map(({ message, extensions }) => `${extensions.code} ${message}`);

const untold = (count?: number): Gap => ({
  path: ['product', 'equivalents'],
  reason: 'NOT_TOLD',
  ...(count === undefined ? {} : { count }),
});

const ways = [
  ...profiles.map((profile) => [`with the profile \`${profile}\``, profile, undefined] as const),
  ['from an index filled with `$everything`', 'everything', hour] as const,
  ['from an index filled by searches', 'search', hour] as const,
];

/** In the quick tier the generated products below replace the other profiles. */
const quickly: ReadonlySet<string> = new Set(['with the profile `search`']);

describe.each(ways.filter(([way]) => !isQuick || quickly.has(way)))(
  'Product.equivalents %s',
  (_way, profile, cacheTtlMs) => {
    let service: TestService;
    beforeAll(async () => {
      service = await startTestService({
        profile,
        sandbox: { resources: world },
        ...(cacheTtlMs !== undefined && { index: true, cacheTtlMs }),
      });
    });
    afterAll(() => service.stop());

    it.each<[string, string, Asked, readonly string[], number?]>([
      [
        'of amlodipine 5 mg are the authorized products with the same amount of amlodipine, as a base or a salt',
        'plain',
        {},
        ['based', 'of-france', 'of-union', 'split'],
        2,
      ],
      [
        'of amlodipine besilate include the products with an equal amount of amlodipine',
        'based',
        {},
        ['of-france', 'of-union', 'plain', 'split'],
        3,
      ],
      [
        'of a product with a revoked authorization are the authorized products of equal composition',
        'ended',
        {},
        ['based', 'of-france', 'of-union', 'plain', 'split'],
        2,
      ],
      ['of the only product with 10 mg are an empty list', 'ten', {}, [], 2],
      ['of a salt are an empty list if its record states no amount of the base', 'unbased', {}, [], 2],
      ['of a kit of two items include a kit with the same items in another order', 'kit', {}, ['kit-turned']],
      ['of a kit in another order of items include the first kit', 'kit-turned', {}, ['kit']],
      ['of a product with one item lack a kit that contains the same item', 'kit-without', {}, []],
      [
        'of a product with one item include a kit with that item if only ACTIVES are compared',
        'kit-without',
        { by: ['ACTIVES'] },
        ['kit', 'kit-turned'],
      ],
      ['of a combination of two substances do not include products with one of them', 'both', {}, [], 3],
      [
        'of a combination with an uncoded substance are found by the name of that substance',
        'half',
        {},
        ['half-too'],
        2,
      ],
      ['of a veterinary product do not include human medicines', 'animal', {}, [], 1],
      [
        'by ACTIVES, STRENGTH and ROUTE include products in other dose forms',
        'plain',
        { by: ['ACTIVES', 'STRENGTH', 'ROUTE'] },
        ['based', 'capsule', 'of-france', 'of-union', 'split'],
        2,
      ],
      [
        'by ROUTE and ACTIVES include other strengths and dose forms, even if ROUTE is given twice',
        'plain',
        { by: ['ROUTE', 'ACTIVES', 'ROUTE'] },
        ['based', 'capsule', 'of-france', 'of-union', 'split', 'ten', 'vague'],
        1,
      ],
      [
        'of a product without a strength, by ACTIVES and DOSE_FORM, include other strengths and routes',
        'vague',
        { by: ['ACTIVES', 'DOSE_FORM'] },
        ['based', 'injected', 'of-france', 'of-union', 'plain', 'split', 'ten'],
        1,
      ],
      [
        'with null for `by` and `country` equal those without these arguments',
        'plain',
        { by: null, country: null },
        ['based', 'of-france', 'of-union', 'split'],
        2,
      ],
      [
        'with the country code DE are those authorized in Germany or in the whole Union',
        'plain',
        { country: ['DE'] },
        ['based', 'of-union'],
        2,
      ],
      [
        'with the country name France are those authorized in France or in the whole Union',
        'plain',
        { country: ['France'] },
        ['of-france', 'of-union', 'split'],
      ],
      [
        'with the EMA code of Sweden as the country are those authorized in the whole Union',
        'plain',
        { country: [countries.SE] },
        ['of-union'],
      ],
      [
        'with the country EU are those authorized in the whole Union',
        'plain',
        { country: ['EU'] },
        ['of-union'],
      ],
      [
        'with the countries FR and DE are those authorized in either of them or in the whole Union',
        'plain',
        { country: ['FR', 'DE'] },
        ['based', 'of-france', 'of-union', 'split'],
        2,
      ],
    ])('%s', async (_what, id, asked, ids, count) => {
      const found = await equivalentsOf(service, id, asked);
      expect(found.ids).toEqual(ids);
      expect(found.incomplete).toEqual(count === undefined ? [] : [untold(count)]);
      expect(found.pageInfo).toMatchObject({ complete: count === undefined, hasNextPage: false });
      expect(found.totalCount).toBe(count === undefined ? ids.length : null);
      if (cacheTtlMs !== undefined) expect(sentByOperations(service.sandbox)).toEqual([]);
    });

    it.each([
      ['without a strength', 'vague'],
      ['with a reference to a missing item', 'broken'],
    ])('of a product %s are an empty list, marked incomplete with the reason NOT_TOLD', async (_what, id) => {
      expect(await equivalentsOf(service, id)).toMatchObject({
        totalCount: null,
        ids: [],
        pageInfo: { complete: false, hasNextPage: false },
        incomplete: [untold()],
      });
    });

    it('are returned page by page, each product once', async () => {
      const found: string[] = [];
      let after: string | undefined;
      for (let page = 0; page < 5; page += 1) {
        const { ids, pageInfo } = await equivalentsOf(service, 'based', {
          first: 1,
          ...(after && { after }),
        });
        found.push(...ids);
        after = pageInfo.endCursor;
        if (!pageInfo.hasNextPage) break;
      }
      expect(found).toEqual(['of-france', 'of-union', 'plain', 'split']);
      const totals = await equivalentsOf(service, 'kit', { first: 1 });
      expect([totals.totalCount, totals.pageInfo.hasNextPage]).toEqual([1, false]);
    });

    it('have cursors that fail with BAD_CURSOR for another product or other arguments', async () => {
      const { endCursor } = (await equivalentsOf(service, 'based', { first: 1 })).pageInfo;
      for (const [id, asked] of [
        ['plain', {}],
        ['based', { by: ['ACTIVES'] }],
        ['based', { country: ['DE'] }],
      ] as const)
        expect(codesOf(await ask(service, id, { first: 1, ...asked, after: endCursor }))).toEqual([
          expect.stringMatching(/^BAD_CURSOR /),
        ]);
    });

    it.each<[Asked, string]>([
      [{ by: ['STRENGTH', 'ROUTE'] }, 'BAD_USER_INPUT "by" must contain ACTIVES.'],
      [{ by: [] }, 'BAD_USER_INPUT "by" must'],
      [{ first: 0 }, 'BAD_USER_INPUT "first" must be between 1 and 100.'],
      [{ country: [] }, 'BAD_USER_INPUT "country" must have 1 to 100 entries.'],
      [
        { country: ['Ruritania'] },
        'BAD_USER_INPUT "country" is not a term that this service knows for this field.',
      ],
      [{ country: ['DE', 'Ruritania'] }, 'BAD_USER_INPUT "country[1]" is not a term that this service knows'],
    ])('with the invalid arguments %j are refused, and nothing is sent', async (asked, refusal) => {
      const answer = await ask(service, 'plain', asked);
      expect(codesOf(answer)).toEqual([expect.stringContaining(refusal)]);
      expect(sentByOperations(service.sandbox)).toEqual([]);
    });

    it('can be selected for the products of a list, and for the equivalents of a product', async () => {
      const { data, errors } = await service.query(`{
      products(filter: { ids: ["kit", "ten"] }) { nodes { pmsId equivalents(first: 5) { nodes { pmsId equivalents(first: 2) { nodes { pmsId } } } } } }
    }`);
      expect(errors).toBeUndefined();
      expect(data).toEqual({
        products: {
          nodes: [
            {
              pmsId: 'kit',
              equivalents: { nodes: [{ pmsId: 'kit-turned', equivalents: { nodes: [{ pmsId: 'kit' }] } }] },
            },
            { pmsId: 'ten', equivalents: { nodes: [] } },
          ],
        },
      });
    });

    it('of four products need at most one search for all candidates', async () => {
      service.sandbox.clearRequests();
      const { errors } = await service.query(
        '{ nodes(ids: ["Product:plain", "Product:ten", "Product:kit", "Product:both"]) { ... on Product { equivalents { nodes { pmsId } } } } }',
      );
      expect(errors).toBeUndefined();
      const searches = sentByOperations(service.sandbox).filter(({ path }) =>
        /^\/MedicinalProductDefinition\?(?!.*_id=)/.test(path),
      );
      expect(searches).toHaveLength(cacheTtlMs === undefined ? 1 : 0);
    });

    it('fail with QUERY_TOO_COMPLEX if they are requested for more than 100 products', async () => {
      const asking = (first: number): Promise<GraphqlAnswer> =>
        service.query(
          `{ products(first: 10) { nodes { equivalents(first: ${first}) { nodes { equivalents { nodes { pmsId } } } } } } }`,
        );
      expect(codesOf(await asking(10))).toEqual([expect.stringMatching(/^QUERY_TOO_COMPLEX /)]);
      expect(codesOf(await asking(9))).not.toContainEqual(expect.stringMatching(/^QUERY_TOO_COMPLEX /));
    });
  },
);

describe('Product.equivalents among more than 500 products', () => {
  const many = Array.from({ length: 600 }, (_, at) =>
    medicine(`other-${at}`, made([[{ substance: 'insulin', strength: perUnit(3) }]])),
  ).flat();
  const resources = [...world, ...many];

  it.skipIf(isQuick).each(['search', 'include'] as const)(
    'with the profile `%s` are found by searches, and marked incomplete with NOT_ALL_SEARCHABLE',
    async (profile) => {
      const service = await startTestService({ profile: 'auto', sandbox: { profile, resources } });
      const found = await equivalentsOf(service, 'based');
      expect(found.ids).toEqual(['of-france', 'of-union', 'plain', 'split']);
      // No search finds a salt by its base if the product contains the base itself.
      expect((await equivalentsOf(service, 'plain')).ids).toEqual(['of-union', 'split']);
      expect([found.totalCount, found.pageInfo.complete]).toEqual([null, false]);
      expect(found.incomplete.map(({ reason }) => reason)).toEqual(['NOT_ALL_SEARCHABLE']);
      // Found by the one substance of the product that has a code.
      expect((await equivalentsOf(service, 'half')).ids).toEqual(['half-too']);
      expect(codesOf(await ask(service, 'other-7'))).toEqual([
        expect.stringMatching(/^UPSTREAM_UNSUPPORTED "equivalents" finds more than 500 products/),
      ]);
      await service.stop();
    },
  );

  const sandbox = { profile: 'everything', resources } as const;

  it('fail with UPSTREAM_UNSUPPORTED if the upstream has no search by substance', async () => {
    const without = await startTestService({ profile: 'auto', sandbox });
    expect(codesOf(await ask(without, 'plain'))).toEqual([
      expect.stringMatching(/^UPSTREAM_UNSUPPORTED "equivalents"/),
    ]);
    await without.stop();
  });

  it.skipIf(isQuick)('are found in the index, even if a product has 599 of them', async () => {
    const service = await startTestService({ profile: 'auto', sandbox, index: true, cacheTtlMs: hour });
    expect(await equivalentsOf(service, 'plain')).toMatchObject({
      ids: ['based', 'of-france', 'of-union', 'split'],
      incomplete: [untold(2)],
    });
    expect(await equivalentsOf(service, 'other-7', { first: 2 })).toMatchObject({
      totalCount: 599,
      ids: ['other-0', 'other-1'],
      incomplete: [],
    });
    expect(sentByOperations(service.sandbox)).toEqual([]);
    await service.stop();
  });

  it('are marked incomplete with NOT_ALL_HELD if the index does not contain all products', async () => {
    const service = await startTestService({
      profile: 'everything',
      sandbox: { resources },
      index: { crawl: false },
      cacheTtlMs: hour,
    });
    for (const id of ['plain', 'based', 'unbased'])
      await service.query(`{ product(id: "${id}") { packages { nodes { id } } } }`);
    const found = await equivalentsOf(service, 'plain');
    expect(found.ids).toEqual(['based']);
    expect(found.incomplete.map(({ reason }) => reason)).toEqual(['NOT_ALL_HELD']);
    await service.stop();
  });
});

describe('Product.equivalents with a budget of 12 requests', () => {
  it.each(oneIn(3, profiles))(
    'with the profile `%s` contain no wrong product, and each gap is an error or an entry of `incomplete`',
    async (profile) => {
      const service = await startTestService({ profile, sandbox: { resources: world }, budget: 12 });
      const {
        data,
        errors = [],
        extensions,
      } = await service.query(
        '{ products(first: 8) { nodes { pmsId equivalents { totalCount pageInfo { complete } nodes { pmsId } } } } }',
      );
      await service.stop();
      const codes = errors.map((error) => error.extensions.code);
      expect(
        upstreamOf({ extensions: extensions ?? { upstream: { requests: 0 } } }).requests,
      ).toBeLessThanOrEqual(12);
      expect(
        codes.every((code) => code === 'UPSTREAM_BUDGET_EXCEEDED' || code === 'UPSTREAM_INCOMPLETE'),
      ).toBe(true);
      const { products } = (data ?? {}) as {
        readonly products?: {
          readonly nodes: readonly { readonly pmsId: string; readonly equivalents: Page | null }[];
        };
      };
      const truth = createEquivalenceTruth(world);
      for (const { pmsId, equivalents } of products?.nodes ?? []) {
        const sure = new Set(truth.others(pmsId, allBy).flatMap(({ id, is }) => (is === true ? [id] : [])));
        for (const { pmsId: found } of equivalents?.nodes ?? []) expect(sure).toContain(found);
        if (equivalents?.pageInfo.complete) expect(equivalents.totalCount).toBe(equivalents.nodes.length);
      }
      expect(codes.length > 0 || upstreamOf({ extensions }).incomplete.length > 0).toBe(true);
    },
  );
});

describe('Product.equivalents while the upstream fails', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService({ profile: 'search', sandbox: { resources: world } });
  });
  afterAll(() => service.stop());

  it('fail, and are not an empty list, if the records of the product cannot be read', async () => {
    service.sandbox.setFaults([{ kind: 'status', status: 400, match: '/Ingredient' }]);
    expect(codesOf(await ask(service, 'plain'))).toEqual([expect.stringMatching(/^UPSTREAM_/)]);
    service.sandbox.setFaults([
      { kind: 'status', status: 500, match: 'package-for=MedicinalProductDefinition%2Fplain&' },
    ]);
    expect(codesOf(await ask(service, 'plain'))).toEqual([expect.stringMatching(/^UPSTREAM_/)]);
  });

  it('are marked incomplete with PAGE_FAILED if the authorizations of candidates cannot be read', async () => {
    service.sandbox.setFaults([{ kind: 'status', status: 500, match: 'RegulatedAuthorization?subject=' }]);
    const { ids, pageInfo, totalCount, incomplete } = await equivalentsOf(service, 'plain');
    expect([ids, pageInfo.complete, totalCount]).toEqual([[], false, null]);
    expect(incomplete).toEqual([{ path: ['product', 'equivalents'], reason: 'PAGE_FAILED' }]);
  });
});

/** All combinations of arguments: the compared properties, and the country of the authorizations. */
const questions: readonly (readonly [readonly By[], string | undefined])[] = [
  [allBy, undefined],
  [allBy, 'DE'],
  [['ACTIVES'], undefined],
  [['ACTIVES', 'STRENGTH'], 'SE'],
  [['ACTIVES', 'DOSE_FORM', 'ROUTE'], undefined],
];

/** Compares the equivalents of some products with the truth; returns the numbers of equivalents found. */
async function compareAll(
  service: TestService,
  resources: readonly Resource[],
  truth: EquivalenceTruth,
  ids: readonly string[],
): Promise<readonly number[]> {
  const authorized = createFilterTruth(resources);
  const sizes: number[] = [];
  for (const [by, country] of questions) {
    const filter = {
      lifecycle: ['AUTHORIZED' as const],
      ...(country !== undefined && { country: [country] }),
    };
    const allowed = new Set(authorized.matching(filter));
    for (const id of ids) {
      const what = `${id} by ${by.join(' ')} in ${country ?? 'any country'}`;
      const found = await equivalentsOf(service, id, {
        by,
        first: 100,
        ...(country !== undefined && { country: [country] }),
      });
      const others = truth.others(id, by).filter((each) => allowed.has(each.id));
      const sure = others.filter(({ is }) => is === true).map((each) => each.id);
      if (!truth.tells(id, by)) {
        expect([found.ids, found.incomplete], what).toEqual([[], [untold()]]);
        continue;
      }
      expect(found.ids, what).toEqual(sure.slice(0, 100));
      const open = others.filter((each) => each.is === undefined && truth.share(id, each.id)).length;
      expect(found.incomplete, what).toEqual(open > 0 ? [untold(open)] : []);
      expect(found.totalCount, what).toBe(open > 0 ? null : sure.length);
      sizes.push(sure.length);
    }
  }
  return sizes;
}

/** Returns the number of groups of several products that are all equivalent. */
function groupsIn(truth: EquivalenceTruth): number {
  const seen = new Set<string>();
  let groups = 0;
  for (const id of truth.ids) {
    if (seen.has(id) || !truth.tells(id, allBy)) continue;
    const equals = truth.others(id, allBy).filter(({ is }) => is === true);
    for (const each of equals) seen.add(each.id);
    if (equals.length > 0) groups += 1;
  }
  return groups;
}

describe('Product.equivalents of generated products', () => {
  it('equal those of a pairwise comparison of all products, from the index', async () => {
    const resources = equivalentWorld(7, isQuick ? 60 : 2_000);
    const truth = createEquivalenceTruth(resources);
    expect(groupsIn(truth)).toBeGreaterThan(isQuick ? 5 : 50);
    const service = await startTestService({
      profile: 'search',
      sandbox: { resources },
      index: true,
      cacheTtlMs: hour,
    });
    const every = isQuick ? 9 : 20;
    const sizes = await compareAll(
      service,
      resources,
      truth,
      truth.ids.filter((_, at) => at % every === 0),
    );
    await service.stop();
    expect(sizes.filter((size) => size > 0).length).toBeGreaterThan(isQuick ? 5 : 200);
  }, 600_000);

  it.skipIf(isQuick).each(profiles)(
    'equal those of a pairwise comparison of all products, with the profile `%s`',
    async (profile) => {
      const resources = equivalentWorld(11, 60);
      const truth = createEquivalenceTruth(resources);
      const service = await startTestService({ profile, sandbox: { resources } });
      const ids = truth.ids.filter((_, at) => at % 3 === 0);
      const sizes = await compareAll(service, resources, truth, ids);
      await service.stop();
      expect(sizes.some((size) => size > 0)).toBe(true);
    },
    600_000,
  );
});
