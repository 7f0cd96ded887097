/** Several filter parts with an order: the same rows on every route, each once, with any page size. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  connectionOf,
  costFaults,
  document,
  judge,
  type Asked,
  mayBeLeftOpen,
} from '../support/filter-checks.js';
import { sentByOperations } from '../support/sent.js';
import {
  createFilterTruth,
  type FilterInput,
  type FilterTruth,
  type SortInput,
} from '../support/filter-truth.js';
import { filtersOf, pairsOf } from '../support/filter-questions.js';
import { randomOf, type Random } from '../support/random-operation.js';
import { startTestService, type GraphqlAnswer, type TestService } from '../support/service.js';
import { propertyRuns } from '../support/tier.js';

const runs = propertyRuns(200);

let services: readonly TestService[];
let truth: FilterTruth;

beforeAll(async () => {
  services = await Promise.all([
    startTestService({ profile: 'everything', budget: 1_000 }),
    startTestService({ profile: 'search', budget: 1_000 }),
    startTestService({ profile: 'include', budget: 1_000, sandbox: { pageSize: 7, maxPageSize: 7 } }),
    startTestService({ profile: 'auto', budget: 1_000, sandbox: { profile: 'include' } }),
  ]);
  truth = createFilterTruth(services[0]?.sandbox.resources ?? []);
});
afterAll(() => Promise.all(services.map((service) => service.stop())));

/**
 * Returns two to four filter parts that one product meets, with a part that it may not meet in a fifth of the cases, and an
 * order in half of them.
 */
function randomAsked(random: Random): Asked {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const product = pick(truth.products);
  const other = random() < 0.2 ? pick(truth.products) : product;
  const list = (values: readonly string[]): readonly string[] | undefined =>
    values.length > 0 ? [pick(values), ...(random() < 0.3 ? ['100000099999'] : [])] : undefined;
  const name = pick(product.names);
  const choices: readonly (() => FilterInput)[] = [
    () => ({ name: name.slice(0, 3) }),
    () => ({ name: pick(['mg', 'a', 'e', 'tablet']) }),
    () => ({ nameStartsWith: name.slice(0, 4).toUpperCase() }),
    () => ({ nameEquals: name }),
    () => ({ ids: truth.products.filter(() => random() < 0.5).map(({ id }) => id) }),
    () => ({ identifier: pick(product.identifiers).value ?? '' }),
    () => ({ authorizationNumber: pick(product.numbers) }),
    () => ({ procedureNumber: pick(product.procedures) }),
    () => ({ status: list(other.status) }),
    () => ({ domain: list(product.domain) }),
    () => ({ doseForm: list(other.doseForm) }),
    () => ({ route: list(other.route) }),
    () => ({ country: list(other.regions) }),
    () => ({ atc: list(other.atcCodes.map((code) => code.slice(0, pick([1, 3, 7])))) }),
    () => ({ substance: list([...other.substanceCodes, ...other.substanceNames]) }),
    () => ({ holder: list([...other.holderIds, ...other.holderNames]) }),
    () => ({ updatedSince: new Date(other.updated ?? 0).toISOString() }),
  ];
  const count = pick([0, 1, 2, 2, 3, 4]);
  const filter = Object.assign({}, ...Array.from({ length: count }, () => pick(choices)())) as FilterInput;
  const given = Object.entries(filter).filter(([, value]) => value !== undefined && value.length > 0);
  const sort: SortInput | undefined =
    random() < 0.6 ? { by: pick(['NAME', 'UPDATED']), order: pick(['ASC', 'DESC']) } : undefined;
  return { filter: Object.fromEntries(given) as FilterInput, sort };
}

/** Whether the filter has a part that no search supports, or needs records that lack the value. */
function isLeftOpen(filter: FilterInput): boolean {
  return mayBeLeftOpen(filter) || truth.open(filter).length > 0;
}

function expectedOf({ filter, sort }: Asked, language: string): readonly string[] {
  const ids = truth.matching(filter);
  return sort ? truth.sorted(ids, sort, language) : ids;
}

async function ask(
  service: TestService,
  asked: Asked,
  { first = 100, after, language = 'en' }: { first?: number; after?: string | null; language?: string } = {},
): Promise<{ answer: GraphqlAnswer; costs: readonly string[] }> {
  service.sandbox.clearRequests();
  const answer = await service.query(document, { ...asked, first, after }, { 'accept-language': language });
  return { answer, costs: costFaults(answer, sentByOperations(service.sandbox).length) };
}

/** Returns all rows, page by page; undefined if a page is refused or marked as incomplete. */
async function walk(
  service: TestService,
  asked: Asked,
  first: number,
  language: string,
): Promise<readonly string[] | undefined> {
  const seen: string[] = [];
  for (let after: string | null = null, more = true; more;) {
    const { answer }: { answer: GraphqlAnswer } = await ask(service, asked, { first, after, language });
    const page = connectionOf(answer);
    if (!page?.pageInfo.complete) return undefined;
    expect(page.nodes.length, JSON.stringify(asked)).toBeLessThanOrEqual(first);
    seen.push(...page.nodes.map(({ pmsId }) => pmsId));
    if (seen.length > 200) throw new Error(`no end of ${JSON.stringify(asked)}`);
    [after, more] = [page.pageInfo.endCursor, page.pageInfo.hasNextPage];
  }
  return seen;
}

describe('a filter with several arguments', () => {
  it(`finds exactly the matching products, in the requested order, with every profile, in ${runs} random cases`, async () => {
    const random = randomOf(20_261_125);
    const faults: string[] = [];
    const outcomes: Record<string, number> = {};
    for (let run = 0; run < runs; run += 1) {
      const asked = randomAsked(random);
      const expected = expectedOf(asked, 'en');
      for (const [index, service] of services.entries()) {
        const { answer, costs } = await ask(service, asked);
        const untold = truth.open(asked.filter);
        const judged = judge(asked, answer, expected, 'products', untold);
        // The record names substances by bare codes. Their names stand in other records, which are not read.
        const isOpen = isLeftOpen(asked.filter) || asked.filter.substance;
        const outcome = judged.outcome === 'marked' && isOpen ? 'open' : judged.outcome;
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
        if (outcome === 'open') expect(new Set(judged.ids)).toEqual(new Set(expected));
        faults.push(
          ...[...costs, ...judged.faults].map((fault) => `${index} ${JSON.stringify(asked)}: ${fault}`),
        );
      }
    }
    expect(faults).toEqual([]);
    expect((outcomes['whole'] ?? 0) + (outcomes['open'] ?? 0)).toBe(runs * services.length);
    expect(outcomes['open'] ?? 0).toBeLessThan(runs);
  });

  it('returns the complete list, each row once, in pages of 1 to 10 rows', async () => {
    const random = randomOf(7);
    for (let run = 0; run < runs / 5; run += 1) {
      const asked = randomAsked(random);
      const expected = expectedOf(asked, 'en');
      const first = [1, 2, 3, 7, 10][run % 5] ?? 1;
      // Pages of one row would take too long over all products.
      const size = expected.length > 12 ? Math.max(first, 5) : first;
      for (const service of services.slice(1)) {
        const seen = await walk(service, asked, size, 'en');
        if (!seen && isLeftOpen(asked.filter)) continue;
        const inOrder = asked.sort ? seen : seen?.toSorted();
        expect(inOrder, JSON.stringify(asked)).toEqual(asked.sort ? expected : expected.toSorted());
      }
    }
  });
});

describe('a filter with two arguments about one linked record', () => {
  it('finds products with one record that meets both arguments, with every profile', async () => {
    const pairs = pairsOf(filtersOf(truth), 1, 22);
    const faults: string[] = [];
    for (const filter of pairs)
      for (const [index, service] of services.entries()) {
        const { answer, costs } = await ask(service, { filter });
        const judged = judge({ filter }, answer, truth.matching(filter), 'products', truth.open(filter));
        expect(judged.outcome, JSON.stringify(filter)).not.toBe('refused');
        faults.push(
          ...[...costs, ...judged.faults].map((fault) => `${index} ${JSON.stringify(filter)}: ${fault}`),
        );
      }
    expect(faults).toEqual([]);
    // The pairs of authorization, of package and of ingredient parts, and the country of a supply.
    expect(pairs.length).toBeGreaterThan(40);
  });
});

describe('the sort order of products', () => {
  const fields = ['AUTHORIZED', 'HOLDER', 'SUBSTANCE', 'STRENGTH', 'PACK_SIZE'] as const;
  it.each(
    fields.flatMap((by) => [
      [`${by}, ascending`, { by, order: 'ASC' }] as const,
      [`${by}, descending`, { by, order: 'DESC' }] as const,
    ]),
  )('by %s, has products without a value last', async (_what, sort) => {
    // No rule says whether amounts per tablet or per ml come first.
    const tablets = sort.by === 'STRENGTH' ? { doseForm: ['100000073664', '100000073665'] } : {};
    const asked: Asked = { filter: tablets, sort };
    for (const service of services) {
      const { answer } = await ask(service, asked);
      expect(judge(asked, answer, expectedOf(asked, 'en'))).toMatchObject({ outcome: 'whole', faults: [] });
    }
  });
});

describe('the sort order of products by name', () => {
  const asked: Asked = { filter: {}, sort: { by: 'NAME', order: 'ASC' } };
  it.each(['de', 'sv', 'cs'])('follows the alphabet of the language %s', async (language) => {
    for (const service of services) {
      const expected = expectedOf(asked, language);
      const { answer } = await ask(service, asked, { language });
      expect(judge(asked, answer, expected)).toMatchObject({ outcome: 'whole', faults: [] });
      expect(await walk(service, asked, 25, language)).toEqual(expected);
    }
  });
});
