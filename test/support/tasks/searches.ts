/** Tasks that need the index. */
import { mayBeSold, type Lifecycle } from '../filter-truth/authorizations.js';
import { basesOf, roleOf } from '../filter-truth/ingredients.js';
import { organizationNames } from '../filter-truth/organizations.js';
import { codesIn, plain, textsIn, wordsOf } from '../filter-truth/words.js';
import type { Family } from '../filter-truth/family.js';
import type { FilterInput } from '../filter-truth.js';
import { createSubstanceTruth } from '../substance-truth.js';
import { all, each, idsAt, joined, line } from './lines.js';
import type { Task } from './task.js';

const refused = {
  everything: 'refused: index',
  search: 'refused: index',
  include: 'refused: index',
} as const;

const misspelt = 'amlodipne';

export const searchTasks: readonly Task[] = [
  {
    no: 1,
    who: 'search box',
    wants: 'type-ahead that forgives typos',
    operation: 'suggestions',
    variables: { typed: misspelt },
    read: (data) => [
      ...each(data, 'suggest')
        .filter((suggestion) => all(suggestion, 'kind') === 'SUBSTANCE')
        .map((suggestion) => all(suggestion, 'text')),
      ...each(data, 'suggest').map((suggestion) => line(all(suggestion, 'text'), 'finds some')),
    ],
    expected: ({ families, products }, data) => [
      ...new Set(
        families
          .flatMap(substanceNames)
          .filter((name) => wordsOf(name).some((word) => distance(word, plain(misspelt)) <= 2)),
      ),
      ...each(data, 'suggest')
        .filter((suggestion) => products(filterIn(suggestion)).length > 0)
        .map((suggestion) => line(all(suggestion, 'text'), 'finds some')),
    ],
    large: refused,
    takesIndex: true,
  },
  {
    no: 4,
    who: 'class browser',
    wants: 'walk the ATC tree (A › A10 › A10B) with counts',
    operation: 'browse-atc-classes',
    read: (data) => [
      ...idsAt(data, 'searchProducts.nodes').slice(0, 20),
      ...each(data, 'searchProducts.facets.values').map((value) =>
        line(all(value, 'value'), all(value, 'count'), all(value, 'parent')),
      ),
    ],
    expected: ({ truth, products }) => [
      ...products({ atc: ['A'] }, { by: 'NAME', order: 'ASC' }).slice(0, 20),
      ...classesOf(
        truth.products.map(({ atcCodes }) => atcCodes),
        'A',
      ),
    ],
    large: refused,
    takesIndex: true,
  },
  {
    no: 13,
    who: 'portal',
    wants: 'A–Z of active substances with the number of products',
    operation: 'substances-a-to-z',
    isOrdered: true,
    read: (data) =>
      each(data, 'substances.edges').map((edge) => line(all(edge, 'node.name'), all(edge, 'productCount'))),
    expected: ({ resources }) =>
      createSubstanceTruth(resources)
        .substances.map(({ names, byRole }) => ({
          name: [...names][0] ?? '',
          count: byRole.get('ACTIVE')?.size ?? 0,
        }))
        .filter(({ name, count }) => plain(name).startsWith('A') && count > 0)
        .toSorted((one, other) => one.name.localeCompare(other.name, 'en'))
        .map(({ name, count }) => line(name, count)),
    large: refused,
    takesIndex: true,
  },
  {
    no: 16,
    who: 'filter page',
    wants: 'lists for drop-downs (forms, routes, countries, statuses, holders)',
    operation: 'lists-for-drop-downs',
    read: (data) =>
      each(data, 'companies.facets.values').map((value) =>
        line(all(value, 'name'), all(value, 'value'), all(value, 'count')),
      ),
    // Checks only that the terms of the data are included, by code.
    expected: ({ families, products }, data) => [
      ...missingFrom(
        data,
        'forms',
        families.flatMap(({ product }) => codesIn(product.combinedPharmaceuticalDoseForm)),
      ),
      ...missingFrom(data, 'routes', families.flatMap(routesOf)),
      ...missingFrom(
        data,
        'statuses',
        families.flatMap(({ own }) => own.flatMap(({ status }) => codesIn(status))),
      ),
      ...missingFrom(
        data,
        'countries',
        families.flatMap(({ own }) => own.flatMap(({ region = [] }) => region.flatMap(codesIn))),
      ),
      // A holder without a number is filtered by name, as a separate value.
      ...each(data, 'companies.facets.values').map((each) => {
        const value = all(each, 'value');
        return line(all(each, 'name'), value, products({ holder: [value] }).length);
      }),
      ...missingFrom(data, 'companies', families.flatMap(holdersOf), 'facets.values.name'),
    ],
    large: refused,
    takesIndex: true,
  },
  {
    no: 37,
    who: 'filter page',
    wants: 'filters with counts',
    operation: 'search-facets',
    variables: { filter: { atc: ['C08'] } },
    read: (data) => [
      ...idsAt(data, 'searchProducts.nodes'),
      ...each(data, 'searchProducts.facets').flatMap((facet) =>
        each(facet, 'values').map((value) =>
          line(all(facet, 'field'), all(value, 'value'), all(value, 'count')),
        ),
      ),
    ],
    expected: ({ products }, data) => [
      ...products({ atc: ['C08'] }, { by: 'NAME', order: 'ASC' }).slice(0, 10),
      ...each(data, 'searchProducts.facets').flatMap((facet) => {
        const field = all(facet, 'field');
        return each(facet, 'values').map((each) => {
          const value = all(each, 'value');
          return line(field, value, products(narrowed[field]?.(value) ?? {}).length);
        });
      }),
    ],
    large: refused,
    takesIndex: true,
  },
  {
    no: 38,
    who: 'prescriber',
    wants: 'substance → its forms → its strengths',
    operation: 'forms-and-strengths',
    read: (data) =>
      each(data, 'searchProducts.edges').map((edge) =>
        joined([...idsAt(edge, 'node'), ...idsAt(edge, 'folded')]),
      ),
    expected: ({ products, family }) => {
      const rows = new Map<string, string[]>();
      for (const id of products({ substance: ['amlodipine'], substanceRole: 'ACTIVE' })) {
        // A record with only codes does not contain the name.
        if (family(id).ingredients.every(({ substance }) => textsIn(substance.code.concept).length === 0))
          continue;
        const key = compositionOf(family(id));
        rows.set(key, [...(rows.get(key) ?? []), id]);
      }
      return [...rows.values()].map(joined);
    },
    large: refused,
    takesIndex: true,
  },
];

/** The filter for a facet value, combined with the ATC class. */
const narrowed: Readonly<Record<string, (value: string) => FilterInput>> = {
  ATC: (value) => ({ atc: [value] }),
  SUBSTANCE: (value) => ({ atc: ['C08'], substance: [value], substanceRole: 'ACTIVE' }),
  HOLDER: (value) => ({ atc: ['C08'], holder: [value] }),
  COUNTRY: (value) => ({ atc: ['C08'], country: [value] }),
  DOSE_FORM: (value) => ({ atc: ['C08'], doseForm: [value] }),
  LIFECYCLE: (value) => ({ atc: ['C08'], lifecycle: [value as Lifecycle] }),
};

function filterIn(suggestion: unknown): FilterInput {
  const [filter = {}] = each(suggestion, 'filter');
  return Object.fromEntries(Object.entries(filter as object).filter(([, value]) => value !== null));
}

function substanceNames({ ingredients }: Family): readonly string[] {
  return ingredients.flatMap((ingredient) =>
    [
      ingredient.substance.code.concept,
      ...basesOf(ingredient).map(({ substance }) => substance?.concept),
    ].flatMap((concept) => textsIn(concept).slice(0, 1)),
  );
}

/** Returns the edit distance: the number of letters to change, add or leave out. */
function distance(one: string, other: string): number {
  let costs = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...one].entries()) {
    const next = [row + 1];
    for (const [column, above] of [...other].entries()) {
      const changed = (costs[column] ?? 0) + (letter === above ? 0 : 1);
      next.push(Math.min(changed, (costs[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    costs = next;
  }
  return costs.at(-1) ?? 0;
}

/** Returns the top ATC classes and the subclasses of the given class, each with the number of products and its parent. */
function classesOf(products: readonly (readonly string[])[], asked: string): readonly string[] {
  const counts = new Map<string, number>();
  for (const codes of products)
    for (const name of new Set(codes.flatMap(levelsOf))) counts.set(name, (counts.get(name) ?? 0) + 1);
  const shown = [...counts].filter(([name]) => name.length === 1 || levelsOf(name).at(-2) === asked);
  return shown.map(([name, count]) => line(name, count, levelsOf(name).at(-2) ?? ''));
}

function levelsOf(code: string): readonly string[] {
  return [1, 3, 4, 5, 7].filter((length) => length <= code.length).map((length) => code.slice(0, length));
}

/** Returns the companies that may sell the product. */
function holdersOf(family: Family): readonly string[] {
  return [...family.own, ...family.ofPacks]
    .filter((permit) => mayBeSold(permit) === true)
    .flatMap(({ holder }) => (holder ? organizationNames(holder, family).slice(0, 1) : []));
}

function routesOf({ administrables }: Family): readonly string[] {
  return administrables.flatMap(({ routeOfAdministration }) =>
    routeOfAdministration.flatMap(({ code }) => codesIn(code)),
  );
}

function missingFrom(
  data: unknown,
  list: string,
  codes: readonly string[],
  path = 'code',
): readonly string[] {
  const listed = new Set(each(data, `${list}.${path}`));
  return [...new Set(codes)]
    .filter((code) => !listed.has(code))
    .map((code) => line(list, code, 'is missing'));
}

/** Returns dose form, routes, and active substances with their amounts. Of a salt with a base, the base counts. */
function compositionOf({ product, administrables, ingredients }: Family): string {
  const routes = product.route?.flatMap(codesIn) ?? routesOf({ administrables } as Family);
  const actives = ingredients
    .filter((each) => roleOf(each) === 'ACTIVE')
    .map(({ substance }) => {
      const [strength] = substance.strength ?? [];
      const [base] = strength?.referenceStrength ?? [];
      const amount = base?.strengthRatio ?? strength?.presentationRatio;
      const [over, under] = [amount?.numerator, amount?.denominator].map(
        (quantity) => quantity && line(quantity.value, quantity.code),
      );
      return line(codesIn(base?.substance?.concept ?? substance.code.concept), over, under);
    });
  return line(codesIn(product.combinedPharmaceuticalDoseForm), joined(routes), joined(actives));
}
