/**
 * Caches of Apollo Client and urql that know this schema: copy the file, and hand its parts over.
 *
 *     new InMemoryCache({ possibleTypes, typePolicies })       // Apollo Client 4
 *     cacheExchange({ keys, resolvers })                       // urql, @urql/exchange-graphcache
 *
 * Objects with an `id` are kept by it, substances by their `code` where they have one. All else is a value: it belongs to
 * what it stands in, and what two operations have asked of it is put together.
 */
import type { FieldPolicy, Reference, StoreObject, TypePolicies } from '@apollo/client';
import type { KeyGenerator, Resolver } from '@urql/exchange-graphcache';

/** Which types an interface or a union stands for. */
export const possibleTypes = {
  AuthorizationSubject: [
    'Ingredient',
    'ManufacturedItem',
    'ManufacturingActivity',
    'Organization',
    'Package',
    'Product',
    'SubstanceDefinition',
  ],
  ClinicalUse: [
    'Contraindication',
    'Indication',
    'Interaction',
    'OtherClinicalUse',
    'UndesirableEffect',
    'Warning',
  ],
  Node: [
    'AdministrableProduct',
    'Contraindication',
    'Document',
    'Indication',
    'Ingredient',
    'Interaction',
    'ManufacturedItem',
    'ManufacturingActivity',
    'Organization',
    'OtherClinicalUse',
    'Package',
    'Product',
    'RegulatedAuthorization',
    'SubstanceDefinition',
    'UndesirableEffect',
    'Warning',
  ],
};

/** Types without an id. */
export const valueTypes = [
  'Atc',
  'AuthorizationCase',
  'Change',
  'ChangeConnection',
  'ChangeEdge',
  'Characteristic',
  'Coding',
  'Concept',
  'Contact',
  'Coverage',
  'CrossReference',
  'DocumentFile',
  'Facet',
  'FacetValue',
  'FeatureCapability',
  'FilterCapability',
  'Identifier',
  'Image',
  'IngredientConnection',
  'IngredientEdge',
  'Interactant',
  'Label',
  'LegalStatusOfSupply',
  'Lookup',
  'LookupMatch',
  'ManufacturedComponent',
  'ManufacturingOperation',
  'MarketingStatus',
  'NamePart',
  'NameUsage',
  'OfficialName',
  'PackageConnection',
  'PackageEdge',
  'PackagedItem',
  'Packaging',
  'PageInfo',
  'Period',
  'Population',
  'ProductConnection',
  'ProductEdge',
  'ProductName',
  'ProductSearchConnection',
  'ProductSearchEdge',
  'Quantity',
  'Ratio',
  'ReferenceStrength',
  'Route',
  'SearchMatch',
  'SearchTotal',
  'Service',
  'ServiceCapabilities',
  'ServiceLimits',
  'ShelfLife',
  'Source',
  'Strength',
  'Structure',
  'SubstanceConnection',
  'SubstanceEdge',
  'SubstanceName',
  'SuggestedFilter',
  'Suggestion',
  'WithdrawalPeriod',
];

/** Lists of such values, by the type that they stand in. */
export const valueLists: Readonly<Record<string, readonly string[]>> = {
  AdministrableProduct: ['administrationRoutes', 'characteristics', 'identifiers'],
  ChangeConnection: ['nodes'],
  Concept: ['codings'],
  Contraindication: ['categories', 'comorbidities', 'populations'],
  Document: ['files'],
  Facet: ['values'],
  Indication: ['categories', 'comorbidities', 'populations'],
  Ingredient: ['function', 'strengths'],
  Interaction: ['categories', 'interactants', 'management', 'populations'],
  Lookup: ['matches'],
  ManufacturedComponent: ['amounts', 'characteristics', 'components', 'functions'],
  ManufacturedItem: ['characteristics', 'components'],
  Organization: ['identifiers', 'types'],
  OtherClinicalUse: ['categories', 'populations'],
  Package: [
    'characteristics',
    'containedItemQuantities',
    'identifiers',
    'legalStatusesOfSupply',
    'marketingStatuses',
  ],
  Packaging: ['characteristics', 'dataCarriers', 'items', 'materials', 'packaging', 'shelfLives'],
  Product: [
    'atc',
    'characteristics',
    'classifications',
    'comprisedOf',
    'contacts',
    'crossReferences',
    'identifiers',
    'ingredientWords',
    'marketingStatuses',
    'names',
    'operations',
    'routes',
    'specialMeasures',
  ],
  ProductName: ['parts', 'usages'],
  ProductSearchConnection: ['facets'],
  Query: ['lookup', 'suggest', 'terms'],
  ReferenceStrength: ['countries'],
  RegulatedAuthorization: ['applications', 'basis', 'identifiers', 'region'],
  Route: ['targetSpecies', 'withdrawalPeriods'],
  ServiceCapabilities: ['features', 'filters'],
  ShelfLife: ['specialPrecautions'],
  Strength: ['countries', 'references'],
  SubstanceDefinition: ['codes', 'identifiers', 'molecularWeights', 'structures', 'substanceNames'],
  SubstanceName: ['languages', 'official'],
  UndesirableEffect: ['categories', 'populations'],
  Warning: ['categories', 'populations'],
};

/** Lists that come in pages, by the type that they stand in: the arguments that make them another list. */
export const pagedLists: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  AdministrableProduct: { ingredients: ['role'] },
  ManufacturedItem: { ingredients: ['role'] },
  Product: { equivalents: ['by', 'country'], ingredients: ['role'], packages: [] },
  Query: {
    changes: ['since'],
    products: ['filter', 'sort'],
    searchProducts: ['collapse', 'filter', 'sort', 'text', 'typos'],
    substances: ['role', 'startsWith', 'text'],
  },
  Substance: { products: ['role'] },
};

interface Connection {
  readonly edges?: readonly Edge[];
  readonly nodes?: readonly Reference[];
  readonly pageInfo?: { readonly endCursor?: string | null };
}

interface Edge {
  readonly cursor?: string;
  readonly node?: Reference;
}

/** A page that follows the last one is put behind it, whether by `edges` or by `nodes`; any other takes its place. */
function pages(keyArgs: readonly string[]): FieldPolicy<Connection, Connection> {
  return {
    keyArgs: [...keyArgs],
    merge(existing, incoming, { args, mergeObjects }) {
      const after: unknown = args?.['after'];
      if (!existing || !after)
        return existing && isSamePage(existing, incoming) ? mergeObjects(existing, incoming) : incoming;
      if (existing.pageInfo?.endCursor !== after) return incoming;
      return {
        ...mergeObjects(existing, incoming),
        ...(incoming.nodes && { nodes: unique([...(existing.nodes ?? []), ...incoming.nodes], refOf) }),
        ...(incoming.edges && {
          edges: unique([...(existing.edges ?? []), ...incoming.edges], ({ node }) => refOf(node)),
        }),
      };
    },
  };
}

/** Two operations may show the same page, one by its edges and one by its nodes; without a cursor its rows tell. */
function isSamePage(one: Connection, other: Connection): boolean {
  const [cursor, otherCursor] = [one.pageInfo?.endCursor, other.pageInfo?.endCursor];
  if (cursor !== undefined && otherCursor !== undefined) return cursor === otherCursor;
  const [rows, otherRows] = [rowsOf(one), rowsOf(other)];
  return rows !== undefined && otherRows !== undefined && rows.join() === otherRows.join();
}

/** What the rows are known by; undefined where one of them is not known by anything. */
function rowsOf({ nodes, edges }: Connection): readonly string[] | undefined {
  const rows = (nodes ?? edges?.map(({ node }) => node))?.map(refOf);
  return rows?.every((row) => row !== undefined) ? rows : undefined;
}

/** Where a gap is read again, rows may come twice: each is shown once. */
function unique<Row>(rows: readonly Row[], nameOf: (row: Row) => string | undefined): Row[] {
  const seen = new Set<string>();
  return rows.filter((row) => {
    const name = nameOf(row);
    if (name === undefined) return true;
    const isNew = !seen.has(name);
    seen.add(name);
    return isNew;
  });
}

function refOf(node: Reference | undefined): string | undefined {
  return node?.__ref;
}

/** Values have no keys, and their order: the same list has them at the same places. */
const values: FieldPolicy<readonly StoreObject[]> = {
  merge: (existing, incoming) => together(existing, incoming) as readonly StoreObject[],
};

/** Two views of one value, and of the values in it. */
function together(one: unknown, other: unknown): unknown {
  if (Array.isArray(one) && Array.isArray(other) && one.length === other.length)
    return other.map((value, index) => together(one[index], value));
  if (!isValue(one) || !isValue(other) || one.__typename !== other.__typename) return other;
  const both = Object.entries(other).map(([name, value]) => [name, together(one[name], value)]);
  return { ...one, ...(Object.fromEntries(both) as StoreObject) };
}

/** What has a key is kept by it, and only referred to. */
function isValue(value: unknown): value is StoreObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !('__ref' in value);
}

/** Fields that give one record, and its type. */
const byId: Readonly<Record<string, string>> = {
  product: 'Product',
  package: 'Package',
  ingredient: 'Ingredient',
  organization: 'Organization',
};

/** For Apollo Client's InMemoryCache. */
export const typePolicies: TypePolicies = typePoliciesOf();

function typePoliciesOf(): TypePolicies {
  const policies: TypePolicies = {
    // Two substances without a code are two.
    Substance: { keyFields: ({ code }) => (code ? ['code'] : false), merge: true },
  };
  for (const type of valueTypes) policies[type] = { merge: true };
  const fieldsOf = (type: string): Record<string, FieldPolicy> => {
    const policy = (policies[type] ??= {});
    return (policy.fields ??= {}) as Record<string, FieldPolicy>;
  };
  for (const [type, fields] of Object.entries(valueLists))
    for (const field of fields) fieldsOf(type)[field] = values as FieldPolicy;
  for (const [type, fields] of Object.entries(pagedLists))
    for (const [field, keyArgs] of Object.entries(fields)) fieldsOf(type)[field] = pages(keyArgs);
  const query = fieldsOf('Query');
  // What a list has brought answers for the record itself.
  for (const [field, type] of Object.entries(byId))
    query[field] = {
      read: (existing, { args, toReference }) =>
        (existing as unknown) ??
        toReference({ __typename: type, id: globalId(type, String(args?.['id'] ?? '')) }),
    };
  return policies;
}

/** Fields take the upstream's own ids too. */
function globalId(type: string, id: string): string {
  return id.includes(':') ? id : `${type}:${id}`;
}

/** For urql's cacheExchange. */
export const keys: Readonly<Record<string, KeyGenerator>> = {
  Substance: ({ code }) => (typeof code === 'string' ? code : null),
  ...Object.fromEntries(valueTypes.map((type) => [type, (): null => null])),
};

/** For urql's cacheExchange: what a list has brought answers for the record itself. */
export const resolvers: { readonly Query: Readonly<Record<string, Resolver>> } = {
  Query: Object.fromEntries(
    Object.entries(byId).map(([field, type]): [string, Resolver] => [
      field,
      (_parent, { id }) => ({ __typename: type, id: globalId(type, String(id)) }),
    ]),
  ),
};
