/** An index in memory of all products among the given records, with its facets and filters. */
import type { Resource } from 'fhir/r5.js';
import { rowsOfProduct } from '../../../src/catalogue/profiles/held/rows-of-product.js';
import type { ProductFilter } from '../../../src/facts/filter.js';
import type { FhirResource } from '../../../src/fhir/resources.js';
import { createFacets, type Facets, type FacetsOptions } from '../../../src/search-index/facets/facets.js';
import { find } from '../../../src/search-index/find.js';
import { createJudge } from '../../../src/search-index/judge.js';
import { createMatch } from '../../../src/search-index/matching.js';
import { createOrder } from '../../../src/search-index/order.js';
import type { IndexMatches } from '../../../src/search-index/query.js';
import type { IndexStore } from '../../../src/search-index/store/index-store.js';
import { everythingAbout } from '../../../src/sandbox/everything.js';
import { createHoldings } from '../../../src/sandbox/holdings.js';
import { listedWorld } from '../../../src/sandbox/world/world.js';
import { openSqliteStore } from '../../../src/search-index/store/open-sqlite-store.js';

export interface TestIndex {
  readonly store: IndexStore;
  readonly facets: Facets;
  /** Returns the ids of all products that a filter finds, and the number of products that it leaves undecided. */
  find(filter: ProductFilter): Promise<Pick<IndexMatches, 'untold'> & { readonly ids: readonly string[] }>;
  put(records: readonly Resource[]): Promise<void>;
  putGone(id: string): Promise<void>;
}

/** Opens an index; the caller closes its store. */
export async function indexOf(records: readonly Resource[], options: FacetsOptions = {}): Promise<TestIndex> {
  const store = await openSqliteStore({ file: undefined, identity: 'test', maxBytes: 2 ** 30 });
  const judge = createJudge(store);
  const finding = { store, match: createMatch(store, judge), order: createOrder(store) };
  let writes = 0;
  const index: TestIndex = {
    store,
    facets: createFacets(store, judge, options),
    async find(filter) {
      const { rows, untold } = await find({ filter, first: 10_000 }, finding);
      return { ids: rows.map(({ id }) => id), untold };
    },
    async put(all) {
      writes += 1;
      const holdings = createHoldings(listedWorld(all));
      const products = all.filter(({ resourceType }) => resourceType === 'MedicinalProductDefinition');
      const rows = products.map(({ id = '' }) => rowsOf(id, everythingAbout(holdings, id) ?? [], writes));
      await store.write(rows);
    },
    async putGone(id) {
      writes += 1;
      await store.write([{ ...nothing, id, asOf: writes, state: 'gone', rows: [], tokens: [] }]);
    },
  };
  await index.put(records);
  return index;
}

const nothing = {
  parts: {},
  versionId: undefined,
  lastUpdated: undefined,
  own: new Uint8Array(),
  rest: undefined,
};

function rowsOf(id: string, records: readonly Resource[], asOf: number) {
  const told = rowsOfProduct({
    product: `MedicinalProductDefinition/${id}`,
    records: records as readonly FhirResource[],
    unidentified: [],
  });
  if (!told) throw new Error('a product tells nothing');
  return { ...nothing, id, asOf, state: 'held' as const, ...told };
}
