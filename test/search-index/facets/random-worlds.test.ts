/** Facets over random data: each value counts the products that a filter by it finds, in the index and by a plain scan. */
import { expect, it } from 'vitest';
import { withCodes } from '../../../src/graphql/engine/words.js';
import type { ProductFilter } from '../../../src/facts/filter.js';
import { facetFields, type Facet } from '../../../src/search-index/facets/facet.js';
import { fieldsWith } from '../../../src/search-index/facets/fields.js';
import { createBuiltInTerms } from '../../../src/terms/built-in.js';
import { atcCodeOf } from '../../../src/terms/ema-terms.js';
import { createTerms } from '../../../src/terms/terms.js';
import { questionsOf } from '../../support/filter-questions.js';
import { createFilterTruth, type FilterInput, type FilterTruth } from '../../support/filter-truth.js';
import { randomWorld } from '../../support/random-world.js';
import { propertyRuns } from '../../support/tier.js';
import { indexOf, type TestIndex } from './index-of.js';

const worlds = propertyRuns(24);
const firstSeed = Number(process.env['FILTER_SEED'] ?? 1);
const terms = createTerms([createBuiltInTerms()]);
const fields = fieldsWith(atcCodeOf);

/** Returns the filter for an operation's arguments; undefined for invalid arguments. */
function filterOf(input: FilterInput): ProductFilter | undefined {
  const { ids, identifier, authorizationNumber, procedureNumber, marketed, ...others } = input;
  if (ids?.some((id) => id.includes(':'))) return undefined;
  const given = {
    ...others,
    ...(ids && { ids: ids.map((id) => `MedicinalProductDefinition/${id}`) }),
    ...(identifier && { identifier: [identifier] }),
    ...(authorizationNumber && { authorizationNumber: [authorizationNumber] }),
    ...(procedureNumber && { procedureNumber: [procedureNumber] }),
    ...(marketed && { marketed: { status: ['MARKETED'], ...marketed } }),
  };
  const actives = input.actives && { only: false, ...input.actives };
  try {
    const { filter } = withCodes({ filter: { ...given, ...(actives && { actives }) } }, terms, 'en');
    return filter as ProductFilter;
  } catch {
    // A text that matches no term makes the filter invalid, for the index and for the scan.
    return undefined;
  }
}

/** Returns the GraphQL filter input for the value of a facet. */
function inputFor({ field, values }: Facet, at: number, filter: FilterInput): FilterInput {
  const value = values[at]?.value ?? '';
  switch (field) {
    case 'SUBSTANCE':
      return { ...filter, substance: [value], substanceRole: filter.substanceRole ?? 'ACTIVE' };
    case 'MARKETED':
      return { ...filter, marketed: { ...filter.marketed, status: [value] } };
    case 'PACK_SIZE':
      return { ...filter, packSize: { min: Number(value), max: Number(value) } };
    default:
      return { ...filter, [fields[field].part]: [value] };
  }
}

/** Filter parts whose meaning depends on other parts, because all of them must hold for the same record. */
const ambiguousAlone: ReadonlySet<string> = new Set([
  'lifecycle',
  'authorizedSince',
  'authorizedBefore',
  'marketed',
]);

async function faultsIn(
  facet: Facet,
  filter: ProductFilter,
  input: FilterInput,
  index: TestIndex,
  truth: FilterTruth,
): Promise<readonly string[]> {
  const faults: string[] = [];
  const field = fields[facet.field];
  const having = new Set<string>();
  for (const [at, { value, count, selected }] of facet.values.entries()) {
    const { ids, untold } = await index.find({ ...filter, ...field.filterFor(value, filter) });
    for (const id of ids) having.add(id);
    const name = `${facet.field} ${value} counts ${count}`;
    if (ids.length !== count) faults.push(`${name}, and finds ${ids.length}`);
    if (count === 0 && !selected) faults.push(`${name}, and is not asked for`);
    const matching = new Set(truth.matching(inputFor(facet, at, input)));
    // The scan may decide products that the index leaves undecided.
    const isSame = untold > 0 ? ids.every((id) => matching.has(id)) : matching.size === count;
    if (!isSame) faults.push(`${name}, and there are ${matching.size}`);
  }
  const rest = Object.fromEntries(Object.entries(filter).filter(([part]) => part !== field.part));
  if (Object.keys(rest).some((part) => ambiguousAlone.has(part))) return faults;
  const { ids } = await index.find(rest);
  const { missing, other } = facet;
  if (having.size + other + missing !== ids.length)
    faults.push(`${facet.field} has ${having.size} + ${other} + ${missing} of ${ids.length}`);
  return faults;
}

it(`each facet value counts the products that a filter by it finds, over ${worlds} random data sets`, async () => {
  let counted = 0;
  for (let seed = firstSeed; seed < firstSeed + worlds; seed += 1) {
    const resources = randomWorld(seed, { untold: true });
    const truth = createFilterTruth(resources);
    const index = await indexOf(resources, { few: seed % 2 === 0 ? 0 : 5_000 });
    const faults: string[] = [];
    for (const { filter: input } of questionsOf(truth, seed)) {
      const filter = filterOf(input);
      if (!filter) continue;
      const facets = await index.facets.count({ fields: facetFields, first: 100, filter });
      for (const facet of facets) {
        counted += facet.values.length;
        for (const fault of await faultsIn(facet, filter, input, index, truth))
          faults.push(`${JSON.stringify(input)}: ${fault}`);
      }
    }
    await index.store.close();
    expect(faults, `world ${seed}`).toEqual([]);
  }
  expect(counted).toBeGreaterThan(1_000);
}, 900_000);
