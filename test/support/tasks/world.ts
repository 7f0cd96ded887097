/** The data for the tasks, with oracles over them. */
import type { Resource } from 'fhir/r5.js';
import { generatedWorld } from '../../../src/sandbox/world/generated.js';
import { productOf } from '../../../src/sandbox/world/ids.js';
import { sampleResources } from '../../../src/sandbox/world/sample.js';
import { familiesIn, type Family } from '../filter-truth/family.js';
import { createFilterTruth, type FilterInput, type FilterTruth, type SortInput } from '../filter-truth.js';

export interface PlainWorld {
  readonly resources: readonly Resource[];
  readonly truth: FilterTruth;
  readonly families: readonly Family[];
  family(id: string): Family;
  /** Returns the ids of matching products, in the order of `sort`; without it, in that of the data. */
  products(filter: FilterInput, sort?: SortInput): readonly string[];
}

/** Returns the eighty sample products. */
export function smallWorld(): PlainWorld {
  return plainWorld(sampleResources({ quirks: true }));
}

/** Returns the sample products among six hundred: more than the service reads if an upstream has no search. */
export function largeWorld(): PlainWorld {
  const made = generatedWorld({ products: 620, seed: 1, quirks: true });
  const others = made.types.flatMap((type) => [...made.each(type)].map(({ resource }) => resource));
  // The first hundred generated products are left out, because sample products have the same numbers.
  const isOther = ({ id = '' }: Resource): boolean => (productOf(1, id) ?? 0) >= 100;
  return plainWorld([...sampleResources({ quirks: true }), ...others.filter(isOther)]);
}

function plainWorld(resources: readonly Resource[]): PlainWorld {
  const truth = createFilterTruth(resources);
  const families = familiesIn(resources);
  const byId = new Map(families.map((each) => [each.product.id, each]));
  return {
    resources,
    truth,
    families,
    family(id) {
      const found = byId.get(id);
      if (!found) throw new RangeError(`there is no product ${id}`);
      return found;
    },
    products(filter, sort) {
      const ids = truth.matching(filter);
      return sort ? truth.sorted(ids, sort, 'en') : ids;
    },
  };
}
