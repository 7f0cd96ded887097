/** The worked examples: the operations in schema/operations, in groups. They are bundled at build time. */

const documents = import.meta.glob<string>('../../schema/operations/*.graphql', {
  query: '?raw',
  import: 'default',
  eager: true,
});

export interface Example {
  /** The file's name without its ending: `linked-products` */
  readonly name: string;
  /** The description, from the comment at the beginning of the operation. */
  readonly about: string;
  readonly query: string;
  readonly group: string;
}

/** The example that opens first. It needs no variables, and follows several links in one request. */
const first = 'linked-products';

const groups: Readonly<Record<string, readonly string[]>> = {
  'A search box': [
    'brand-or-substance',
    'suggestions',
    'search-misspelt',
    'search-facets',
    'brands',
    'names-to-codes',
    'search-page',
    'type-ahead',
  ],
  'The box in your hand': ['number-on-the-box', 'bar-code', 'pack-in-a-record', 'same-pack'],
  'Lists of medicines': [
    'linked-products',
    'class-page',
    'browse-atc-classes',
    'products-a-to-z',
    'substances-a-to-z',
    'medicines-with-a-substance',
    'combination-and-nothing-else',
    'forms-and-strengths',
    'form-and-route',
    'packs-of-28-and-30',
    'compare-strengths',
    'for-a-disease',
    'lists-for-drop-downs',
    'saved-products',
    'vocabulary',
  ],
  'In my country': [
    'sold-in-my-country',
    'valid-in-my-country',
    'without-prescription',
    'shortages',
    'parallel-trade',
    'market-availability',
  ],
  'New, watched and gone': [
    'newly-authorized',
    'changes-since',
    'withdrawn-suspended-expired',
    'black-triangle-orphan-generic',
    'orphan-designations',
  ],
  'For allergies': ['without-an-excipient', 'excipients-of-my-medicines', 'allergen-check'],
  'A product': [
    'product-page',
    'names-in-all-languages',
    'leaflet-header',
    'leaflets',
    'what-it-looks-like',
    'clinical-uses',
    'dose-limits',
    'equivalents',
    'who-makes-it',
    'where-it-comes-from',
  ],
  'Packages and what is in them': [
    'package-picker',
    'package-page',
    'packs-of-an-authorization',
    'what-is-in-the-box',
    'storage-conditions',
    'powder-and-solvent',
    'vaccine-composition',
  ],
};

/** All examples, in the order of the groups. Examples without a group come last, in a group of their own. */
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
