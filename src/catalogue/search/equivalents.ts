/** Finds the products that are equivalent to a given product, by a search built from that product's records. */
import type { ProductFilter } from '../../facts/filter.js';
import { composition } from '../../facts/of-composition.js';
import type { Subject } from '../../facts/fact.js';
import type { Composition } from '../../facts/substances/composition.js';
import { isComparable, substancesToFind } from '../../facts/substances/equivalence.js';
import type { SubstanceFilter } from '../../facts/substances/substances.js';
import { unlessOdd } from '../../fhir/elements.js';
import type { ResourceOf } from '../../fhir/resources.js';
import type { Key } from '../graph/key.js';
import { untold, type State } from '../graph/relation.js';
import type { Fetches } from '../known/follow.js';
import { isHeld, type Known } from '../known/known.js';
import type { ProductSearch } from '../question/selection.js';
import { recordsOf, type Found } from './records.js';

type Equivalence = NonNullable<ProductFilter['equivalentTo']>;

/**
 * A placeholder for the composition of a product whose records were not read yet. In a forecast it needs the same
 * requests.
 */
export const notYetTold: Composition = { domain: null, contents: null, form: null, routes: null };

/**
 * Returns the search for the products equivalent to a product, or a state with the reason why it is impossible.
 * Returns undefined while the product's own records must still be fetched. The function `ask` requests these records.
 * @param search further conditions that the equivalent products must meet
 */
export function equivalentsOf(
  product: Key,
  search: ProductSearch,
  { by }: Equivalence,
  known: Known,
  ask: Fetches,
): ProductSearch | State | undefined {
  const reading = known.reading(product);
  if (reading === undefined) {
    ask.read(product, true);
    return undefined;
  }
  if (!isHeld(reading)) return untold;
  const found = new Map<Subject, Found>();
  for (const subject of composition.with) {
    const records = recordsOf(subject, product, known, ask);
    if (!records) return undefined;
    found.set(subject, records);
  }
  const problem = [...found.values()].flatMap((each) => each.problem ?? [])[0];
  if (problem) return problem;
  const to = unlessOdd(() => tellsOf(reading.resource as ResourceOf<'MedicinalProductDefinition'>, found));
  if (!to || !isComparable(by, to)) return untold;
  return {
    ...search,
    except: product,
    filter: { ...search.filter, substance: [driverAmong(substancesToFind(to))], equivalentTo: { by, to } },
  };
}

function tellsOf(
  product: ResourceOf<'MedicinalProductDefinition'>,
  found: ReadonlyMap<Subject, Found>,
): Composition | undefined {
  return composition.of(product, (subject) => {
    const records = found.get(subject);
    if (!records) throw new TypeError('A composition reads a subject that it does not declare.');
    return records;
  });
}

/**
 * Returns the substance to search by. Any substance of the product will do, because equivalent products contain the
 * same substances. One with a code is preferred, because upstreams search by codes.
 */
function driverAmong(substances: readonly SubstanceFilter[]): SubstanceFilter {
  const [first] = substances;
  const driver = substances.find(({ codes }) => codes.length > 0) ?? first;
  if (!driver) throw new TypeError('A comparison needs an active substance.');
  return driver;
}
