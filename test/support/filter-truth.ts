/** Which products a filter finds, and in which order, worked out from raw resources by code that nothing else shares. */
import type {
  AdministrableProductDefinition,
  CodeableConcept,
  Coding,
  Identifier,
  Ingredient,
  MedicinalProductDefinition,
  Organization,
  PackagedProductDefinition,
  PackagedProductDefinitionPackaging,
  Reference,
  RegulatedAuthorization,
  Resource,
} from 'fhir/r5.js';

/** As a client writes it. */
export interface FilterInput {
  readonly ids?: readonly string[] | undefined;
  readonly name?: string | undefined;
  readonly nameStartsWith?: string | undefined;
  readonly nameEquals?: string | undefined;
  readonly identifier?: string | undefined;
  readonly authorizationNumber?: string | undefined;
  readonly procedureNumber?: string | undefined;
  readonly status?: readonly string[] | undefined;
  readonly domain?: readonly string[] | undefined;
  readonly doseForm?: readonly string[] | undefined;
  readonly route?: readonly string[] | undefined;
  readonly country?: readonly string[] | undefined;
  readonly atc?: readonly string[] | undefined;
  readonly substance?: readonly string[] | undefined;
  readonly holder?: readonly string[] | undefined;
  readonly updatedSince?: string | undefined;
}

export type FilterName = keyof FilterInput;

export interface SortInput {
  readonly by: 'NAME' | 'UPDATED';
  readonly order: 'ASC' | 'DESC';
}

/** All that one product can be found by. */
export interface Found {
  readonly id: string;
  readonly names: readonly string[];
  readonly identifiers: readonly Identifier[];
  readonly numbers: readonly string[];
  readonly procedures: readonly string[];
  readonly status: readonly string[];
  readonly domain: readonly string[];
  readonly doseForm: readonly string[];
  readonly route: readonly string[];
  readonly regions: readonly string[];
  readonly atcCodes: readonly string[];
  readonly atcTerms: readonly string[];
  readonly substanceCodes: readonly string[];
  readonly substanceNames: readonly string[];
  readonly holderIds: readonly string[];
  readonly holderNames: readonly string[];
  readonly updated: number | undefined;
}

export interface FilterTruth {
  readonly products: readonly Found[];
  /** Ids, in the order of the data. */
  matching(filter: FilterInput): readonly string[];
  /** Ids in the order asked for; of equals the smaller id comes first, and what has no value last. */
  sorted(ids: readonly string[], sort: SortInput, language: string): readonly string[];
}

export function createFilterTruth(resources: readonly Resource[]): FilterTruth {
  const of = <R extends Resource>(type: string): readonly R[] =>
    resources.filter(({ resourceType }) => resourceType === type) as unknown as readonly R[];
  const packagesOf = naming(
    of<PackagedProductDefinition>('PackagedProductDefinition'),
    ({ packageFor }) => packageFor,
  );
  const administrablesOf = naming(
    of<AdministrableProductDefinition>('AdministrableProductDefinition'),
    ({ formOf }) => formOf,
  );
  const authorizationsOf = naming(
    of<RegulatedAuthorization>('RegulatedAuthorization'),
    ({ subject }) => subject,
  );
  const ingredientsOf = naming(of<Ingredient>('Ingredient'), (ingredient) => ingredient.for);
  const organizations = new Map(of<Organization>('Organization').map((each) => [each.id, each]));
  const codesByTerm = atcPairs(of<MedicinalProductDefinition>('MedicinalProductDefinition'));

  function found(product: MedicinalProductDefinition): Found {
    const { id = '' } = product;
    const itself = { type: 'MedicinalProductDefinition', id };
    const packs = packagesOf([itself]);
    const given = administrablesOf([itself]);
    const items = [
      ...packs.flatMap(({ packaging }) => itemsIn(packaging)),
      ...given.flatMap(({ producedFrom }) => producedFrom ?? []),
    ].flatMap((reference) => idIn(reference) ?? []);
    const substances = ingredientsOf([
      itself,
      ...items.map((item) => ({ type: 'ManufacturedItemDefinition', id: item })),
      ...given.map((each) => ({ type: 'AdministrableProductDefinition', id: each.id ?? '' })),
    ]);
    const permits = authorizationsOf([
      itself,
      ...packs.map((pack) => ({ type: 'PackagedProductDefinition', id: pack.id ?? '' })),
    ]);
    const holders = permits.filter(isMarketing).flatMap(({ holder }) => holder ?? []);
    const own = (product.route ?? []).flatMap(codesIn);
    const classes = (product.classification ?? []).flatMap(({ coding }) => coding ?? []);
    const terms = classes.filter(({ system }) => system?.endsWith('/lists/100000093533')).map(codeOf);
    return {
      id,
      names: product.name.map(({ productName }) => productName),
      identifiers: product.identifier ?? [],
      numbers: permits.flatMap(({ identifier }) => valuesOf(identifier)),
      procedures: permits.flatMap((each) => valuesOf(each.case?.identifier && [each.case.identifier])),
      status: codesIn(product.status),
      domain: codesIn(product.domain),
      doseForm: doseFormsOf(product),
      route:
        own.length > 0 || (product.route ?? []).length > 0
          ? own
          : given.flatMap(({ routeOfAdministration }) =>
              routeOfAdministration.flatMap(({ code }) => codesIn(code)),
            ),
      regions: permits.flatMap(({ region }) => (region ?? []).flatMap(codesIn)),
      atcCodes: [
        ...classes.filter(({ system }) => /whocc\.no\/atc/i.test(system ?? '')).map(codeOf),
        ...terms.flatMap((term) => codesByTerm.get(term) ?? []),
      ],
      atcTerms: terms,
      substanceCodes: substances.flatMap(({ substance }) => codesIn(substance.code.concept)),
      substanceNames: substances.flatMap(({ substance: { code } }) =>
        [
          code.concept?.text,
          code.reference?.display,
          ...(code.concept?.coding ?? []).map(({ display }) => display),
        ].flatMap((name) => name ?? []),
      ),
      holderIds: holders.flatMap((holder) => idIn(holder) ?? []),
      holderNames: holders.flatMap((holder) => {
        const held = organizations.get(idIn(holder) ?? '');
        return held
          ? [held.name, ...(held.alias ?? [])].flatMap((name) => name ?? [])
          : (holder.display ?? []);
      }),
      updated: product.meta?.lastUpdated === undefined ? undefined : Date.parse(product.meta.lastUpdated),
    };
  }

  const products = of<MedicinalProductDefinition>('MedicinalProductDefinition').map(found);
  const byId = new Map(products.map((product) => [product.id, product]));
  return {
    products,
    matching: (filter) => products.filter((product) => meets(product, filter)).map(({ id }) => id),
    sorted(ids, { by, order }, language) {
      const collator = new Intl.Collator(language, { numeric: true });
      const sign = order === 'DESC' ? -1 : 1;
      const known = ids.flatMap((id) => byId.get(id) ?? []);
      return known
        .toSorted((a, b) => {
          const [one, other] = by === 'NAME' ? [a.names[0], b.names[0]] : [a.updated, b.updated];
          if (one === undefined || other === undefined)
            return Number(one === undefined) - Number(other === undefined) || compareIds(a.id, b.id);
          const step =
            typeof one === 'number' && typeof other === 'number'
              ? one - other
              : collator.compare(String(one), String(other));
          return sign * step || compareIds(a.id, b.id);
        })
        .map(({ id }) => id);
    },
  };
}

function meets(product: Found, filter: FilterInput): boolean {
  return (Object.keys(filter) as FilterName[]).every(
    (part) => filter[part] === undefined || parts[part](product, filter),
  );
}

const parts: Readonly<Record<FilterName, (product: Found, filter: FilterInput) => boolean>> = {
  ids: ({ id }, { ids = [] }) => ids.some((each) => each.replace(/^Product:/, '') === id),
  name: ({ names: all }, { name = '' }) => all.some((each) => plain(each).includes(plain(name))),
  nameStartsWith: ({ names: all }, { nameStartsWith = '' }) =>
    all.some((each) => plain(each).startsWith(plain(nameStartsWith))),
  nameEquals: ({ names: all }, { nameEquals = '' }) => all.some((each) => plain(each) === plain(nameEquals)),
  identifier(product, { identifier = '' }) {
    const bar = /^(https?:|urn:)/i.test(identifier) ? identifier.indexOf('|') : -1;
    const system = identifier.slice(0, Math.max(bar, 0));
    const value = solid(identifier.slice(bar + 1));
    return (
      solid(product.id) === value ||
      product.identifiers.some(
        (each) =>
          solid(each.value ?? '') === value &&
          (bar < 0 || schemeless(each.system ?? '') === schemeless(system)),
      )
    );
  },
  authorizationNumber: ({ numbers }, { authorizationNumber = '' }) =>
    numbers.map(solid).includes(solid(authorizationNumber)),
  procedureNumber: ({ procedures }, { procedureNumber = '' }) =>
    procedures.map(procedure).includes(procedure(procedureNumber)),
  status: (product, { status = [] }) => isAny(product.status, status),
  domain: (product, { domain = [] }) => isAny(product.domain, domain),
  doseForm: (product, { doseForm = [] }) => isAny(product.doseForm, doseForm),
  route: (product, { route = [] }) => isAny(product.route, route),
  country: ({ regions }, { country = [] }) => isAny(regions, country.flatMap(spellingsOfCountry)),
  atc: ({ atcCodes, atcTerms }, { atc = [] }) =>
    atc.some(
      (each) => atcTerms.includes(each) || atcCodes.some((code) => code.startsWith(each.toUpperCase())),
    ),
  substance: ({ substanceCodes, substanceNames }, { substance = [] }) =>
    isAny(substanceCodes, substance) || isAny(substanceNames.map(plain), substance.map(plain)),
  holder: ({ holderIds, holderNames }, { holder = [] }) =>
    isAny(
      holderIds,
      holder.map((each) => each.replace(/^Organization:/, '')),
    ) || isAny(holderNames.map(plain), holder.map(plain)),
  updatedSince: ({ updated }, { updatedSince = '' }) =>
    updated !== undefined && updated >= Date.parse(updatedSince),
};

function isAny(has: readonly string[], wanted: readonly string[]): boolean {
  return wanted.some((each) => has.includes(each));
}

/** Case and accents do not count, nor blanks around it. */
export function plain(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .toUpperCase()
    .trim();
}

export function solid(number: string): string {
  return number.split(/\s/).join('').toLowerCase();
}

function procedure(number: string): string {
  const written = solid(number);
  return written.endsWith('/0000') ? written.slice(0, -5) : written;
}

function schemeless(system: string): string {
  return system.toLowerCase().replace(/^https?:/, '');
}

/** EMA's terms, ISO's codes and the name of each country. */
const countries: readonly (readonly string[])[] = [
  ['100000000390', 'EU', 'European Union'],
  ['100000000535', 'SE', 'SWE', 'Sweden'],
  ['100000000403', 'DE', 'DEU', 'Germany'],
  ['100000000529', 'ES', 'ESP', 'Spain'],
  ['100000000501', 'PT', 'PRT', 'Portugal'],
  ['100000000500', 'PL', 'POL', 'Poland'],
  ['100000000388', 'EE', 'EST', 'Estonia'],
  ['100000000395', '100000000396', 'FR', 'FRA', 'France'],
  ['100000000394', 'FI', 'FIN', 'Finland'],
  ['100000000406', 'GR', 'EL', 'GRC', 'Greece'],
  ['100000000330', 'AT', 'AUT', 'Austria'],
];

export function spellingsOfCountry(country: string): readonly string[] {
  const wanted = country.toUpperCase();
  return countries.find((each) => each.some((word) => word.toUpperCase() === wanted)) ?? [country];
}

/** What the data say themselves of EMA's terms and the codes that they stand for. */
function atcPairs(products: readonly MedicinalProductDefinition[]): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  for (const { coding = [] } of products.flatMap(({ classification }) => classification ?? [])) {
    const term = coding.find(({ system }) => system?.endsWith('/lists/100000093533'));
    const code = coding.find(({ system }) => /whocc\.no\/atc/i.test(system ?? ''));
    if (term && code) pairs.set(codeOf(term), codeOf(code));
  }
  return pairs;
}

function codeOf({ code = '' }: Coding): string {
  return code;
}

function codesIn(concept: CodeableConcept | undefined): readonly string[] {
  return (concept?.coding ?? []).map(codeOf);
}

function doseFormsOf({ combinedPharmaceuticalDoseForm, extension }: MedicinalProductDefinition): string[] {
  const combined = codesIn(combinedPharmaceuticalDoseForm);
  if (combined.length > 0) return [...combined];
  return (extension ?? [])
    .filter(({ url }) => url.endsWith('/authorisedDoseForm'))
    .flatMap(({ valueCoding }) => valueCoding?.code ?? []);
}

function valuesOf(identifiers: readonly Identifier[] | undefined): readonly string[] {
  return (identifiers ?? []).flatMap(({ value }) => value ?? []);
}

function itemsIn(packaging: PackagedProductDefinitionPackaging | undefined): readonly Reference[] {
  if (!packaging) return [];
  return [
    ...(packaging.containedItem ?? []).flatMap(({ item }) => item.reference ?? []),
    ...(packaging.packaging ?? []).flatMap(itemsIn),
  ];
}

/** A number of the Union's orphan register is not one to sell by. */
function isMarketing({ type, identifier = [] }: RegulatedAuthorization): boolean {
  const codes = codesIn(type);
  const words = [type?.text, ...(type?.coding ?? []).map(({ display }) => display)];
  if (codes.includes('220000000061')) return true;
  // A code that is none of EMA's means what is said beside it.
  if (words.some((said) => /^\s*marketing authori[sz]ation\s*$/i.test(said ?? ''))) return true;
  if (codes.length > 0) return false;
  return identifier.some(
    ({ system, value }) =>
      /marketingauthorizationnumber/i.test(system ?? '') && !solid(value ?? '').startsWith('eu/3/'),
  );
}

interface Target {
  readonly type: string;
  readonly id: string;
}

/** The resources that name any of the targets; an id without a type may be any type's. */
function naming<R extends Resource>(
  resources: readonly R[],
  referencesOf: (resource: R) => readonly Reference[] | undefined,
): (targets: readonly Target[]) => readonly R[] {
  const byId = new Map<string, { readonly resource: R; readonly type: string | undefined }[]>();
  for (const resource of resources)
    for (const reference of referencesOf(resource) ?? []) {
      const id = idIn(reference) ?? '';
      const [, type] = /([A-Za-z]+)\/[^/]+$/.exec(bareOf(reference)) ?? [];
      byId.set(id, [...(byId.get(id) ?? []), { resource, type }]);
    }
  return (targets) =>
    targets.flatMap(({ type, id }) =>
      (byId.get(id) ?? [])
        .filter((each) => each.type === undefined || each.type === type)
        .map(({ resource }) => resource),
    );
}

function idIn(reference: Reference): string | undefined {
  const text = bareOf(reference);
  return text === '' ? undefined : text.slice(text.lastIndexOf('/') + 1);
}

function bareOf({ reference = '' }: Reference): string {
  return reference.replace(/\/_history\/.*$/, '');
}

/** Runs of digits as numbers, the rest as text. */
function compareIds(a: string, b: string): number {
  const [one, other] = [partsOf(a), partsOf(b)];
  for (const [at, left] of one.entries()) {
    const right = other[at];
    if (right === undefined) return 1;
    if (left === right) continue;
    const areNumbers = /^\d/.test(left) && /^\d/.test(right);
    if (areNumbers && BigInt(left) !== BigInt(right)) return BigInt(left) < BigInt(right) ? -1 : 1;
    return left < right ? -1 : 1;
  }
  return one.length - other.length;
}

function partsOf(id: string): readonly string[] {
  return id.match(/\d+|\D+/g) ?? [];
}
