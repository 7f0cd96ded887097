/** Pages of a search while products are added, changed and removed: no unchanged product is missing or repeated. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rowsOfProduct } from '../../src/catalogue/profiles/held/rows-of-product.js';
import type { FhirResource } from '../../src/fhir/resources.js';
import { createEngine, type Engine } from '../../src/search-index/engine.js';
import type { IndexPlace, IndexRow, TextQuery } from '../../src/search-index/query.js';
import { openSqliteStore } from '../../src/search-index/store/open-sqlite-store.js';
import { isQuick } from '../support/tier.js';
import { productRows } from './store/rows.js';

/** Names of products: many are equal, and some are not readable. */
const names = [
  'Alpha',
  'Alpha 5 mg',
  'alpha 10 mg',
  'Älpha 5 mg',
  'Beta alpha',
  'Alphaxin 5 mg',
  'Gamma',
  '',
];

interface Change {
  readonly product: number;
  /** Undefined removes the product. */
  readonly name: number | undefined;
}

const change: fc.Arbitrary<Change> = fc.record({
  product: fc.nat(39),
  name: fc.option(fc.nat(names.length - 1), { nil: undefined }),
});

const idOf = (product: number): string => String(600_000_000_000 + product);

function rowsOf({ product, name }: Change, asOf: number) {
  const id = idOf(product);
  const record = {
    resourceType: 'MedicinalProductDefinition',
    id,
    name: [{ productName: names[name ?? 0] }],
    meta: { lastUpdated: new Date(1_700_000_000_000 + (asOf % 3) * 1_000).toISOString() },
  } as unknown as FhirResource;
  const told = rowsOfProduct({
    product: `MedicinalProductDefinition/${id}`,
    records: [record],
    unidentified: [],
  });
  if (!told) throw new Error('a product tells nothing');
  return productRows({ id, asOf, ...told });
}

function write(engine: Engine, changes: readonly Change[], asOf: number): Promise<void> {
  return engine.write(
    changes.map((each) =>
      each.name === undefined
        ? productRows({ id: idOf(each.product), asOf, state: 'gone', rest: undefined })
        : rowsOf(each, asOf),
    ),
  );
}

type Ask = (
  engine: Engine,
  query: { readonly first: number; readonly after?: IndexPlace },
) => Promise<{
  readonly rows: readonly IndexRow[];
  readonly hasNext: boolean;
  readonly isPlaceLost: boolean;
}>;

const sortBy = (by: 'NAME' | 'UPDATED', isDescending: boolean) =>
  ({ by, isDescending, language: 'en' }) as const;
const text: Pick<TextQuery, 'text' | 'typos' | 'mayLackWords' | 'filter'> = {
  text: 'alpha 5',
  typos: true,
  mayLackWords: false,
  filter: {},
};
const asks: readonly (readonly [string, Ask])[] = [
  ['of their ids', (engine, query) => engine.find({ filter: {}, ...query })],
  ['of their names', (engine, query) => engine.find({ filter: {}, sort: sortBy('NAME', false), ...query })],
  [
    'of their names, descending,',
    (engine, query) => engine.find({ filter: {}, sort: sortBy('NAME', true), ...query }),
  ],
  [
    'of their last update',
    (engine, query) => engine.find({ filter: {}, sort: sortBy('UPDATED', true), ...query }),
  ],
  ['of relevance to a search text', (engine, query) => engine.search({ ...text, text: 'alpha', ...query })],
  ['of relevance to a search text with a number', (engine, query) => engine.search({ ...text, ...query })],
  [
    'of their names, found by a search text,',
    (engine, query) => engine.search({ ...text, text: 'alpha', sort: sortBy('NAME', true), ...query }),
  ],
  [
    'of a search without a text',
    (engine, query) => engine.search({ filter: {}, typos: true, mayLackWords: false, ...query }),
  ],
];

it.each(asks)(
  'pages in the order %s contain each unchanged product once, while other products are written',
  async (_which, ask) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { minLength: 10, maxLength: 60 }),
        fc.array(fc.array(change, { maxLength: 6 }), { maxLength: 12 }),
        fc.integer({ min: 1, max: 6 }),
        async (given, between, first) => {
          const store = await openSqliteStore({ file: undefined, identity: 'test' });
          const engine = createEngine(store);
          await write(engine, given, 1);
          const all = await ask(engine, { first: 100 });
          const found: string[] = [];
          const touched = new Set<string>();
          let after: IndexPlace | undefined;
          for (let page = 0; ; page += 1) {
            const { rows, hasNext, isPlaceLost } = await ask(engine, { first, ...(after && { after }) });
            expect(isPlaceLost).toBe(false);
            found.push(...rows.map(({ id }) => id));
            const last = rows.at(-1);
            if (!hasNext || !last) break;
            // The place as a cursor gives it back.
            after = JSON.parse(JSON.stringify({ id: last.id, order: last.order })) as IndexPlace;
            // In half of the cases the row of the cursor itself is removed or changed.
            const own = {
              product: Number(last.id) - 600_000_000_000,
              name: page % 3 === 0 ? undefined : page % 8,
            };
            const changes = [...(between[page] ?? []), ...(page % 2 === 0 ? [own] : [])];
            for (const { product } of changes) touched.add(idOf(product));
            if (changes.length > 0) await write(engine, changes, page + 2);
          }
          await engine.close();
          const staying = all.rows.map(({ id }) => id).filter((id) => !touched.has(id));
          expect(found.filter((id) => !touched.has(id))).toEqual(staying);
        },
      ),
      { numRuns: isQuick ? 3 : 50 },
    );
  },
);

it('a cursor of another profile, which has only a product id, continues after that product in the index', async () => {
  const store = await openSqliteStore({ file: undefined, identity: 'test' });
  const engine = createEngine(store);
  await write(
    engine,
    [0, 1, 2].map((product) => ({ product, name: 2 - product })),
    1,
  );
  const sort = sortBy('NAME', false);
  const { rows } = await engine.find({ filter: {}, sort, first: 9, after: { id: idOf(2) } });
  expect(rows.map(({ id }) => id)).toEqual([idOf(1), idOf(0)]);
  const lost = await engine.find({ filter: {}, sort, first: 9, after: { id: idOf(7) } });
  expect(lost).toMatchObject({ rows: [], isPlaceLost: true });
  await engine.close();
});
