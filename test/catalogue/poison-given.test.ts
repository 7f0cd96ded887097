/**
 * A client can choose a page or bundle with unusual included records. This teaches the service something for that client's
 * operation alone: no other list counts as complete because of it, and no other reference as dangling.
 */
import type { MedicinalProductDefinition, PackagedProductDefinition } from 'fhir/r5.js';
import { expect, it } from 'vitest';
import { startBetween, type Answer } from '../support/between.js';

interface Entry {
  readonly resource: { readonly resourceType: string };
  readonly search?: { readonly mode?: string };
}

interface Bundle {
  readonly entry?: readonly Entry[];
}

const entriesOf = ({ body }: Answer): readonly Entry[] => (body as Bundle).entry ?? [];
const withEntries = (answer: Answer, entry: readonly Entry[]): Answer => ({
  ...answer,
  body: { ...(answer.body as Bundle), entry, total: undefined },
});

const odd = '600000000004';

/** Thirty products in three pages: the first ten products have one package each, the others have several. */
const threePages = Array.from(
  { length: 30 },
  (_, at): readonly (MedicinalProductDefinition | PackagedProductDefinition)[] => {
    const id = String(600000000001 + at);
    const reference = `MedicinalProductDefinition/${id}`;
    return [
      { resourceType: 'MedicinalProductDefinition', id, name: [{ productName: `Product ${id}` }] },
      ...Array.from({ length: at < 10 ? 1 : at < 20 ? 12 : 8 }, (__, number): PackagedProductDefinition => ({
        resourceType: 'PackagedProductDefinition',
        id: `${id}-${number}`,
        packageFor: [{ reference }],
      })),
    ];
  },
).flat();

interface Products {
  readonly pageInfo: { readonly endCursor: string };
  readonly nodes: readonly { readonly packages: { readonly nodes: readonly object[] } }[];
}

it('one $everything bundle with organizations does not make references of other products dangling', async () => {
  const service = await startBetween({ profile: 'everything' }, async ({ asked }, ask) => {
    const answer = await ask();
    if (!asked.includes('$everything') || asked.includes(odd)) return answer;
    const others = entriesOf(answer).filter(({ resource }) => resource.resourceType !== 'Organization');
    // The service would show the display of a reference in place of a missing record, so all displays are removed.
    return withEntries(
      answer,
      JSON.parse(JSON.stringify(others), (name, value: unknown) => (name === 'display' ? undefined : value)),
    );
  });
  const holder = async (id: string): Promise<unknown> => {
    const { data, errors } = await service.query(`{ product(id: "${id}") { holder { types { code } } } }`);
    return { data, codes: errors?.map(({ extensions }) => extensions.code) };
  };
  const before = await holder('600000000001');
  expect(before).toEqual({ data: { product: { holder: null } }, codes: ['UPSTREAM_UNSUPPORTED'] });
  for (let turn = 0; turn < 5; turn += 1)
    expect(await holder(odd)).toEqual({
      data: { product: { holder: { types: expect.any(Array) } } },
      codes: undefined,
    });
  expect(await holder('600000000001')).toEqual(before);
});

it('one page with many included records does not make a page with missing ones look complete', async () => {
  let mostOwn = 0;
  let isCut = false;
  const service = await startBetween(
    { profile: 'include', resources: threePages, maxPageSize: 10 },
    async ({ asked, isOwn }, ask) => {
      const answer = await ask();
      if (!asked.includes('/MedicinalProductDefinition?')) return answer;
      const entries = entriesOf(answer);
      const included = entries.filter(({ search }) => search?.mode === 'include');
      if (isOwn) mostOwn = Math.max(mostOwn, included.length);
      if (isOwn || !isCut) return answer;
      // Includes two records more than the service's own verification showed.
      const few = new Set(included.slice(0, mostOwn + 2));
      return withEntries(
        answer,
        entries.filter((entry) => entry.search?.mode !== 'include' || few.has(entry)),
      );
    },
  );
  const page = async (after: string | null): Promise<Products> => {
    const document =
      'query ($after: String) { products(first: 10, after: $after) { pageInfo { endCursor } nodes { packages { totalCount nodes { id } } } } }';
    const { data } = await service.query(document, { after });
    return (data as { readonly products: Products }).products;
  };
  const sizes = ({ nodes }: Products): readonly unknown[] => nodes.map((node) => node.packages.nodes.length);
  const first = (await page(null)).pageInfo.endCursor;
  const second = (await page(first)).pageInfo.endCursor;
  // A client reads a page with many more included records than the service's own verification, and the page is complete.
  for (let turn = 0; turn < 5; turn += 1)
    expect(sizes(await page(first))).toEqual(Array.from({ length: 10 }, () => 12));
  expect(mostOwn).toBe(10);
  isCut = true;
  expect(sizes(await page(second))).toEqual(Array.from({ length: 10 }, () => 8));
});
