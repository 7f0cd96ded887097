/** The queries about a product: every list, every value derived from lists, and filters that match the product. */

/** Lists whose rows refer to the product themselves. They stay complete if another record lacks data. */
export const wholeLists: ReadonlySet<string> = new Set([
  'packages',
  'ingredients',
  'authorizations',
  'administrableProducts',
  'clinicalUses',
]);

const concept = '{ code text }';
const connection = 'totalCount pageInfo { complete }';

export const document = `query ($id: ID!) { product(id: $id) {
  id name brand names { text parts { text } } identifiers { value } domain ${concept} status ${concept}
  doseForm ${concept} classifications ${concept} atc { code } legalStatusOfSupply ${concept} description
  additionalMonitoring ${concept} pediatricUse ${concept} marketingStatuses { status ${concept} country ${concept} }
  contacts { name organization { id name } } operations { organizations { id } }
  routes ${concept} lifecycle firstAuthorized compositionKey holder { id name }
  activeSubstances { concept ${concept} } activeMoieties { concept ${concept} }
  marketingAuthorization { id number }
  packages { ${connection} nodes { id marketingAuthorizationNumber description size { value }
    manufacturedItems { id } authorizations { id } manufacturers { id }
    packaging { quantity items { item { id } amount { value } } packaging { items { item { id } } } } } }
  ingredients { ${connection} nodes { id roleKind substance { concept ${concept} definition { id } }
    strengthText manufacturers { id } } }
  active: ingredients(role: ACTIVE) { ${connection} nodes { id } }
  manufacturedItems { id doseForm ${concept} ingredients { ${connection} nodes { id } } }
  administrableProducts { id doseForm ${concept} producedFrom { id } ingredients { ${connection} nodes { id } } }
  authorizations { id number kind status ${concept} region ${concept} holder { id name } validity { start } }
  marketing: authorizations(type: MARKETING) { id }
  clinicalUses { id useKind text }
  indications: clinicalUses(type: INDICATION) { id }
} }`;

/** Returns filters with values of the product. */
export function filtersFor(data: unknown): readonly string[] {
  const product = (data as { readonly product: Told }).product;
  const codes = (all: readonly (Concept | null)[] | null): readonly string[] =>
    (all ?? []).flatMap((each) => each?.code ?? []);
  const parts: readonly (readonly [string, readonly string[]])[] = [
    ['name', product.name === null ? [] : [product.name]],
    ['atc', codes(product.atc)],
    ['status', codes([product.status])],
    ['doseForm', codes([product.doseForm])],
    ['route', codes(product.routes)],
    ['substance', codes((product.activeSubstances ?? []).map((each) => each.concept))],
    ['holder', product.holder ? [product.holder.name] : []],
    ['authorizationNumber', (product.authorizations ?? []).flatMap(({ number }) => number ?? [])],
    ['country', codes((product.authorizations ?? []).flatMap(({ region }) => region))],
    ['lifecycle', product.lifecycle === null ? [] : [product.lifecycle]],
  ];
  // An operation may have ten root fields at most.
  return parts.slice(0, 10).flatMap(([part, [value]]) => {
    if (value === undefined) return [];
    const written = part === 'lifecycle' ? `[${value}]` : JSON.stringify(value);
    return [`${part}: ${part === 'name' || part === 'lifecycle' ? written : `[${written}]`}`];
  });
}

/** Returns one query with all filters, each combined with the id, so that no other product is checked. */
export function filtered(id: string, filters: readonly string[]): string {
  const lists = filters.map(
    (filter, at) =>
      `f${at}: products(first: 2, filter: { ids: [${JSON.stringify(id)}], ${filter} }) { nodes { id } pageInfo { complete } }`,
  );
  return `{ ${lists.join('\n')} }`;
}

interface Concept {
  readonly code: string | null;
}

interface Told {
  readonly name: string | null;
  readonly domain: Concept | null;
  readonly status: Concept | null;
  readonly doseForm: Concept | null;
  readonly atc: readonly Concept[] | null;
  readonly routes: readonly Concept[] | null;
  readonly activeSubstances: readonly { readonly concept: Concept | null }[] | null;
  readonly holder: { readonly name: string } | null;
  readonly authorizations:
    | readonly { readonly number: string | null; readonly region: readonly Concept[] }[]
    | null;
  readonly lifecycle: string | null;
}
