/** The worked examples: the operations of schema/operations, bundled when the page is built, in groups. */

const documents = import.meta.glob<string>('../../schema/operations/*.graphql', {
  query: '?raw',
  import: 'default',
  eager: true,
});

export interface Example {
  /** `linked-products` */
  readonly name: string;
  /** What it shows, from the comment at its head. */
  readonly about: string;
  readonly query: string;
  readonly group: string;
}

/** It runs without variables, and shows the whole in one request. */
const first = 'linked-products';

const groups: Readonly<Record<string, readonly string[]>> = {
  'Search, from the index': [
    'search-misspelt',
    'search-facets',
    'suggestions',
    'brands',
    'substances-a-to-z',
  ],
  Find: ['linked-products', 'search-page', 'type-ahead', 'saved-products', 'compare-strengths'],
  'A product': [
    'product-page',
    'names-in-all-languages',
    'leaflet-header',
    'clinical-uses',
    'market-availability',
    'equivalents',
    'who-makes-it',
    'where-it-comes-from',
  ],
  'Packages and what is in them': [
    'package-picker',
    'package-page',
    'what-is-in-the-box',
    'storage-conditions',
    'powder-and-solvent',
    'vaccine-composition',
    'allergen-check',
  ],
  Authorizations: ['packs-of-an-authorization', 'orphan-designations'],
};

/** In the order of the groups; what is in none comes last, in one of its own. */
export const examples: readonly Example[] = Object.entries(documents)
  .map(([path, query]) => exampleOf(path.replace(/^.*\/|\.graphql$/g, ''), query))
  .sort((one, other) => placeOf(one) - placeOf(other) || one.name.localeCompare(other.name));

export const firstExample = examples.find(({ name }) => name === first) ?? examples[0];

function exampleOf(name: string, query: string): Example {
  const [comment = ''] = /^(?:#.*\n)+/.exec(query) ?? [];
  const about = comment.replace(/^# ?/gm, '').replace(/\s+/g, ' ').trim();
  const [group] = Object.entries(groups).find(([, names]) => names.includes(name)) ?? ['More'];
  return { name, about, query, group };
}

function placeOf({ name, group }: Example): number {
  const names = groups[group];
  if (!names) return Number.POSITIVE_INFINITY;
  return Object.keys(groups).indexOf(group) * 100 + names.indexOf(name);
}
